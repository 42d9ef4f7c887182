// A peer of the look-ups: Redis, started by us on a free port of the loopback without persistence, filled with the same
// keys, and stopped by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS } from './config.ts';
import type { BenchContext } from './goals.ts';
import { freePort } from './own.ts';
import { findProgram, installPeers } from './peers.ts';
import { stopProcess } from './process.ts';

export interface Redis {
  readonly port: number;
  /** What a key costs, by Redis' own count. */
  readonly bytesPerKey: number;
}

const VALUE = Buffer.from('1');
const KEY = 32;

/** `keys`: 32 bytes each. */
export async function startRedis(context: BenchContext, keys: Uint8Array): Promise<Redis> {
  installPeers([{ program: 'redis-server', debianPackage: 'redis-server' }], context);
  const directory = join(context.directory, 'redis');
  mkdirSync(directory);
  const port = await freePort();
  const words = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory,
  ];
  const child = spawn(findProgram('redis-server') ?? 'redis-server', words, { stdio: 'ignore' });
  context.atEnd(() => stopProcess(child));
  const socket = await connected(port, context.signal);
  try {
    const before = await usedMemory(socket);
    await fill(socket, keys);
    return { port, bytesPerKey: ((await usedMemory(socket)) - before) / (keys.length / KEY) };
  } finally {
    socket.destroy();
  }
}

/** `GET` of each key, one behind the other, and `MGET` of all of them; with the size of the answer. */
export function getRequest(keys: Buffer, present: number): { bytes: Buffer; answer: number } {
  const each = keysOf(keys).map((key) => command([Buffer.from('GET'), key]));
  return { bytes: Buffer.concat(each), answer: valuesSize(each.length, present) };
}

export function mgetRequest(keys: Buffer, present: number): { bytes: Buffer; answer: number } {
  const each = keysOf(keys);
  const head = Buffer.byteLength(`*${each.length}\r\n`);
  return { bytes: command([Buffer.from('MGET'), ...each]), answer: head + valuesSize(each.length, present) };
}

function keysOf(keys: Buffer): Buffer[] {
  return Array.from({ length: keys.length / KEY }, (_, i) => keys.subarray(i * KEY, (i + 1) * KEY));
}

/** `$1 1` for a key that is there, `$-1` for another. */
function valuesSize(count: number, present: number): number {
  return present * 7 + (count - present) * 5;
}

/** RESP, the protocol of Redis: an array of bulk strings. */
function command(words: readonly Buffer[]): Buffer {
  const parts = words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

async function connected(port: number, signal: AbortSignal): Promise<Socket> {
  const until = performance.now() + BENCH_LIMITS.daemonStartMs;
  while (performance.now() < until) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await sleep(BENCH_LIMITS.askAgainMs, undefined, { signal });
    }
  }
  throw new TocsinError('engine', "Cannot start 'redis-server': no answer, want a connection");
}

async function usedMemory(socket: Socket): Promise<number> {
  socket.write(command([Buffer.from('INFO'), Buffer.from('memory')]));
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString();
    const found = /used_memory:(\d+)/.exec(text);
    if (found !== null && text.endsWith('\r\n')) return Number(found[1]);
  }
  throw new TocsinError('format', 'Cannot read the memory of Redis: it closed');
}

async function fill(socket: Socket, keys: Uint8Array): Promise<void> {
  const buffer = Buffer.from(keys.buffer, keys.byteOffset, keys.length);
  const each = 10_000;
  for (let at = 0; at < buffer.length; at += each * KEY) {
    const part = keysOf(buffer.subarray(at, at + each * KEY));
    const ok = once(socket, 'data');
    socket.write(command([Buffer.from('MSET'), ...part.flatMap((key) => [key, VALUE])]));
    const [answer] = (await ok) as [Buffer];
    if (answer.toString() !== '+OK\r\n')
      throw new TocsinError('io', `Cannot fill Redis: ${answer.toString().trim()}`);
  }
}
