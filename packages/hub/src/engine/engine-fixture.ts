// For tests only: directories whose engine is gone afterwards, whatever the test did, and processes that hold one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { layoutOf } from '../store/layout.ts';
import { withFileLock } from './lock.ts';
import { clusterName, isServer, readPidFile } from './pidfile.ts';
import type { Postgres } from './postgres.ts';

/**
 * A data directory (not made yet) in a fresh one; both and the engine go when the test ends, or the process does.
 * `below` are folders in between, for a long path.
 */
export function temporaryData(t: TestContext, ...below: readonly string[]): string {
  const parent = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const directory = join(parent, ...below, 'data');
  const onExit = (): void => {
    const pid = serverOf(directory);
    if (pid !== null) process.kill(pid, 'SIGQUIT');
  };
  process.once('exit', onExit);
  t.after(async () => {
    // Renamed first: a handle that a failed test left behind must not bring its engine back.
    const gone = `${parent}.gone`;
    renameSync(parent, gone);
    const moved = join(gone, ...below, 'data');
    const lock = { path: layoutOf(moved).engineLock, what: 'the engine', waitMs: 10_000, world: systemWorld };
    if (existsSync(moved)) await withFileLock(lock, () => endServer(moved));
    process.off('exit', onExit);
    rmSync(gone, { recursive: true, force: true });
  });
  return directory;
}

/** Waits until `holds`, for ten seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; !holds(); round++) {
    if (round === 1000) throw new Error('it never came');
    await sleep(10);
  }
}

/** The process id of the engine that runs on this directory. */
export function serverOf(directory: string): number | null {
  const cluster = layoutOf(directory).postgres;
  if (!existsSync(cluster)) return null;
  const pid = readPidFile(cluster)?.pid;
  return pid !== undefined && isServer(pid, clusterName(cluster)) ? pid : null;
}

/** Ends the engine at once, as a failed machine would, and waits until it is gone. */
export async function endServer(directory: string, signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
  const pid = serverOf(directory);
  if (pid === null) return;
  process.kill(pid, signal);
  while (serverOf(directory) === pid) await sleep(5);
}

/** Another process that holds the engine of a directory, as `tocsin-hub` does; killed when the test ends. */
export class Holder {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(
    t: TestContext,
    directory: string,
    command: readonly string[] = [process.execPath],
    env: NodeJS.ProcessEnv = {},
  ) {
    const script = join(import.meta.dirname, 'holder-fixture.ts');
    this.process = spawn(command[0] ?? '', [...command.slice(1), script, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    t.after(() => this.process.kill('SIGKILL'));
    const out = this.process.stdout;
    if (out === null) throw new TypeError('a holder speaks on stdout');
    this.#lines = createInterface({ input: out })[Symbol.asyncIterator]();
  }

  /** Says `word` and returns the answer; without a word, the next line. */
  async ask(word?: 'stop'): Promise<string> {
    if (word !== undefined) this.process.stdin?.write(`${word}\n`);
    const line = await this.#lines.next();
    return line.done === true ? 'ended' : line.value;
  }

  async kill(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}

/** Gives the directory above a temporary data directory to another user. */
export function giveParentTo(directory: string, uid: number): void {
  const parent = join(directory, '..');
  chownSync(parent, uid, uid);
  chmodSync(parent, 0o700);
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(engine: Postgres, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(engine.connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** How many rows `keepOneRow` has put there. */
export async function count(engine: Postgres): Promise<number> {
  return withClient(engine, async (client) => (await client.query('SELECT * FROM kept')).rows.length);
}

export async function keepOneRow(engine: Postgres): Promise<void> {
  await withClient(engine, async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS kept (what text)');
    await client.query(`INSERT INTO kept VALUES ('a row')`);
  });
}
