// What a person says of one object: a claim of the source `analyst`, which stands above all others on the hub.
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import { lifetimeOf } from '../imports/sink.ts';
import { deleteRow, insertRows, lockSource, markChanged } from './claim-store.ts';
import type { Publication, PublishHub } from './publish.ts';
import { publish } from './publish.ts';

export const ANALYST = { name: 'analyst', kind: 'analyst', rank: 0 } as const;

export interface AnalystVerdict {
  readonly key: ObjectKey;
  /** The object as a person reads it. */
  readonly text: string;
  readonly level: Level;
  readonly category: Category | null;
  readonly name: string | null;
  readonly reason: string;
  /** Who says it, for the record. */
  readonly by: string;
}

/** Sets the analyst's claim and publishes. Durable, and on its way to every machine, on return. */
export async function setVerdict(hub: PublishHub, verdict: AnalystVerdict): Promise<Publication> {
  const { key, text, level, category, name, reason, by } = verdict;
  const now = new Date(hub.world.clock.now());
  await hub.db.transaction(async (tx) => {
    const source = await lockSource(tx, ANALYST, now);
    const record = {
      level,
      category,
      name,
      source: ANALYST.name,
      reason,
      lifetime: lifetimeOf(key.kind, level),
    };
    const row = { kind: key.kind, key: key.bytes, record, original: text, line: null };
    await insertRows(tx, source, [row], { at: now, by, importId: null });
    await markChanged(tx, { bases: false });
  });
  return await publish(hub);
}

/** Takes the analyst's claim back and publishes; null where there was none. */
export async function unsetVerdict(hub: PublishHub, key: ObjectKey): Promise<Publication | null> {
  const removed = await hub.db.transaction(async (tx) => {
    const source = await lockSource(tx, ANALYST, new Date(hub.world.clock.now()));
    const found = await deleteRow(tx, source.id, key);
    if (found) await markChanged(tx, { bases: false });
    return found;
  });
  return removed ? await publish(hub) : null;
}
