// What a person says of one object: a claim of the source `analyst`, which stands above all others on the hub.
import { encodeClass } from 'tocsin/lists/segment-format.ts';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { isSharedSuffix } from 'tocsin/protocol/host.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import type { ParsedObject } from 'tocsin/protocol/objects.ts';
import { cleanName, NAME_LIMITS } from 'tocsin/protocol/threat-name.ts';
import type { CanonicalUrl } from 'tocsin/protocol/url.ts';
import type { Category, ClassRecord, Level } from 'tocsin/protocol/verdict.ts';
import { IMPORT_LIMITS } from '../imports/config.ts';
import { cleanReason } from '../imports/formats/details.ts';
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

/**
 * Sets the analyst's claim and publishes. Durable, and on its way to every machine, on return. Throws `input` for
 * a name or reason that no list could hold or no terminal should show; nothing is changed then.
 */
export async function setVerdict(hub: PublishHub, verdict: AnalystVerdict): Promise<Publication> {
  const { key, text, by } = verdict;
  const record = recordOf(verdict);
  const now = new Date(hub.world.clock.now());
  await hub.db.transaction(async (tx) => {
    const source = await lockSource(tx, ANALYST, now);
    const row = { kind: key.kind, key: key.bytes, record, original: text, line: null, firstAt: null };
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

/**
 * Throws `input` where a verdict about `object` would be one about a public suffix: all that stands below it belongs
 * to others, and clients that know no private suffixes would block every one of them.
 */
export function refuseSuffix(object: ParsedObject, level: Level): void {
  const name = object.kind === 'host' ? object.host : object.kind === 'url' ? rootHost(object.url) : null;
  if (level === 'unknown' || name === null || !isSharedSuffix(name)) return;
  throw new TocsinError(
    'input',
    `Cannot set a verdict on '${shown(name)}': it is a public suffix and what stands below it belongs to others, want a host below it`,
  );
}

function rootHost(url: CanonicalUrl): string | null {
  return url.path === '/' && !url.query ? url.host : null;
}

function recordOf({ key, level, category, name, reason }: AnalystVerdict): ClassRecord {
  if (name !== null && cleanName(name) !== name) throw unfit('name', name, NAME_LIMITS.maxLength);
  checkReason(reason);
  const record = {
    level,
    category,
    name,
    source: ANALYST.name,
    reason,
    lifetime: lifetimeOf(key.kind, level),
  };
  encodeClass(record);
  return record;
}

/** Throws `input` for a reason that no list could hold or no terminal should show. */
export function checkReason(reason: string): void {
  if (cleanReason(reason) !== reason) throw unfit('reason', reason, IMPORT_LIMITS.maxReason);
}

function unfit(what: 'name' | 'reason', text: string, max: number): TocsinError {
  const state =
    text.length > max
      ? `it has ${text.length} characters`
      : text.trim() === ''
        ? 'it says nothing'
        : 'it holds control characters, line ends or needless blanks';
  return new TocsinError(
    'input',
    `Cannot use the ${what} '${shown(text)}': ${state}, want one line of 1 to ${max} characters`,
  );
}
