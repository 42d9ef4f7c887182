// Where everything of a hub lies under its data directory. Nothing else joins these names.
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { systemState } from 'tocsin/protocol/system-errors.ts';

export interface Layout {
  readonly directory: string;
  /** The embedded engine's cluster, with its socket. */
  readonly postgres: string;
  readonly keys: string;
  readonly segments: string;
  readonly lists: string;
  /** Sets of hashes for browsers and others (`hash-lists/`); can be made again from the lists. */
  readonly hashLists: string;
  /** Lists of before, and deltas from them (`lists/former.ts`); can be lost. */
  readonly listDeltas: string;
  readonly tmp: string;
  readonly backups: string;
  readonly settingsFile: string;
  /** Where the hub last answered (`cli/address.ts`). */
  readonly address: string;
  readonly postgresLog: string;
  /** A copy of the engine's binaries, only where the package's own cannot be completed. */
  readonly engine: string;
  /** Held while the engine starts or stops (`engine/lock.ts`). */
  readonly engineLock: string;
  /** Stands here while a restore is under way: what lies beside it is not a hub yet. */
  readonly restoreMark: string;
}

export function layoutOf(directory: string): Layout {
  const root = resolve(directory);
  return {
    directory: root,
    postgres: join(root, 'postgres'),
    keys: join(root, 'keys'),
    segments: join(root, 'segments'),
    lists: join(root, 'lists'),
    hashLists: join(root, 'hash-lists'),
    listDeltas: join(root, 'list-deltas'),
    tmp: join(root, 'tmp'),
    backups: join(root, 'backups'),
    settingsFile: join(root, 'hub.json'),
    address: join(root, 'address'),
    postgresLog: join(root, 'postgres.log'),
    engine: join(root, 'engine'),
    engineLock: join(root, 'engine.lock'),
    restoreMark: join(root, 'restore.unfinished'),
  };
}

/**
 * Makes the data directory and its folders, 0700 each (postgres/ is made by the engine). Throws 'conflict' where a
 * restore into it has not finished, other than for that restore; 'io' where the system refuses.
 */
export function prepareLayout(layout: Layout, options: { readonly restoring?: boolean } = {}): void {
  if (options.restoring !== true && existsSync(layout.restoreMark)) {
    throw new TocsinError(
      'conflict',
      'Cannot open the data directory: a restore into it has not finished, want it to end, or to be run again',
    );
  }
  try {
    mkdirSync(layout.directory, { recursive: true, mode: 0o700 });
    for (const folder of [layout.keys, layout.segments, layout.lists, layout.tmp, layout.backups]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    }
  } catch (cause) {
    const state = systemState(String((cause as NodeJS.ErrnoException).code));
    throw new TocsinError('io', `Cannot make the data directory '${layout.directory}': ${state}`, { cause });
  }
}
