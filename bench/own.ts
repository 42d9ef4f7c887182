// Our side of the benches: the real programs, `tocsin-hub` and `tocsin`, run as processes with data
// directories of their own below the bench's directory. Nothing here reaches into the packages.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS } from './config.ts';
import type { BenchContext } from './goals.ts';
import type { Measured } from './process.ts';
import { lastWords, measure, stopProcess } from './process.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const TOCSIN = join(REPOSITORY, 'packages/tocsin/bin/tocsin.js');
const TOCSIN_HUB = join(REPOSITORY, 'packages/hub/bin/tocsin-hub.js');

export interface RunOptions {
  readonly context: BenchContext;
  readonly name: string;
  readonly words: readonly string[];
  readonly statuses?: readonly number[];
  readonly watch?: () => readonly number[];
}

/** Runs `tocsin` with this state directory, and measures it. */
export function runTocsin(home: string, options: RunOptions): Promise<Measured> {
  return runNode(TOCSIN, { TOCSIN_HOME: home }, options);
}

/** Runs `tocsin-hub`, and measures it. */
export function runTocsinHub(options: RunOptions): Promise<Measured> {
  return runNode(TOCSIN_HUB, {}, options);
}

function runNode(script: string, env: Record<string, string>, options: RunOptions): Promise<Measured> {
  return measure({
    path: process.execPath,
    words: [script, ...options.words],
    env: { ...environment(options.context), ...env },
    directory: options.context.directory,
    signal: options.context.signal,
    name: options.name,
    statuses: options.statuses ?? [0],
    ...(options.watch === undefined ? {} : { watch: options.watch }),
  });
}

/** Compiled code is kept from run to run, as after the first run of an installed program, but not on the machine. */
function environment(context: BenchContext): Record<string, string> {
  return { NO_COLOR: '1', XDG_CACHE_HOME: join(context.directory, 'compiled') };
}

/** A port of the loopback that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface RunningHub {
  readonly url: string;
  readonly pid: number;
  readonly readySeconds: number;
  /** The last words of its standard error. */
  errors(): string;
  stop(): Promise<void>;
}

/** `tocsin-hub serve` on a free port of the loopback; back when it has said that it is ready. */
export async function startHub(context: BenchContext, data: string): Promise<RunningHub> {
  const outPath = join(context.directory, 'hub-serve.out');
  const errPath = join(context.directory, 'hub-serve.err');
  const out = openSync(outPath, 'w');
  const err = openSync(errPath, 'w');
  const started = performance.now();
  const words = [TOCSIN_HUB, 'serve', '--data', data, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...environment(context) },
    stdio: ['ignore', out, err],
  });
  closeSync(out);
  closeSync(err);
  const stop = (): Promise<void> => stopProcess(child);
  context.atEnd(stop);
  const url = await waitForReady(child, outPath, errPath, context.signal);
  const readySeconds = (performance.now() - started) / 1000;
  return { url, pid: child.pid ?? 0, readySeconds, errors: () => lastWords(errPath), stop };
}

async function waitForReady(
  child: ChildProcess,
  outPath: string,
  errPath: string,
  signal: AbortSignal,
): Promise<string> {
  const until = performance.now() + BENCH_LIMITS.daemonStartMs;
  while (performance.now() < until) {
    const ready = /hub ready (https:\/\/\S+)/.exec(readFileSync(outPath, 'utf8'));
    if (ready !== null) return ready[1]!;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await sleep(BENCH_LIMITS.askAgainMs, undefined, { signal });
  }
  throw new TocsinError(
    'engine',
    `Cannot start 'tocsin-hub serve': not ready, want ready; ${lastWords(errPath)}`,
  );
}

/** A token with which one machine may join. */
export async function makeToken(context: BenchContext, data: string): Promise<string> {
  const made = await runTocsinHub({ context, name: 'hub-token', words: ['token', '--data', data] });
  const token = /tocsin1\.\S+/.exec(readFileSync(made.out, 'utf8'));
  if (token !== null) return token[0];
  throw new TocsinError('format', `Cannot join the hub: 'token' printed none, want tocsin1...`);
}

/** A machine joined to the hub, its lists fetched: its state directory, to be copied for each cold run. */
export async function joinMachine(context: BenchContext, data: string, hub: RunningHub): Promise<string> {
  const token = await makeToken(context, data);
  const home = join(context.directory, 'machine');
  await runTocsin(home, { context, name: 'join', words: ['join', hub.url, token] });
  await runTocsin(home, { context, name: 'sync', words: ['sync'] });
  return home;
}

/** A machine as it was right after joining: no cache, no inventory. */
export function freshHome(context: BenchContext, joined: string, name: string): string {
  const home = join(context.directory, name);
  if (!existsSync(home)) cpSync(joined, home, { recursive: true, preserveTimestamps: true });
  return home;
}
