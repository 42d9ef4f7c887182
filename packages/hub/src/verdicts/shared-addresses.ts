// Bad claims about IP addresses against warning lists of ranges (clouds, VPNs, resolvers). A claim is a digest and a
// range cannot be seen in it, so the addresses are read from the original lines, which every claim keeps:
//
//   warning lists ─ lines ─► ranges, each checked against the list's own keys ─► SharedAddresses
//   feeds ─ lines ─► addresses in them ─ touch such a range ─► a warning under the address's key ─► resolve
//
// An address that its line does not spell (cut off after 4,096 characters of JSON) is not seen here.
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { IpRange } from 'tocsin/protocol/ip.ts';
import { canonicalIpRange, IP_LIMITS, parseIpRange } from 'tocsin/protocol/ip.ts';
import { ipKey } from 'tocsin/protocol/keys-of.ts';
import { LineStoreReader } from '../imports/line-store.ts';
import { linesPath, segmentPath } from '../store/artifacts.ts';
import type { SegmentRow } from './claim-store.ts';
import { recordOf, segmentsOf, warningRows } from './claim-store.ts';
import type { MendHub } from './mend.ts';
import { importOf, present } from './mend.ts';
import { RangeSet } from './range-set.ts';
import type { Claim } from './resolve.ts';

export const SHARED_LIMITS = { maxAddresses: 4_000_000 } as const;

const V4 = /(?<![\d.])(?:\d{1,3}(?:\.|\[\.\]|\(\.\)|\{\.\})){3}\d{1,3}(?:\/\d{1,2})?(?![\d.])/g;
const V6 = /(?<![\da-f:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,8}(?:\/\d{1,3})?(?![\da-f:])/gi;

/** Every address and range that a text spells, in its canonical form and as a range. */
export function rangesIn(text: string): { readonly text: string; readonly range: IpRange }[] {
  const found: { text: string; range: IpRange }[] = [];
  const words = [...(text.match(V4) ?? []), ...(text.includes(':') ? (text.match(V6) ?? []) : [])];
  for (const word of words) {
    const range = parseIpRange(word);
    const widest = range?.network.version === 6 ? IP_LIMITS.widest6 : IP_LIMITS.widest4;
    if (range !== null && range.length >= widest) found.push({ text: canonicalIpRange(word), range });
  }
  return found;
}

export class SharedAddresses {
  readonly #set: RangeSet<Claim>;

  private constructor(set: RangeSet<Claim>) {
    this.#set = set;
  }

  /** What the warning lists that can be read say of addresses; null where they name none. */
  static async read(hub: MendHub): Promise<SharedAddresses | null> {
    const entries: { range: IpRange; value: Claim }[] = [];
    for (const row of await warningRows(hub.db, 'ip')) {
      const value = { record: recordOf(row), sourceKind: row.source_kind, rank: row.rank };
      for (const { text, range } of rangesIn(row.original ?? ''))
        if (row.key.equals(ipKey(text).bytes)) entries.push({ range, value });
    }
    for (const segment of (await present(hub, await segmentsOf(hub.db, { kind: 'ip' }))).whole) {
      if (segment.source.kind !== 'warning') continue;
      const { kind: sourceKind, rank } = segment.source;
      const reader = SegmentReader.open(segmentPath(hub.layout, segment.digest));
      try {
        for await (const text of originalsOf(hub, segment))
          for (const { text: canonical, range } of rangesIn(text)) {
            const hit = reader.find(ipKey(canonical).bytes);
            if (hit === null) continue;
            const record = reader.classes[hit.classIndex]!;
            entries.push({ range, value: { record, sourceKind, rank } });
          }
      } finally {
        reader.close();
      }
    }
    return entries.length === 0 ? null : new SharedAddresses(new RangeSet(entries));
  }

  /** The warnings about what an original line names, by key. */
  *warnings(original: string): Generator<{ readonly key: Uint8Array; readonly claim: Claim }> {
    for (const { text, range } of rangesIn(original)) {
      const claim = this.#set.touching(range);
      if (claim !== null) yield { key: ipKey(text).bytes, claim };
    }
  }

  /** The warning about one key that this line may name, or null. */
  warningFor(key: Uint8Array, original: string | null): Claim | null {
    for (const found of this.warnings(original ?? ''))
      if (Buffer.compare(found.key, key) === 0) return found.claim;
    return null;
  }

  /** Warnings about everything that the feeds' segments name, by key as `keyText` spells it. Throws `limit`. */
  async among(hub: MendHub, segments: readonly SegmentRow[]): Promise<ReadonlyMap<string, Claim>> {
    const found = new Map<string, Claim>();
    for (const segment of (await present(hub, segments)).whole) {
      if (segment.source.kind !== 'feed') continue;
      for await (const text of originalsOf(hub, segment))
        for (const { key, claim } of this.warnings(text)) found.set(keyText(key), claim);
      if (found.size > SHARED_LIMITS.maxAddresses)
        throw new TocsinError(
          'limit',
          `Cannot publish addresses: more than ${SHARED_LIMITS.maxAddresses} of them are named by warning lists, want fewer`,
        );
    }
    return found;
  }
}

export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

async function* originalsOf(hub: MendHub, segment: SegmentRow): AsyncGenerator<string> {
  const run = await importOf(hub.db, segment);
  const lines = new LineStoreReader(linesPath(hub.layout, run.lines));
  try {
    for (const { text } of lines.lines()) yield text;
  } finally {
    lines.close();
  }
}
