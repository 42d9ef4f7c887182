// Runs programs to be measured: wall time from spawn to exit, and the peak of resident memory as the kernel
// keeps it. Output goes to files, so that no pipe of ours holds a program back.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS } from './config.ts';

/** Linux tells times to programs in hundredths of a second, whatever it counts in (time(7), USER_HZ). */
const TICKS_PER_SECOND = 100;

export interface Program {
  readonly path: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error go to `<name>.out` and `<name>.err` in here. */
  readonly directory: string;
  readonly name: string;
  /** Stops it, and makes `measure` throw. */
  readonly signal: AbortSignal;
  /** By what it is stopped; SIGTERM unless said otherwise. */
  readonly stopSignal?: NodeJS.Signals;
  /** Exit statuses that count as measured. */
  readonly statuses: readonly number[];
  /** Extra processes to be watched while it runs (pids), besides the program itself. */
  readonly watch?: () => readonly number[];
}

export interface Measured {
  readonly seconds: number;
  readonly status: number;
  /** Peak resident memory of the program itself, MB (10^6 bytes). */
  readonly rssMb: number;
  /** Highest sum seen of the proportional memory of the watched processes, MB; 0 without any. */
  readonly watchedMb: number;
  readonly out: string;
  readonly err: string;
}

/** Runs it to its end; throws with its last words where the exit status is none of the wanted. */
export async function measure(program: Program): Promise<Measured> {
  program.signal.throwIfAborted();
  const outPath = join(program.directory, `${program.name}.out`);
  const errPath = join(program.directory, `${program.name}.err`);
  const out = openSync(outPath, 'w', 0o600);
  const err = openSync(errPath, 'w', 0o600);
  const started = performance.now();
  const child = spawn(program.path, [...program.words], {
    env: { ...process.env, ...program.env },
    stdio: ['ignore', out, err],
  });
  closeSync(out);
  closeSync(err);
  const memory = watchMemory(child, program.watch);
  const stop = (): boolean => child.kill(program.stopSignal ?? 'SIGTERM');
  program.signal.addEventListener('abort', stop);
  const status = await exitStatus(child, BENCH_LIMITS.programMs);
  program.signal.removeEventListener('abort', stop);
  const seconds = (performance.now() - started) / 1000;
  const peaks = memory.stop();
  program.signal.throwIfAborted();
  if (status === null || !program.statuses.includes(status)) throw failed(program.name, status, errPath);
  return { seconds, status, ...peaks, out: outPath, err: errPath };
}

/** Null where it was killed by a signal (also by us, after `limitMs`) or could not be started. */
export async function exitStatus(child: ChildProcess, limitMs: number): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  if (child.signalCode !== null) return null;
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', (code) => resolve(code));
  child.once('error', () => resolve(null));
  return promise.finally(() => clearTimeout(timer));
}

/** Asks it to stop and waits; kills it when it does not. Nothing to do where it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = exitStatus(child, BENCH_LIMITS.daemonStopMs);
  child.kill('SIGTERM');
  await gone;
}

/** The end of what a program wrote, for the words of an error. */
export function lastWords(path: string): string {
  const text = readFileSync(path, 'utf8').slice(-BENCH_LIMITS.wordsBytes).trim();
  return text === '' ? 'it said nothing' : text;
}

function failed(name: string, status: number | null, errPath: string): TocsinError {
  const end = status === null ? 'it did not start or was killed' : `it ended with status ${status}`;
  return new TocsinError(
    'io',
    `Cannot measure '${name}': ${end}, want a measured run; ${lastWords(errPath)}`,
  );
}

interface MemoryPeaks {
  readonly rssMb: number;
  readonly watchedMb: number;
}

function watchMemory(child: ChildProcess, watched: Program['watch']): { stop(): MemoryPeaks } {
  let rssMb = 0;
  let watchedMb = 0;
  const sample = (): void => {
    if (child.pid !== undefined) rssMb = Math.max(rssMb, peakResidentMb(child.pid));
    if (watched === undefined) return;
    const sum = watched().reduce((total, pid) => total + proportionalMb(pid), 0);
    watchedMb = Math.max(watchedMb, sum);
  };
  const timer = setInterval(sample, BENCH_LIMITS.sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      return { rssMb, watchedMb };
    },
  };
}

/** The kernel's high-water mark (proc(5), VmHWM): a sample shortly before the end has the peak. 0 when gone. */
export function peakResidentMb(pid: number): number {
  return procKilobytes(`/proc/${pid}/status`, /^VmHWM:\s+(\d+) kB/m);
}

/** What stands in memory of it now (proc(5), VmRSS), bytes; null when it is gone or the system does not tell. */
export function residentBytes(pid: number): number | null {
  const megabytes = procKilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m);
  return megabytes > 0 ? Math.round(megabytes * 1e6) : null;
}

/** Pages shared with others count by their share (proc(5), Pss), so that a sum over processes is right. */
function proportionalMb(pid: number): number {
  return procKilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
}

function procKilobytes(path: string, field: RegExp): number {
  try {
    const found = field.exec(readFileSync(path, 'latin1'));
    return found === null ? 0 : (Number(found[1]) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/** Time of the processor that a process and all that descend from it have used so far (proc(5), stat), seconds. */
export function cpuSeconds(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
}

function ticksOf(pid: number): number {
  try {
    // The name stands in parentheses and may hold anything; behind it the state is the third field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** The process and all that descend from it. */
export function processTree(root: number): number[] {
  const found = [root];
  for (const pid of found) {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
      found.push(...children.split(' ').filter(Boolean).map(Number));
    } catch {
      // gone in between: it has no children any more
    }
  }
  return found;
}
