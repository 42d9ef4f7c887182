// The bounds of the outbox: how much waits, and for how long. What goes because of them is counted by reason. In the
// transactions of its caller.
import type { DatabaseSync } from 'node:sqlite';
import type { World } from '../../protocol/world.ts';
import { unixSeconds } from '../../protocol/world.ts';
import type { SpoolCounts } from './spool-counts.ts';

export const SPOOL_LIMITS = {
  maxMessages: 10_000,
  maxBytes: 64 * 2 ** 20,
  maxMessageBytes: 1 << 20,
  /** Older ones are dropped, and counted. */
  maxAgeDays: 30,
} as const;

/** What was put before this second is too old. */
export function oldestKept({ clock }: Pick<World, 'clock'>): number {
  return unixSeconds(clock) - SPOOL_LIMITS.maxAgeDays * 86_400;
}

export function dropAged(database: DatabaseSync, counts: SpoolCounts, world: World): void {
  const aged = database.prepare('DELETE FROM message WHERE at < ?').run(oldestKept(world)).changes;
  if (aged > 0) counts.add('dropped', 'too-old', null, Number(aged));
}

/** Drops what is too old, and of the rest the oldest, until all limits hold. */
export function makeRoom(database: DatabaseSync, counts: SpoolCounts, world: World): void {
  dropAged(database, counts, world);
  const row = database
    .prepare('SELECT count(*) AS messages, coalesce(sum(length(sealed)), 0) AS bytes FROM message')
    .get();
  let [messages, bytes] = [Number(row?.['messages']), Number(row?.['bytes'])];
  const oldest = database.prepare(
    'SELECT epoch, sequence, length(sealed) AS size FROM message ORDER BY epoch, sequence LIMIT 1',
  );
  const remove = database.prepare('DELETE FROM message WHERE epoch = ? AND sequence = ?');
  while (messages > SPOOL_LIMITS.maxMessages || bytes > SPOOL_LIMITS.maxBytes) {
    const first = oldest.get();
    if (first === undefined) return;
    remove.run(Number(first['epoch']), Number(first['sequence']));
    counts.add('dropped', 'full');
    messages--;
    bytes -= Number(first['size']);
  }
}
