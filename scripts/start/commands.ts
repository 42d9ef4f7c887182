// Runs the project's own commands as anybody would, and keeps those that stay until they are stopped.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

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
  /** A file for its standard output; else it is returned. */
  readonly outputFile?: string;
  /** Its output and errors go to the terminal as they come. */
  readonly show?: 'all' | 'errors' | 'none';
  /** Lower priority, for work beside. */
  readonly nice?: boolean;
}

export interface Finished {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export class Commands {
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  stopping = false;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = { ...process.env, ...env };
  }

  /** Runs a command to its end. */
  async run(program: Program, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const { show = 'none' } = options;
    const child = this.#spawn(program, args, options.nice ?? false, [
      options.input === undefined ? 'ignore' : 'pipe',
      show === 'all' && options.outputFile === undefined ? 'inherit' : 'pipe',
      show === 'none' ? 'pipe' : 'inherit',
    ]);
    child.stdin?.end(options.input);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    if (options.outputFile === undefined) child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    else child.stdout?.pipe(createWriteStream(options.outputFile, { mode: 0o600 }));
    const [code] = (await once(child, 'close')) as [number | null];
    return {
      status: code ?? 2,
      output: Buffer.concat(output).toString(),
      errors: Buffer.concat(errors).toString(),
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
      lastError = line;
    });
    child.on('close', (code) => {
      if (!this.stopping)
        onEnd(lastError === '' ? `status ${code}` : lastError.replace(/^(\S+: )?error: /, ''));
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
    const child = spawn(file, argv, { env: { ...this.#env, ...extra }, stdio, detached: true });
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    return child;
  }
}
