// What the load generator (load.ts) is told and what it answers, as JSON; and the file of requests that it reads. Many
// requests of one size stand in one file, so that nothing is made while it is measured.
import { closeSync, openSync, writeSync } from 'node:fs';
import { KEY } from './keys.ts';

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Requests one behind the other, all of the same size. */
export interface Requests {
  readonly file: string;
  readonly size: number;
  readonly count: number;
  /** With what every answer begins: any other is a failure. Latin-1. */
  readonly begins: string;
  /** Bytes of the answers to request 0, 1, ... in turn. The first answers were read and judged before. */
  readonly answers: readonly number[];
}

/** What is said before the first request, and how each answer to it ends; both Latin-1. */
export interface Hello {
  readonly says: readonly string[];
  readonly ends: string;
}

export interface LoadOrder {
  readonly to: { readonly port: number } | { readonly path: string };
  /** Who asks, one a connection in turn; null without TLS. */
  readonly identities: readonly Identity[] | null;
  readonly hello: Hello | null;
  readonly requests: Requests;
  readonly connections: number;
  /**
   * Requests a second, each at its planned time, whether or not those before it were answered (an open loop); null:
   * each connection asks as soon as it was answered (a closed one).
   */
  readonly rate: number | null;
  /**
   * In a closed loop: looks for answers without a pause instead of sleeping until one comes. A process that sleeps is woken
   * by the server's own system calls, so a server whose asker is always busy spends less on each answer.
   */
  readonly awake: boolean;
  /** Not counted, before the counted ones. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** The server: it and what it started is asked for the time of its processor. */
  readonly server: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds of 50 and 99 of 100 requests, from when they were sent; in an open loop from when they were planned. */
  readonly p50: number;
  readonly p99: number;
  /** Seconds of the processor a second: of the server, and of the generator itself. */
  readonly serverCores: number;
  readonly askerCores: number;
}

/** Whole batches of `size` keys, one after the other; what is left over is left out. */
export function* batchesOf(keys: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at + size * KEY <= keys.length; at += size * KEY) yield keys.subarray(at, at + size * KEY);
}

/** Throws RangeError where they are not all of one size. */
export function writeRequests(path: string, requests: Iterable<Uint8Array>): { size: number; count: number } {
  const file = openSync(path, 'w', 0o600);
  let size = 0;
  let count = 0;
  try {
    for (const request of requests) {
      if (count === 0) size = request.length;
      if (request.length !== size) throw new RangeError(`a request of ${request.length} bytes among ${size}`);
      writeSync(file, request);
      count++;
    }
  } finally {
    closeSync(file);
  }
  return { size, count };
}
