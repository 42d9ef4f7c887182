// Asks a static answer over TLS by wrk(1), which costs less a request than any asker of ours: nginx could wait for that.
// It cannot show a certificate, so it cannot ask a hub.
import { readFileSync } from 'node:fs';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { findProgram, installPeers } from '../peers.ts';
import { cpuSeconds, measure } from '../process.ts';
import { type Contestant, orNull } from './turns.ts';

export interface Target {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

/** Asked once before, since it may compile what it runs. */
export async function byWrk(context: BenchContext, { name, url, pid }: Target): Promise<Contestant> {
  installPeers([{ program: 'wrk', debianPackage: 'wrk' }], context);
  await runWrk(context, url, 1);
  const run: Contestant['run'] = async () => {
    const before = cpuSeconds(pid);
    const { seconds, said } = await runWrk(context, url, LOOKUP_BENCH.wrkSeconds);
    return { ...said, serverCores: orNull((cpuSeconds(pid) - before) / seconds), askerCores: null };
  };
  return { name, objects: 1, run };
}

async function runWrk(context: BenchContext, url: string, seconds: number) {
  const words = [
    '-t',
    '1',
    '-c',
    String(LOOKUP_BENCH.singleConnections),
    '-d',
    `${seconds}s`,
    '--latency',
    url,
  ];
  const { directory, signal } = context;
  const path = findProgram('wrk') ?? 'wrk';
  const done = await measure({ path, words, directory, signal, name: 'wrk', statuses: [0] });
  return { seconds: done.seconds, said: parseWrk(readFileSync(done.out, 'utf8')) };
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** Throws where a request failed, or was answered by anything but success. */
export function parseWrk(text: string): { perSecond: number; p99: number } {
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(text);
  const p99 = /^\s+99%\s+([\d.]+)(us|ms|s|m)$/m.exec(text);
  const failed = /Non-2xx.*|Socket errors.*/.exec(text);
  if (rate === null || p99 === null || failed !== null)
    throw new TocsinError('io', `Cannot measure by wrk: ${failed?.[0] ?? 'it told no rate'}, want answers`);
  return { perSecond: Number(rate[1]), p99: Number(p99[1]) * MILLISECONDS[p99[2]!]! };
}
