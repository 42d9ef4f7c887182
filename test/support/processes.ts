// Real processes for tests: hubs and command lines, each with a directory of its own, ended and removed afterwards.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PACKAGES = join(import.meta.dirname, '..', '..', 'packages');
const TOCSIN = join(PACKAGES, 'tocsin', 'bin', 'tocsin.js');
const HUB = join(PACKAGES, 'hub', 'bin', 'tocsin-hub.js');

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One machine and one hub in a directory of their own. */
export class Place {
  readonly directory = mkdtempSync(join(tmpdir(), 'tocsin-test-'));
  readonly home: string;
  readonly data = join(this.directory, 'hub');
  readonly #running = new Set<ChildProcess>();

  constructor(home?: string) {
    this.home = home ?? join(this.directory, 'agent');
  }

  /** Runs `tocsin` to its end. */
  async tocsin(args: readonly string[], input = ''): Promise<Ended> {
    return await ended(this.spawnTocsin(args), input);
  }

  /** Runs `tocsin-hub` to its end. */
  async hub(args: readonly string[]): Promise<Ended> {
    return await ended(this.spawnHub(args), '');
  }

  spawnTocsin(args: readonly string[]): ChildProcess {
    return this.#spawn([TOCSIN, ...args]);
  }

  spawnHub(args: readonly string[]): ChildProcess {
    return this.#spawn([HUB, ...args]);
  }

  /** Starts a hub and waits until it answers. `words`: further ones for its command line. */
  async serve(
    listen = '127.0.0.1:0',
    data = this.data,
    words: readonly string[] = [],
  ): Promise<{ url: string; browsers: string | null; process: ChildProcess }> {
    const child = this.spawnHub(['serve', '--listen', listen, '--data', data, ...words]);
    const errors: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));
    let browsers: string | null = null;
    for await (const line of createInterface({ input: child.stdout! })) {
      browsers = /^browsers ready (https?:\/\/\S+)$/.exec(line)?.[1] ?? browsers;
      const ready = /^hub ready (https:\/\/\S+)$/.exec(line);
      if (ready !== null) return { url: ready[1]!, browsers, process: child };
    }
    throw new Error(`the hub did not start: ${errors.join(' | ')}`);
  }

  /** Joins the machine to the hub at `url`. */
  async join(url: string): Promise<void> {
    const token = await this.hub(['token']);
    const joined = await this.tocsin(['join', url, '-'], token.stdout);
    if (joined.status !== 0) throw new Error(`join failed: ${joined.stderr}`);
  }

  /** Ends every process, stops an engine that a killed hub left, removes the directory. */
  async remove(): Promise<void> {
    const children = [...this.#running];
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => gone(child)));
    await this.hub(['sources']); // adopts an engine without owner, and being the last one stops it
    rmSync(this.directory, { recursive: true, force: true });
  }

  #spawn(args: readonly string[]): ChildProcess {
    const env = { ...process.env, TOCSIN_HOME: this.home, TOCSIN_HUB_DATA: this.data, NO_COLOR: '1' };
    const child = spawn(process.execPath, args, { env, stdio: 'pipe' });
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    return child;
  }
}

/** Resolves when the process has ended. */
export async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}

export async function ended(child: ChildProcess, input = ''): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return {
    status,
    signal,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}
