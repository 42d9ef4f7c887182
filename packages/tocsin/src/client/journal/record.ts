// What the journal holds of a request that left and of its answer, their canonical bytes, and the chain over them
// (spec/journal.md). No I/O: sealing and storing are store.ts.
import { createHash } from 'node:crypto';
import type { Outgoing } from '../../catalog/gate.ts';
import { parseBase64, toBase64 } from '../../protocol/base64.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { record, whole } from '../../protocol/lookup.ts';

/**
 * unknown: nobody can say whether it left whole. sent: all of it left, and the receiver did not say yes.
 * acknowledged: the receiver said yes (2xx, or 304).
 */
export const SENT_STATES = ['unknown', 'sent', 'acknowledged'] as const;
export type SentState = (typeof SENT_STATES)[number];

/** A request as it was about to leave. */
export interface SentRequest {
  /** Counts from 1, without a gap. */
  readonly id: number;
  /** ISO 8601 in UTC, to the millisecond. */
  readonly at: string;
  /** `https://host:port` of the hub. */
  readonly receiver: string;
  readonly message: string;
  readonly reason: string;
  /** Sequence of the consent record that was in force; 0 where there was none. */
  readonly consent: number;
  readonly method: string;
  readonly path: string;
  /** Those that Tocsin sets, lower case. The value of `authorization` stands as `sha256:` and its SHA-256. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes of the body. */
  readonly size: number;
  /** The body as it left; null where there was none. */
  readonly body: Uint8Array | null;
  /** What a sealed body holds, readable; null where the body is readable itself. */
  readonly clear: string | null;
}

export interface SentAnswer {
  readonly id: number;
  /** Id of the request. */
  readonly request: number;
  readonly at: string;
  readonly state: Exclude<SentState, 'unknown'>;
  /** HTTP status; null where the connection broke before one came. */
  readonly status: number | null;
}

/** A place in a chain: everything up to `id` has led to this value. */
export interface Link {
  readonly id: number;
  /** 32 bytes, hex. */
  readonly chain: string;
}

/** Before the first record of a chain. */
export const CHAIN_START: Link = { id: 0, chain: '0'.repeat(64) };

/** SHA-256 (previous value || canonical bytes of the record). */
export function nextLink(previous: Link, canonical: Uint8Array): Link {
  const hash = createHash('sha256').update(Buffer.from(previous.chain, 'hex')).update(canonical);
  return { id: previous.id + 1, chain: hash.digest('hex') };
}

/** What is kept of a request: all of it but the secret in its `authorization`. */
export function requestOf(
  outgoing: Outgoing,
  head: Pick<SentRequest, 'id' | 'at' | 'receiver' | 'consent'>,
): SentRequest {
  const { message, reason, method, path, headers, body, clear } = outgoing;
  return {
    ...head,
    message,
    reason,
    method,
    path,
    headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), shown(name, value)]),
    size: body?.length ?? 0,
    body: body ?? null,
    clear,
  };
}

function shown(name: string, value: string): string {
  return name.toLowerCase() === 'authorization'
    ? `sha256:${createHash('sha256').update(value).digest('hex')}`
    : value;
}

/** The one spelling of a request (spec/journal.md, 2.1). */
export function requestBytes(request: SentRequest): Buffer {
  const { id, at, receiver, message, reason, consent, method, path, headers, size, body, clear } = request;
  const text = body === null ? null : toBase64(body);
  return Buffer.from(
    JSON.stringify({
      v: 1,
      ...{ id, at, receiver, message, reason, consent, method, path, headers, size, body: text, clear },
    }),
  );
}

/** The one spelling of an answer (spec/journal.md, 2.2). */
export function answerBytes({ id, request, at, state, status }: SentAnswer): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, id, request, at, state, status }));
}

/** Reads canonical bytes; throws `format` for anything else, another spelling of the same included. */
export function parseRequest(canonical: Uint8Array): SentRequest {
  const o = members(canonical);
  const request: SentRequest = {
    id: whole(o['id'], 'id', 1, Number.MAX_SAFE_INTEGER),
    at: text(o['at']),
    receiver: text(o['receiver']),
    message: text(o['message']),
    reason: text(o['reason']),
    consent: whole(o['consent'], 'consent', 0, Number.MAX_SAFE_INTEGER),
    method: text(o['method']),
    path: text(o['path']),
    headers: pairs(o['headers']),
    size: whole(o['size'], 'size', 0, Number.MAX_SAFE_INTEGER),
    body: o['body'] === null ? null : bytes(o['body']),
    clear: o['clear'] === null ? null : text(o['clear']),
  };
  if (request.size !== (request.body?.length ?? 0)) throw bad();
  return same(request, requestBytes(request), canonical);
}

/** As `parseRequest`, for an answer. */
export function parseAnswer(canonical: Uint8Array): SentAnswer {
  const o = members(canonical);
  const state = o['state'];
  if (state !== 'sent' && state !== 'acknowledged') throw bad();
  const answer: SentAnswer = {
    id: whole(o['id'], 'id', 1, Number.MAX_SAFE_INTEGER),
    request: whole(o['request'], 'request', 1, Number.MAX_SAFE_INTEGER),
    at: text(o['at']),
    state,
    status: o['status'] === null ? null : whole(o['status'], 'status', 100, 999),
  };
  return same(answer, answerBytes(answer), canonical);
}

function same<T>(value: T, spelling: Buffer, canonical: Uint8Array): T {
  if (!spelling.equals(canonical)) throw bad();
  return value;
}

function members(canonical: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(canonical));
  } catch {
    throw bad();
  }
  const o = record(value, 'journal record');
  if (o['v'] !== 1) throw bad();
  return o;
}

function pairs(value: unknown): [string, string][] {
  if (!Array.isArray(value)) throw bad();
  return value.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw bad();
    return [text(pair[0]), text(pair[1])];
  });
}

function bytes(value: unknown): Uint8Array {
  const parsed = parseBase64(text(value));
  if (parsed === null) throw bad();
  return parsed;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw bad();
  return value;
}

function bad(): TocsinError {
  return new TocsinError(
    'format',
    'Cannot read a record of the journal: it is not in the one spelling that a record has, want it as written',
  );
}
