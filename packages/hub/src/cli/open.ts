// What every command of the hub begins and ends with.
import type { Settings } from '../config.ts';
import { readSettings } from '../config.ts';
import type { Hub } from '../hub.ts';
import { openHub } from '../hub.ts';
import { note } from './words.ts';

/** The settings that flags, environment and file amount to. */
export function settingsFrom(flags: Record<string, unknown>): Settings {
  return readSettings({ flags, env: process.env });
}

/** Runs `work` with the hub open and closes it, whatever happens. */
export async function withHub<T>(flags: Record<string, unknown>, work: (hub: Hub) => Promise<T>): Promise<T> {
  const verbose = process.env['TOCSIN_VERBOSE'] === '1';
  const hub = await openHub(settingsFrom(flags), (line) => (verbose ? note(line) : undefined));
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}
