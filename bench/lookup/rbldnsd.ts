// A peer of single look-ups: rbldnsd, the server of block lists over DNS, asked by dnsperf over UDP, both on the loopback.
// A label of DNS holds 63 characters, so an object stands there under the first 16 bytes of its digest.
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS, LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { freePort } from '../own.ts';
import { findProgram, installPeers } from '../peers.ts';
import { cpuSeconds, lastWords, measure, stopProcess } from '../process.ts';
import { KEY } from './keys.ts';
import type { Server } from './nginx.ts';
import { type Contestant, orNull } from './turns.ts';

const ZONE = 'objects.bench';
const LABEL_BYTES = 16;
const KEYS_AT_ONCE = 16_384;

export interface OpenRbldnsd extends Server {
  readonly way: Contestant;
}

/** `known`: all keys of the server; `asked`: half of them known. 32 bytes each. */
export async function openRbldnsd(context: BenchContext, known: Buffer, asked: Buffer): Promise<OpenRbldnsd> {
  installPeers(
    [
      { program: 'rbldnsd', debianPackage: 'rbldnsd' },
      { program: 'dnsperf', debianPackage: 'dnsperf' },
    ],
    context,
  );
  const server = await startRbldnsd(context, known);
  return { ...server, way: byDnsperf(context, server, asked.subarray(0, LOOKUP_BENCH.singles * KEY)) };
}

function byDnsperf(context: BenchContext, { port, pid }: Server, asked: Buffer): Contestant {
  const file = join(context.directory, 'dnsperf.txt');
  writeFileSync(
    file,
    labelsOf(asked, (label) => `${label}.${ZONE} A\n`),
  );
  const run: Contestant['run'] = async () => {
    const before = cpuSeconds(pid);
    const { seconds, perSecond } = await runDnsperf(context, port, file);
    const serverCores = orNull((cpuSeconds(pid) - before) / seconds);
    return { perSecond, p99: null, serverCores, askerCores: null };
  };
  return { name: 'rbldnsd, one a request, UDP', objects: 1, run };
}

async function startRbldnsd(context: BenchContext, known: Buffer): Promise<Server> {
  const directory = join(context.directory, 'rbldnsd');
  mkdirSync(directory);
  writeZone(join(directory, 'zone'), known);
  chmodSync(directory, 0o755); // it enters the directory as root, and reads it as another user
  const port = await freePort();
  const words = ['-n', '-c', '0', '-w', directory, '-b', `127.0.0.1/${port}`, `${ZONE}:dnset:zone`];
  const user = process.getuid?.() === 0 ? ['-u', 'rbldns'] : [];
  const said = join(context.directory, 'rbldnsd.out');
  const out = openSync(said, 'w');
  const child = spawn(findProgram('rbldnsd') ?? 'rbldnsd', [...user, ...words], {
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const stop = (): Promise<void> => stopProcess(child);
  context.atEnd(stop);
  const until = performance.now() + BENCH_LIMITS.daemonStartMs;
  while (performance.now() < until && child.exitCode === null) {
    if (/ started \(/.test(readFileSync(said, 'utf8'))) return { port, pid: child.pid ?? 0, stop };
    await sleep(BENCH_LIMITS.askAgainMs, undefined, { signal: context.signal });
  }
  throw new TocsinError('engine', `Cannot start 'rbldnsd': not ready, want ready; ${lastWords(said)}`);
}

function writeZone(path: string, known: Buffer): void {
  const file = openSync(path, 'w', 0o644);
  try {
    writeSync(
      file,
      `$SOA 3000 ns.bench hostmaster.bench 1 600 300 86400 300\n$NS 3000 ns.bench\n:127.0.0.2:\n`,
    );
    for (let at = 0; at < known.length; at += KEYS_AT_ONCE * KEY)
      writeSync(
        file,
        labelsOf(known.subarray(at, at + KEYS_AT_ONCE * KEY), (label) => `${label}\n`),
      );
  } finally {
    closeSync(file);
  }
}

function labelsOf(keys: Buffer, line: (label: string) => string): string {
  let lines = '';
  for (let at = 0; at < keys.length; at += KEY) lines += line(keys.toString('hex', at, at + LABEL_BYTES));
  return lines;
}

async function runDnsperf(context: BenchContext, port: number, file: string) {
  const { directory, signal } = context;
  const order = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-l', String(LOOKUP_BENCH.seconds)];
  const words = [...order, '-c', '1', '-T', '1', '-q', String(LOOKUP_BENCH.outstandingQueries)];
  const path = findProgram('dnsperf') ?? 'dnsperf';
  const done = await measure({ path, words, directory, signal, name: 'dnsperf', statuses: [0] });
  return { seconds: done.seconds, perSecond: parseDnsperf(readFileSync(done.out, 'utf8')) };
}

/** Queries a second. Throws where many were lost, or other than half of the names were known. */
export function parseDnsperf(text: string): number {
  const rate = /^\s*Queries per second:\s+([\d.]+)/m.exec(text);
  const known = /NOERROR \d+ \(([\d.]+)%\)/.exec(text);
  const lost = /Queries lost:\s+\d+ \(([\d.]+)%\)/.exec(text);
  if (rate === null || known === null || lost === null)
    throw new TocsinError('io', 'Cannot measure by dnsperf: it told no rate, want answers');
  if (Math.abs(Number(known[1]) - 50) > 1 || Number(lost[1]) > 1)
    throw new TocsinError(
      'corrupt',
      `Cannot trust dnsperf: ${known[1]} % were known and ${lost[1]} % lost, want half and none`,
    );
  return Number(rate[1]);
}
