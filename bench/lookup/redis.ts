// A peer of the look-ups: Redis, started by us on a free port of the loopback without persistence, filled with the same
// keys, and stopped by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS, LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { freePort } from '../own.ts';
import { findProgram, installPeers } from '../peers.ts';
import { stopProcess } from '../process.ts';
import { KEY } from './keys.ts';
import { byLoad, type Way } from './measure.ts';
import type { Server } from './nginx.ts';
import { batchesOf, writeRequests } from './order.ts';
import type { Contestant } from './turns.ts';

interface Redis extends Server {
  /** What a key costs, by Redis' own count. */
  readonly bytesPerKey: number;
}

export interface OpenRedis extends Redis {
  readonly ways: readonly Contestant[];
}

const VALUE = Buffer.from('1');

const WAYS = [
  { name: 'MGET', size: 4_096, make: mgetRequest, begins: '*' },
  { name: 'MGET', size: 100, make: mgetRequest, begins: '*' },
  { name: 'GET, pipelined,', size: 100, make: getRequest, begins: '$' },
] as const;

/** `known`: all keys of the server; `asked`: half of them known. 32 bytes each. */
export async function openRedis(context: BenchContext, known: Buffer, asked: Buffer): Promise<OpenRedis> {
  const redis = await startRedis(context, known);
  return { ...redis, ways: WAYS.map((way) => byLoad(context, wayTo(context, redis, asked, way))) };
}

function wayTo(
  { directory }: BenchContext,
  { port, pid }: Redis,
  asked: Buffer,
  { name: words, size, make, begins }: (typeof WAYS)[number],
): Way {
  const file = join(directory, 'redis', `requests-${begins}-${size}`);
  const written = writeRequests(
    file,
    batchesOf(asked, size).map((keys) => make(keys)),
  );
  const answers = [answerSize(make, size, Math.ceil(size / 2))];
  const order = {
    to: { port },
    identities: null,
    hello: null,
    awake: false,
    requests: { file, ...written, begins, answers },
    connections: LOOKUP_BENCH.connections,
    server: pid,
  };
  return { name: `Redis, ${words} ${size}`, objects: size, order };
}

/** `keys`: 32 bytes each. */
async function startRedis(context: BenchContext, keys: Uint8Array): Promise<Redis> {
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
  const stop = (): Promise<void> => stopProcess(child);
  context.atEnd(stop);
  const socket = await connected(port, context.signal);
  try {
    const before = await usedMemory(socket);
    await fill(socket, keys);
    const bytesPerKey = ((await usedMemory(socket)) - before) / (keys.length / KEY);
    return { port, pid: child.pid ?? 0, bytesPerKey, stop };
  } finally {
    socket.destroy();
  }
}

/** `GET` of each key, one behind the other. */
function getRequest(keys: Buffer): Buffer {
  return Buffer.concat(keysOf(keys).map((key) => command([Buffer.from('GET'), key])));
}

/** `MGET` of all keys. */
function mgetRequest(keys: Buffer): Buffer {
  return command([Buffer.from('MGET'), ...keysOf(keys)]);
}

/** `$1 1` for a key that is there, `$-1` for another; a list of them says how many they are. */
function answerSize(make: typeof getRequest, size: number, present: number): number {
  const head = make === mgetRequest ? Buffer.byteLength(`*${size}\r\n`) : 0;
  return head + present * 7 + (size - present) * 5;
}

function keysOf(keys: Buffer): Buffer[] {
  return Array.from({ length: keys.length / KEY }, (_, i) => keys.subarray(i * KEY, (i + 1) * KEY));
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
