// The two base lists of a kind: all bulk sources' claims merged, each object resolved, good and bad apart.
import { mergeCursors } from 'tocsin/lists/merge.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { SegmentWriter } from 'tocsin/lists/segment-writer.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import type { Layout } from '../store/layout.ts';
import type { HeldObject } from './held.ts';
import { heldObject, MAX_HELD_SHOWN } from './held.ts';
import type { BulkClaims } from './inputs.ts';
import { cursorsOf } from './inputs.ts';
import type { Claim } from './resolve.ts';
import { resolve } from './resolve.ts';

/**
 * Writes `malicious` and `known-good` of `kind` into the hub's tmp directory; those with no object are left out.
 * `warningOf` knows warnings that stand in no segment, by key.
 */
export function writeBases(
  layout: Layout,
  kind: KeyKind,
  bulk: BulkClaims,
  held: HeldObject[],
  warningOf: (key: Uint8Array) => Claim | null = () => null,
): [ListRole, SegmentFile][] {
  if (bulk.inputs.length === 0) return [];
  const { inputs } = bulk;
  const { classes, index } = classesOf(bulk);
  const bad = new SegmentWriter({ directory: layout.tmp, kind, classes });
  const good = new SegmentWriter({ directory: layout.tmp, kind, classes });
  const cursors = cursorsOf(bulk);
  try {
    mergeCursors(cursors, (key, hits) => {
      const claims = hits
        .map((hit) => inputs[hit.cursor]!.claims[hit.classIndex]!)
        .filter((claim) => claim !== null);
      const warning = warningOf(key);
      const resolution = resolve(warning === null ? claims : [...claims, warning]);
      if (resolution.kind === 'held' && held.length < MAX_HELD_SHOWN)
        held.push(heldObject(kind, key.slice(), resolution, false));
      if (resolution.kind !== 'decided') return;
      const side = polarity(resolution.claim.record.level);
      if (side !== 'none') (side === 'bad' ? bad : good).add(key, index.get(resolution.claim)!, 0);
    });
    return [...finish('malicious', bad), ...finish('known-good', good)];
  } catch (error) {
    bad.abort();
    good.abort();
    throw error;
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

/** The classes of all inputs in one row, and where each claim's stands in it. */
function classesOf({ inputs }: BulkClaims): {
  readonly classes: readonly ClassRecord[];
  readonly index: ReadonlyMap<Claim, number>;
} {
  const claims = inputs.flatMap((input) => input.claims.filter((claim) => claim !== null));
  return {
    classes: claims.map(({ record }) => record),
    index: new Map(claims.map((claim, i) => [claim, i])),
  };
}

function finish(role: ListRole, writer: SegmentWriter): [ListRole, SegmentFile][] {
  const file = writer.finish();
  return file.rows === 0 ? [] : [[role, file]];
}
