// The peer of the scan: ClamAV's daemon, started by us with its own settings, socket and database below a
// temporary directory, and stopped by its process id. Settings are Debian's defaults but for those below.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS, PEER_THREADS } from './config.ts';
import type { BenchContext } from './goals.ts';
import { CLAMD, CLAMDSCAN, findProgram, installPeers } from './peers.ts';
import { lastWords, stopProcess } from './process.ts';

export interface Clamd {
  readonly scanner: string;
  /** Words that make `clamdscan` ask this daemon. */
  readonly scannerWords: readonly string[];
  readonly version: string;
  readonly pid: number;
  /** From start to the first PONG, database loaded. */
  readonly loadSeconds: number;
}

/** `writeDatabase` writes the signature files into the directory that it is given. */
export async function startClamd(
  context: BenchContext,
  writeDatabase: (directory: string) => Promise<void>,
): Promise<Clamd> {
  installPeers([CLAMD, CLAMDSCAN], context);
  const home = join(context.directory, 'clamd');
  const database = join(home, 'db');
  mkdirSync(database, { recursive: true, mode: 0o755 });
  await writeDatabase(database);
  const socket = join(home, 'clamd.sock');
  const config = join(home, 'clamd.conf');
  writeFileSync(config, clamdConfig(database, home, socket));
  const errPath = join(home, 'clamd.err');
  const err = openSync(errPath, 'w');
  const started = performance.now();
  const child = spawn(findProgram('clamd') ?? 'clamd', [`--config-file=${config}`], {
    stdio: ['ignore', err, err],
  });
  closeSync(err);
  context.atEnd(() => stopProcess(child));
  const version = await waitForAnswer(child, socket, errPath, context.signal);
  return {
    scanner: findProgram('clamdscan') ?? 'clamdscan',
    scannerWords: [`--config-file=${config}`, '--multiscan', '--fdpass', '--infected'],
    version,
    pid: child.pid ?? 0,
    loadSeconds: (performance.now() - started) / 1000,
  };
}

/**
 * `DisableCache yes`: without it clamd answers files that it has seen from memory (5,400 against 2,030 files/s),
 * which is a rescan and not a scan.
 */
function clamdConfig(database: string, home: string, socket: string): string {
  const user = process.getuid?.() === 0 ? ['User root'] : [];
  const lines = [
    'Foreground yes',
    'DisableCache yes',
    `DatabaseDirectory ${database}`,
    `TemporaryDirectory ${home}`,
    `LocalSocket ${socket}`,
    `MaxThreads ${PEER_THREADS}`,
    'MaxDirectoryRecursion 64',
    'SelfCheck 0',
    'AllowAllMatchScan yes',
    ...user,
  ];
  return `${lines.join('\n')}\n`;
}

async function waitForAnswer(
  child: ChildProcess,
  socket: string,
  errPath: string,
  signal: AbortSignal,
): Promise<string> {
  const until = performance.now() + BENCH_LIMITS.daemonStartMs;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await ask(socket, 'zPING\0');
    if (answer.startsWith('PONG')) return (await ask(socket, 'zVERSION\0')).replaceAll('\0', '').trim();
    await sleep(BENCH_LIMITS.askAgainMs, undefined, { signal });
  }
  throw new TocsinError('engine', `Cannot start 'clamd': no answer, want PONG; ${lastWords(errPath)}`);
}

/** One command of clamd's socket protocol (clamd(8)); the empty text where nobody answers. */
function ask(socket: string, command: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const connection = connect(socket, () => connection.end(command));
  let answer = '';
  connection.setEncoding('latin1');
  connection.on('data', (text: string) => {
    answer += text;
  });
  connection.on('error', () => resolve(''));
  connection.on('close', () => resolve(answer));
  return promise;
}
