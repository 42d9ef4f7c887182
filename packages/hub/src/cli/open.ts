// What every command of the hub begins and ends with.
import { existsSync } from 'node:fs';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Settings } from '../config.ts';
import { readSettings } from '../config.ts';
import type { Hub } from '../hub.ts';
import { openHub } from '../hub.ts';
import { layoutOf } from '../store/layout.ts';
import { exitStopped, Interrupt } from './interrupt.ts';
import { note } from './words.ts';

/** The settings that flags, environment and file amount to. */
export function settingsFrom(flags: Record<string, unknown>): Settings {
  return readSettings({ flags, env: process.env });
}

export interface OpenOptions {
  /** Make a hub where there is none; else one that is not there is refused: its place may be mistyped. */
  readonly create?: boolean;
}

/**
 * Runs `work` with the hub open and closes it, whatever happens. On Ctrl-C `signal` aborts, the hub is closed (a
 * transaction that runs is finished, the engine stops unless others use it) and the process ends.
 */
export async function withHub<T>(
  flags: Record<string, unknown>,
  work: (hub: Hub, signal: AbortSignal) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const settings = settingsFrom(flags);
  if (options.create !== true) refuseAbsent(settings);
  using interrupt = new Interrupt();
  try {
    return await openAndRun(settings, work, interrupt);
  } catch (error) {
    if (interrupt.signal.aborted) exitStopped();
    throw error;
  }
}

async function openAndRun<T>(
  settings: Settings,
  work: (hub: Hub, signal: AbortSignal) => Promise<T>,
  interrupt: Interrupt,
): Promise<T> {
  const verbose = process.env['TOCSIN_VERBOSE'] === '1';
  const hub = await openHub(settings, (line) => (verbose ? note(line) : undefined));
  try {
    interrupt.signal.throwIfAborted();
    return await interrupt.during(work(hub, interrupt.signal));
  } finally {
    await hub.close();
  }
}

/** Throws `not-found` where no hub was ever made in this data directory. */
export function refuseAbsent({ data, databaseUrl }: Settings): void {
  const { postgres, segments } = layoutOf(data);
  if (existsSync(databaseUrl === null ? postgres : segments)) return;
  throw new TocsinError(
    'not-found',
    `Cannot open a hub in '${data}': none was ever made there, want --data with the directory of one that serve, import or restore made`,
  );
}
