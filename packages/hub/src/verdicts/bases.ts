// The two base lists of a kind: all bulk sources' segments merged, each object resolved, good and bad apart.
import { mergeCursors } from 'tocsin/lists/merge.ts';
import type { SegmentCursor } from 'tocsin/lists/segment-reader.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { SegmentWriter } from 'tocsin/lists/segment-writer.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import { segmentPath } from '../store/artifacts.ts';
import type { Layout } from '../store/layout.ts';
import type { SegmentRow } from './claim-store.ts';
import type { Claim } from './resolve.ts';
import { heldReason, resolve } from './resolve.ts';

/** Conflicts beyond this are held all the same (they are in no list), but not shown one by one. */
export const MAX_HELD_SHOWN = 100_000;

export interface HeldObject {
  readonly kind: KeyKind;
  readonly key: Uint8Array;
  readonly reason: string;
  readonly amongRows: boolean;
}

/** One opened segment in a merge: its classes as claims, numbered from `firstClass` among all. */
interface Input {
  readonly reader: SegmentReader;
  readonly cursor: SegmentCursor;
  readonly claims: readonly Claim[];
  readonly firstClass: number;
}

/**
 * Writes `malicious` and `known-good` of `kind` into the hub's tmp directory; those with no object are left out.
 * `segments` are those of the kind, and of warnings about it; `warningOf` knows more warnings, by key.
 */
export function writeBases(
  layout: Layout,
  kind: KeyKind,
  segments: readonly SegmentRow[],
  held: HeldObject[],
  warningOf: (key: Uint8Array) => Claim | null = () => null,
): [ListRole, SegmentFile][] {
  if (segments.length === 0) return [];
  const inputs = openInputs(layout, segments);
  const classes: ClassRecord[] = inputs.flatMap((input) => input.claims.map((claim) => claim.record));
  const index = new Map(
    inputs.flatMap((input) => input.claims.map((claim, i) => [claim, input.firstClass + i])),
  );
  const bad = new SegmentWriter({ directory: layout.tmp, kind, classes });
  const good = new SegmentWriter({ directory: layout.tmp, kind, classes });
  try {
    mergeCursors(
      inputs.map((input) => input.cursor),
      (key, hits) => {
        const claims = hits.map((hit) => inputs[hit.cursor]!.claims[hit.classIndex]!);
        const warning = warningOf(key);
        const resolution = resolve(warning === null ? claims : [...claims, warning]);
        if (resolution.kind === 'held' && held.length < MAX_HELD_SHOWN)
          held.push({
            kind,
            key: key.slice(),
            reason: heldReason(resolution.good, resolution.bad),
            amongRows: false,
          });
        if (resolution.kind !== 'decided') return;
        const side = polarity(resolution.claim.record.level);
        if (side !== 'none') (side === 'bad' ? bad : good).add(key, index.get(resolution.claim)!, 0);
      },
    );
    return [...finish('malicious', bad), ...finish('known-good', good)];
  } catch (error) {
    bad.abort();
    good.abort();
    throw error;
  } finally {
    for (const { cursor, reader } of inputs) {
      cursor.close();
      reader.close();
    }
  }
}

function openInputs(layout: Layout, segments: readonly SegmentRow[]): Input[] {
  let firstClass = 0;
  return segments.map((segment) => {
    const reader = SegmentReader.open(segmentPath(layout, segment.digest));
    const input = { reader, cursor: reader.cursor(), claims: claimsOf(segment, reader), firstClass };
    firstClass += input.claims.length;
    return input;
  });
}

/** Each class of a segment as the claim that its source makes. */
export function claimsOf(segment: SegmentRow, reader: SegmentReader): Claim[] {
  const { kind: sourceKind, rank } = segment.source;
  return reader.classes.map((record) => ({ record, sourceKind, rank }));
}

function finish(role: ListRole, writer: SegmentWriter): [ListRole, SegmentFile][] {
  const file = writer.finish();
  return file.rows === 0 ? [] : [[role, file]];
}
