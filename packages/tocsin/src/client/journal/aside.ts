// Moves a journal that cannot be opened out of the way, whole, so that sending can go on under a new one that says
// so. Only a person asks for it: a journal is never reset by itself.
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../lists/files.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';

/** `journal-20260115T000000Z.aside.db`, with SQLite's files beside it. */
const ASIDE = /^journal-[0-9]{8}T[0-9]{6}Z\.aside\.db(?:-wal|-shm)?$/;

export function isJournalAside(name: string): boolean {
  return ASIDE.test(name);
}

export function hasJournalAside(home: Home): boolean {
  return readdirSync(home.directory).some((name) => isJournalAside(name));
}

/** The name under which the journal lies now. The log goes first: a new journal must not find it. Throws `io`. */
export function setJournalAside(home: Home, { clock }: World): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.[0-9]+/g, '');
  const name = `journal-${stamp}.aside.db`;
  try {
    for (const suffix of ['-wal', '-shm', ''])
      renameIfThere(home.journal + suffix, join(home.directory, name + suffix));
    syncDirectory(home.directory);
    return name;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TocsinError(
      'io',
      `Cannot set the journal aside: the system says ${code}, want a writable disk`,
      { cause },
    );
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
