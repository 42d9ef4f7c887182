// The bulk claims of one kind as a publication reads them, and what stands in for those that cannot be read:
//
//   a source's segment ─ there ─► its claims
//                      └─ lost ─► of a feed: what it decided in the lists that are published now
//                                 of a warning list: what is held now because of it
//
// So a lost file takes nothing back from machines and lets nothing through that waited for a person.
import type { SegmentCursor } from 'tocsin/lists/segment-reader.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { LIFETIME_SECONDS } from 'tocsin/protocol/verdict.ts';
import { listPath, segmentPath } from '../store/artifacts.ts';
import { endedFeeds } from './ageing.ts';
import type { Source } from './claim-store.ts';
import { segmentsOf } from './claim-store.ts';
import { isDamage } from './damage.ts';
import type { MendHub } from './mend.ts';
import { importAgain, importOf, present } from './mend.ts';
import type { Claim } from './resolve.ts';
import { keyText } from './shared-addresses.ts';

export interface BulkInput {
  readonly reader: SegmentReader;
  /** By number of the class; null for what another source says. */
  readonly claims: readonly (Claim | null)[];
}

export interface BulkClaims {
  readonly inputs: readonly BulkInput[];
  /** Warnings of lost lists, by key as `keyText` spells it. */
  readonly warned: ReadonlyMap<string, Claim>;
  close(): void;
}

/** Opens what there is; `tell` hears of each source for which something stands in. To be closed. */
export async function openBulk(
  hub: MendHub,
  kind: KeyKind,
  tell: (line: string) => void,
): Promise<BulkClaims> {
  const segments = await segmentsOf(hub.db, { kind });
  // The key of a whole host has the bytes of its root URL: a warning about a host is one about that URL.
  if (kind === 'url')
    segments.push(
      ...(await segmentsOf(hub.db, { kind: 'host' })).filter(({ source }) => source.kind === 'warning'),
    );
  const ended = await endedFeeds(hub.db, new Date(hub.world.clock.now()));
  const standing = segments.filter(({ source }) => kind !== 'ip' || !ended.has(source.name));
  const { whole, lost } = await present(hub, standing);
  for (const segment of lost)
    tell(
      `source '${segment.source.name}' cannot be read; ${importAgain(segment, await importOf(hub.db, segment))}`,
    );
  const sources = new Map(lost.map(({ source }) => [source.name, source]));
  const inputs: BulkInput[] = [];
  const close = (): void => {
    for (const { reader } of inputs) reader.close();
  };
  try {
    for (const { digest, source } of whole)
      inputs.push(inputOf(segmentPath(hub.layout, digest), () => source));
    if (sources.size > 0) inputs.push(...(await published(hub, kind, sources)));
    return { inputs, warned: await heldBecauseOf(hub, kind, sources), close };
  } catch (error) {
    close();
    throw error;
  }
}

function inputOf(path: string, sourceNamed: (name: string) => Source | undefined): BulkInput {
  const reader = SegmentReader.open(path);
  const claims = reader.classes.map((record): Claim | null => {
    const source = sourceNamed(record.source);
    return source === undefined ? null : { record, sourceKind: source.kind, rank: source.rank };
  });
  return { reader, claims };
}

/** The published bases, as far as they say what one of `sources` said. */
async function published(
  hub: MendHub,
  kind: KeyKind,
  sources: ReadonlyMap<string, Source>,
): Promise<BulkInput[]> {
  const rows = await hub.db.query<{ digest: string }>(
    `SELECT encode(digest, 'hex') AS digest FROM published_list WHERE kind = $1 AND role <> 'changes' ORDER BY role`,
    [KEY_KINDS[kind].code],
  );
  return rows.flatMap(({ digest }) => {
    try {
      return [inputOf(listPath(hub.layout, digest), (name) => sources.get(name))];
    } catch (error) {
      if (isDamage(error)) return [];
      throw error;
    }
  });
}

async function heldBecauseOf(
  hub: MendHub,
  kind: KeyKind,
  sources: ReadonlyMap<string, Source>,
): Promise<ReadonlyMap<string, Claim>> {
  const warned = new Map<string, Claim>();
  for (const { name, kind: sourceKind, rank } of sources.values()) {
    if (sourceKind !== 'warning') continue;
    const rows = await hub.db.query<{ key: Buffer; reason: string }>(
      'SELECT key, reason FROM held WHERE kind = $1 AND warns AND against = $2',
      [KEY_KINDS[kind].code, name],
    );
    for (const { key, reason } of rows)
      warned.set(keyText(key), {
        record: {
          level: 'good',
          category: null,
          name: null,
          source: name,
          reason: reason.slice(reason.indexOf(' warns: ') + ' warns: '.length),
          lifetime: LIFETIME_SECONDS.good,
        },
        sourceKind,
        rank,
      });
  }
  return warned;
}

/** A cursor over each input, in their order. */
export function cursorsOf(bulk: BulkClaims): SegmentCursor[] {
  return bulk.inputs.map(({ reader }) => reader.cursor());
}
