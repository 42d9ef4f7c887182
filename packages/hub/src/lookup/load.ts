// How much look-ups may load a hub: bytes of requests under way altogether, and of one client over time. What is beyond is
// refused before its body is read, so that what was accepted is answered as fast as ever.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PACKED_LIMITS } from 'tocsin/protocol/packed-lookup.ts';
import type { Clock } from 'tocsin/protocol/world.ts';
import { sendRefusal } from '../server/problems.ts';
import type { Rate } from '../server/token-buckets.ts';
import { TokenBuckets } from '../server/token-buckets.ts';

export const LOAD_LIMITS = {
  /** Bodies of look-ups at once, by what their heads say; beyond it the hub is busy: 503. */
  maxBytesAtOnce: 64 * 2 ** 20,
  /** Kept free for bodies up to `smallBytes`, as questions by prefix have: large ones cannot keep these out. */
  reservedBytes: 16 * 2 ** 20,
  smallBytes: 2 ** 16,
  /** Of one client at once; beyond it 429. */
  maxClientBytesAtOnce: 8 * 2 ** 20,
  maxClientAtOnce: 64,
  /** What one client may ask, bytes of bodies and of answers by prefix: a burst, then so much a second; beyond it 429. */
  burstBytes: 256 * 2 ** 20,
  /** What any request counts for beside its bytes: 32,768 a second. */
  requestBytes: 2_048,
  bytesPerSecond: 64 * 2 ** 20,
  maxClients: 100_000,
  retrySeconds: 1,
} as const;

const CLIENT: Rate = { capacity: LOAD_LIMITS.burstBytes, fill: LOAD_LIMITS.bytesPerSecond / 1_000 };

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'too-many' | 'busy'; readonly retryAfterSeconds: number };

const ADMITTED: Admission = { kind: 'admitted' };
const WAITS = { kind: 'too-many', retryAfterSeconds: LOAD_LIMITS.retrySeconds } as const;

interface UnderWay {
  requests: number;
  bytes: number;
}

export class LookupLoad {
  readonly #clients: TokenBuckets;
  readonly #underWay = new Map<string, UnderWay>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clients = new TokenBuckets(clock, LOAD_LIMITS.maxClients);
  }

  /** What is admitted is to be given back by `done` with the same number. */
  admit(client: string, bytes: number): Admission {
    const admission = this.admitAtOnce(client, bytes);
    if (admission.kind !== 'admitted') return admission;
    const own = this.#underWay.get(client);
    if (own === undefined) this.#underWay.set(client, { requests: 1, bytes });
    else {
      own.requests++;
      own.bytes += bytes;
    }
    this.#bytes += bytes;
    return admission;
  }

  /** For what is answered before anything else happens: nothing is to be given back. */
  admitAtOnce(client: string, bytes: number): Admission {
    const { maxBytesAtOnce, maxClientAtOnce, maxClientBytesAtOnce, reservedBytes, retrySeconds } =
      LOAD_LIMITS;
    const room = maxBytesAtOnce - (bytes > LOAD_LIMITS.smallBytes ? reservedBytes : 0);
    if (this.#bytes + bytes > room) return { kind: 'busy', retryAfterSeconds: retrySeconds };
    const own = this.#underWay.get(client);
    if (own !== undefined && (own.requests >= maxClientAtOnce || own.bytes + bytes > maxClientBytesAtOnce))
      return { kind: 'too-many', retryAfterSeconds: retrySeconds };
    const wait = this.#clients.take(client, CLIENT, bytes + LOAD_LIMITS.requestBytes);
    return wait > 0 ? { kind: 'too-many', retryAfterSeconds: wait } : ADMITTED;
  }

  /** Requests that are admitted and not given back. */
  get underWay(): number {
    return this.#underWay.values().reduce((sum, { requests }) => sum + requests, 0);
  }

  done(client: string, bytes: number): void {
    this.#bytes -= bytes;
    const own = this.#underWay.get(client);
    if (own === undefined) return;
    own.requests--;
    own.bytes -= bytes;
    if (own.requests === 0) this.#underWay.delete(client);
  }

  /** What an answer was beyond its question: it counts for what the client may ask next. */
  charge(client: string, bytes: number): void {
    this.#clients.take(client, CLIENT, bytes);
  }
}

/**
 * Guards the routes of `app` (a scope of their own) from the head of a request to the end of its answer. An answer that has
 * to wait behind another one of its connection may wait for ever (behind a stream of events), and would hold its room as long.
 */
export function guardLoad(app: FastifyInstance, load: LookupLoad): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = reply;
    if (raw.socket === null) return refuse(reply, WAITS);
    const bytes = bodyBytes(request);
    const client = request.machine?.machineId ?? '';
    const admission = load.admit(client, bytes);
    if (admission.kind !== 'admitted') return refuse(reply, admission);
    raw.once('close', () => load.done(client, bytes));
  });
}

/** As the head says; without a length the most that may come. */
function bodyBytes({ headers, method }: FastifyRequest): number {
  if (method === 'GET') return 1;
  const length = Number(headers['content-length'] ?? PACKED_LIMITS.maxRequestBytes);
  return Number.isSafeInteger(length) && length > 0 ? Math.min(length, PACKED_LIMITS.maxRequestBytes) : 1;
}

function refuse(
  reply: FastifyReply,
  { kind, retryAfterSeconds }: Exclude<Admission, { kind: 'admitted' }>,
): FastifyReply {
  const isBusy = kind === 'busy';
  return sendRefusal(reply, {
    status: isBusy ? 503 : 429,
    code: 'busy',
    title: isBusy ? 'The hub is busy' : 'Too many look-ups',
    detail: isBusy
      ? 'Cannot answer the look-up now: the hub has as many under way as it takes, want a later call'
      : 'Cannot answer the look-up now: this machine asked more than its share, want a later call',
    retryAfterSeconds,
  });
}
