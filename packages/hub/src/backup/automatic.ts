// The backup before each upgrade of the records, in backups/ of the data directory; only the newest few are kept.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import type { Database } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { backup } from './backup.ts';
import { BACKUP_LIMITS } from './config.ts';

export interface AutomaticOptions {
  readonly database: Database;
  readonly layout: Layout;
  readonly world?: World;
  readonly log: (line: string) => void;
}

const PREFIX = 'before-upgrade-';

/** For `beforeUpgrade` of store/migrate.ts: durable on return; what it throws stops the upgrade. */
export async function automaticBackup(options: AutomaticOptions, from: number, to: number): Promise<void> {
  const { layout, log } = options;
  const world = options.world ?? systemWorld;
  const time = new Date(world.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `${PREFIX}${time}-schema-${from}-to-${to}.tar.zst`;
  await backup({ ...options, file: join(layout.backups, name) });
  log(`records: schema ${from} is kept as backups/${name} before the upgrade to ${to}`);
  const automatic = readdirSync(layout.backups).filter(
    (each) => each.startsWith(PREFIX) && each.endsWith('.zst'),
  );
  for (const old of automatic.sort().slice(0, -BACKUP_LIMITS.keptAutomatic))
    rmSync(join(layout.backups, old));
}
