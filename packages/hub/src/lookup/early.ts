// The two look-ups that programs make by the thousand (one object, packed keys), answered before the framework sees them.
// The same answers, byte for byte, as the routes of routes.ts give, which take what is left here: refusals and faults of
// one object, and whatever the load does not allow.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PACKED_LIMITS, PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import { PROBLEM_TYPE, problemOf } from 'tocsin/protocol/problem.ts';
import { SERVER_LIMITS } from '../server/config.ts';
import type { AnswerEarly, EarlyRequest } from '../server/early.ts';
import { headersOf } from '../server/problems.ts';
import { BodyRoom } from './body-room.ts';
import type { LookupLoad } from './load.ts';
import type { Known } from './objects.ts';
import { answerOne, answerPackedBody, JSON_TYPE, REVISION_HEADER } from './objects.ts';

const ONE_OBJECT = '/v1/objects/';

interface Parts {
  readonly known: Known;
  readonly load: LookupLoad;
  readonly room: BodyRoom;
}

export function earlyLookups(known: Known, load: LookupLoad): AnswerEarly {
  const parts: Parts = { known, load, room: new BodyRoom() };
  return (early) => {
    const { method, url = '' } = early.request;
    if (method === 'GET' && isOneObject(url)) return oneObject(parts, early);
    return method === 'POST' && url === '/v1/lookup' && packedKeys(parts, early);
  };
}

/** As long as the framework takes a part of a path (server/server.ts), and as it takes it: without a slash. */
function isOneObject(url: string): boolean {
  const length = url.length - ONE_OBJECT.length;
  if (length < 1 || length > SERVER_LIMITS.maxPathPart || !url.startsWith(ONE_OBJECT)) return false;
  return !url.includes('/', ONE_OBJECT.length) && !url.includes('?', ONE_OBJECT.length);
}

function oneObject({ known, load }: Parts, { request, response, machine, headers }: EarlyRequest): boolean {
  if (load.admitAtOnce(machine.machineId, 1).kind !== 'admitted') return false;
  try {
    const part = request.url!.slice(ONE_OBJECT.length);
    const id = part.includes('%') ? decodeURIComponent(part) : part;
    const { text, lifetime, revision } = answerOne(known, id);
    const kept = ['cache-control', `private, max-age=${lifetime}`, REVISION_HEADER, String(revision)];
    const own = [...kept, 'content-type', JSON_TYPE];
    end(response, [...headers(), ...own], text);
    return true;
  } catch {
    return false; // said in one place: by the route
  }
}

function packedKeys(parts: Parts, early: EarlyRequest): boolean {
  const { load, room } = parts;
  const { request, machine } = early;
  const bytes = bodyBytes(request);
  if (bytes === null || load.admit(machine.machineId, bytes).kind !== 'admitted') return false;
  const body = room.take(bytes);
  const giveBack = (): void => {
    room.giveBack(body);
    load.done(machine.machineId, bytes);
  };
  let got = 0;
  request.on('data', (chunk: Buffer) => {
    got += chunk.copy(body, got);
  });
  request.once('end', () => void answerTo(parts.known, early, body.subarray(0, got)).finally(giveBack));
  request.once('close', () => {
    if (!request.readableEnded) giveBack(); // it broke off
  });
  return true;
}

/** The first large question about a kind waits for its index. Never rejects. */
async function answerTo(known: Known, { response, headers }: EarlyRequest, body: Uint8Array): Promise<void> {
  // Whatever is thrown here would end the process: there is no framework around it.
  try {
    const answer = await answerPackedBody(known, body);
    const own = [REVISION_HEADER, String(answer.revision), 'content-type', PACKED_TYPES.response];
    end(response, [...headers(), ...own], answer.body);
  } catch (error) {
    const { problem } = problemOf(error);
    response.statusCode = problem.status;
    const own = ['content-type', `${PROBLEM_TYPE}; charset=utf-8`];
    const beside = Object.entries(headersOf(problem)).flat();
    end(response, [...headers(), ...beside, ...own], JSON.stringify(problem));
  }
}

/** Of a packed request whose head is as it should be; null for any other. */
function bodyBytes({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  if (headers['content-type'] !== PACKED_TYPES.request || length === undefined) return null;
  if (headers.expect !== undefined || headers['content-encoding'] !== undefined) return null;
  const bytes = Number(length);
  return Number.isSafeInteger(bytes) && bytes > 0 && bytes <= PACKED_LIMITS.maxRequestBytes ? bytes : null;
}

function end(response: ServerResponse, headers: string[], body: string | Buffer): void {
  headers.push('content-length', String(Buffer.byteLength(body)));
  response.writeHead(response.statusCode, headers);
  response.end(body);
}
