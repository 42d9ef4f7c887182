// Runs the project's own commands as anybody would, and keeps those that stay until they are stopped.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemState } from '../../packages/tocsin/src/protocol/system-errors.ts';
import { errorSentence, reasonOf } from './reason.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const PROGRAMS = {
  tocsin: join(PROJECT, 'packages', 'tocsin', 'bin', 'tocsin.js'),
  'tocsin-hub': join(PROJECT, 'packages', 'hub', 'bin', 'tocsin-hub.js'),
} as const;
export type Program = keyof typeof PROGRAMS;

/** How long a stopped process may take before it is killed, ms. */
const STOP_MS = 20_000;

export interface RunOptions {
  /** Text for its standard input; secrets go this way, never by argument. */
  readonly input?: string;
  /** A file for its standard output, whole when the run is over; else it is returned. */
  readonly outputFile?: string;
  /** Its output and errors go to the terminal as they come. */
  readonly show?: 'all' | 'errors' | 'none';
  /** It talks with the person at the terminal itself. */
  readonly asks?: boolean;
  /** Lower priority, for work beside. */
  readonly nice?: boolean;
}

export interface Finished {
  readonly status: number;
  readonly output: string;
  /** Why it failed, a sentence; of use where `status` says that it did. */
  readonly reason: string;
}

export class Commands {
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  stopping = false;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = { ...process.env, ...env };
  }

  /** Runs a command to its end. One whose output file cannot be written is ended, with status 2. */
  async run(program: Program, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const { outputFile, show = 'none', asks = false } = options;
    const child = this.#spawn(
      program,
      args,
      options.nice ?? false,
      asks
        ? ['inherit', 'inherit', 'inherit']
        : [
            options.input === undefined ? 'ignore' : 'pipe',
            show === 'all' && outputFile === undefined ? 'inherit' : 'pipe',
            show === 'none' ? 'pipe' : 'inherit',
          ],
    );
    child.stdin?.on('error', () => {}); // it ended before it read: its status tells
    child.stdin?.end(options.input);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    if (outputFile === undefined) child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    const saved = outputFile === undefined ? null : saveOutput(child, outputFile);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const trouble = await saved;
    return {
      status: trouble === null ? (code ?? 2) : 2,
      output: Buffer.concat(output).toString(),
      reason: trouble ?? reasonOf(Buffer.concat(errors).toString(), code, signal),
    };
  }

  /** Starts a command that stays; `onLine` gets what it prints, `onEnd` its end unless it was asked to stop. */
  stay(
    program: Program,
    args: readonly string[],
    onLine: (line: string) => void,
    onEnd: (why: string) => void,
  ): void {
    // Its standard input is a lifeline: the system closes it when this process ends, however that happens.
    const child = this.#spawn(program, args, false, ['pipe', 'pipe', 'pipe'], { TOCSIN_LIFELINE: '1' });
    let lastError = '';
    createInterface({ input: child.stdout! }).on('line', onLine);
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (errorSentence(line) !== null) lastError = line;
    });
    child.on('close', (code, signal) => {
      if (!this.stopping) onEnd(reasonOf(lastError, code, signal));
    });
  }

  /** Asks every process to stop, waits, and kills what does not. */
  async stopAll(): Promise<void> {
    this.stopping = true;
    const children = [...this.#running];
    for (const child of children) child.kill('SIGTERM');
    const ended = Promise.all(
      children.map((child) =>
        child.exitCode === null && child.signalCode === null ? once(child, 'close') : null,
      ),
    );
    const late = sleep(STOP_MS, 'late', { ref: false });
    if ((await Promise.race([ended, late])) === 'late') for (const child of children) child.kill('SIGKILL');
  }

  /** A group of its own, so that Ctrl-C at the terminal comes here first and everything stops in order. */
  #spawn(
    program: Program,
    args: readonly string[],
    nice: boolean,
    stdio: ('ignore' | 'pipe' | 'inherit')[],
    extra: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const command = [...process.execArgv, PROGRAMS[program], ...args];
    const [file, argv] = nice
      ? (['nice', ['-n', '10', process.execPath, ...command]] as const)
      : ([process.execPath, command] as const);
    // What reads from the terminal must stay in its foreground group.
    const detached = stdio[0] !== 'inherit';
    const child = spawn(file, argv, { env: { ...this.#env, ...extra }, stdio, detached });
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    return child;
  }
}

/** Null once the file is whole; else why it is not, and the process is asked to end. */
async function saveOutput(child: ChildProcess, path: string): Promise<string | null> {
  try {
    await pipeline(child.stdout!, createWriteStream(path, { mode: 0o600 }));
    return null;
  } catch (error) {
    child.kill('SIGTERM');
    return `Cannot write '${basename(path)}': ${systemState(String((error as NodeJS.ErrnoException).code))}`;
  }
}
