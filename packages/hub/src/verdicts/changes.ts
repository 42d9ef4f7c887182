// The `changes` list of a kind: every object about which a row speaks, resolved together with what the segments
// say of it. It wins over the bases, so a single verdict reaches machines without a base being written again.
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import { encodeClass } from 'tocsin/lists/segment-format.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { LIFETIME_SECONDS } from 'tocsin/protocol/verdict.ts';
import { endedFeeds } from './ageing.ts';
import { recordOf, rowsWithWarnings } from './claim-store.ts';
import type { HeldObject } from './held.ts';
import { heldObject, MAX_HELD_SHOWN } from './held.ts';
import type { BulkClaims } from './inputs.ts';
import type { PublishHub } from './publish.ts';
import type { Claim, Resolution } from './resolve.ts';
import { heldReason, resolve } from './resolve.ts';
import type { SharedAddresses } from './shared-addresses.ts';
import { keyText } from './shared-addresses.ts';

/** Source of an answer that says that something is held. */
export const HELD_SOURCE = 'held';

/**
 * Writes the list into the hub's tmp directory; null where no row speaks of that kind. A claim that no list can hold
 * is left out and named in `skipped`: it must not keep all others from the machines.
 */
export async function writeChanges(
  hub: PublishHub,
  kind: KeyKind,
  bulk: BulkClaims,
  held: HeldObject[],
  skipped: string[],
  shared: SharedAddresses | null = null,
): Promise<SegmentFile | null> {
  const builder = new SegmentBuilder({ directory: hub.layout.tmp, kind });
  try {
    let objects = 0;
    for await (const { key, claims } of grouped(hub, kind, shared)) {
      claims.push(...bulkClaims(bulk, key));
      const published = numbered(builder, claims, ({ record }, why) =>
        skipped.push(`${formatKey(kind, key)} by ${record.source}: ${why}`),
      );
      if (published === null) continue;
      const { resolution } = published;
      if (resolution.kind === 'held' && held.length < MAX_HELD_SHOWN)
        held.push(heldObject(kind, key, resolution, true));
      builder.add(key, 0, published.index, 0);
      objects++;
    }
    if (objects > 0) return builder.finish(hub.layout.tmp).file;
    builder.abort();
    return null;
  } catch (error) {
    builder.abort();
    throw error;
  }
}

/** What the bulk sources say of a key. */
function bulkClaims({ inputs, warned }: BulkClaims, key: Uint8Array): Claim[] {
  const claims = inputs.map(({ reader, claims: classes }) => {
    const hit = reader.find(key);
    return hit === null ? null : classes[hit.classIndex]!;
  });
  return [...claims, warned.get(keyText(key)) ?? null].filter((claim) => claim !== null);
}

/** What machines are told, and its number in the list; null where nobody speaks, but for claims that do not fit. */
function numbered(
  builder: SegmentBuilder,
  claims: readonly Claim[],
  onUnfit: (claim: Claim, why: string) => void,
): { readonly resolution: Resolution; readonly index: number } | null {
  const resolution = resolve(claims);
  const record = publishedRecord(resolution);
  if (record === null) return null;
  try {
    return { resolution, index: builder.classIndex(record) };
  } catch (error) {
    if (!(error instanceof TocsinError) || error.code !== 'format') throw error;
    const fit = claims.filter((claim) => {
      const why = misfit(claim);
      if (why !== null) onUnfit(claim, why);
      return why === null;
    });
    if (fit.length === claims.length) throw error;
    return numbered(builder, fit, onUnfit);
  }
}

/** Why no list can hold what the claim says, or null. */
function misfit({ record }: Claim): string | null {
  try {
    encodeClass(record);
    return null;
  } catch (error) {
    return errorWords(error);
  }
}

/** Rows of one object together, in the order of keys. */
async function* grouped(
  hub: PublishHub,
  kind: KeyKind,
  shared: SharedAddresses | null,
): AsyncGenerator<{ key: Buffer; claims: Claim[] }> {
  let current: { key: Buffer; claims: Claim[] } | null = null;
  const ended = kind === 'ip' ? await endedFeeds(hub.db, new Date(hub.world.clock.now())) : new Set<string>();
  for await (const row of rowsWithWarnings(hub.db, kind)) {
    if (ended.has(row.source)) continue;
    if (current === null || !current.key.equals(row.key)) {
      if (current !== null) yield current;
      current = { key: row.key, claims: [] };
    }
    current.claims.push({ record: recordOf(row), sourceKind: row.source_kind, rank: row.rank });
    const warning = shared?.warningFor(row.key, row.original) ?? null;
    if (warning !== null) current.claims.push(warning);
  }
  if (current !== null) yield current;
}

/** What machines are told: the deciding record, `unknown` with the reason where held, null where nobody speaks. */
function publishedRecord(resolution: Resolution): ClassRecord | null {
  if (resolution.kind === 'none') return null;
  if (resolution.kind === 'decided') return resolution.claim.record;
  return {
    level: 'unknown',
    category: null,
    name: null,
    source: HELD_SOURCE,
    reason: heldReason(resolution.good, resolution.bad),
    lifetime: LIFETIME_SECONDS.unknown,
  };
}
