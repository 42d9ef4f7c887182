// Everything that is known of one object, for the person who asks why: each claim with its source, time and
// original line, and what they amount to. What cannot be read is named, not passed over.
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { FirstTimesReader } from '../imports/first-times.ts';
import { LineStoreReader } from '../imports/line-store.ts';
import { firstsPath, LINES_NAME, linesPath, segmentPath } from '../store/artifacts.ts';
import { endedFeeds } from './ageing.ts';
import type { SegmentRow, TracedClaim } from './claim-store.ts';
import { claimsAbout, earlier, segmentsOf } from './claim-store.ts';
import { isDamage } from './damage.ts';
import type { MendHub } from './mend.ts';
import { machinesThatMet } from './prevalence.ts';
import type { Claim, Resolution } from './resolve.ts';
import { resolve } from './resolve.ts';
import { SharedAddresses } from './shared-addresses.ts';

export interface Explanation {
  readonly key: ObjectKey;
  readonly claims: readonly TracedClaim[];
  readonly resolution: Resolution;
  /** On how many machines it was met that told so; null where that is not counted. */
  readonly machines: number | null;
  /** Names of the sources whose file is damaged: what they say is not among the claims. */
  readonly unread: readonly string[];
}

/** Claims about one key from rows and segments, and their resolution. */
export async function explain(hub: MendHub, key: ObjectKey): Promise<Explanation> {
  const unread: string[] = [];
  const claims = await claimsOn(hub, key, unread);
  const standing = claims.filter(({ ended }) => !ended);
  const resolution = resolve([...standing, ...(await warningsAbout(hub, key, standing, unread))]);
  return { key, claims, resolution, machines: await machinesThatMet(hub.db, key), unread };
}

/** Since when the hub knows of an object, from what its sources say of it; null where none says anything. */
export function firstSeenOf(claims: readonly TracedClaim[]): Date | null {
  return claims
    .map(({ firstAt }) => firstAt)
    .reduce<Date | null>((a, b) => (a === null ? b : earlier(a, b)), null);
}

/** All claims that stand under one key. */
export async function claimsOn(
  hub: MendHub,
  key: ObjectKey,
  unread: string[] = [],
): Promise<readonly TracedClaim[]> {
  const claims = await claimsAbout(hub.db, key);
  for (const segment of await segmentsOf(hub.db, { kind: key.kind })) {
    try {
      const claim = await claimInSegment(hub, segment, key);
      if (claim !== null) claims.push(claim);
    } catch (error) {
      if (!isDamage(error)) throw error;
      unread.push(segment.source.name);
    }
  }
  if (key.kind !== 'ip') return claims;
  const ended = await endedFeeds(hub.db, new Date(hub.world.clock.now()));
  return claims.map((claim) => ({ ...claim, ended: ended.has(claim.record.source) }));
}

/** What warning lists say of it that stands under no claim of its own: a shared range, the host of a root URL. */
async function warningsAbout(
  hub: MendHub,
  key: ObjectKey,
  claims: readonly TracedClaim[],
  unread: string[],
): Promise<Claim[]> {
  if (claims.length === 0) return [];
  if (key.kind === 'url') {
    const host = await claimsOn(hub, { kind: 'host', bytes: key.bytes }, unread);
    return host.filter(({ sourceKind }) => sourceKind === 'warning');
  }
  const shared = key.kind === 'ip' ? await SharedAddresses.read(hub) : null;
  if (shared === null) return [];
  const found = claims.map(({ original }) => shared.warningFor(key.bytes, original));
  return found.filter((claim) => claim !== null);
}

interface ImportColumns {
  readonly file_name: string;
  readonly format: string;
  readonly lines: string;
  readonly imported_at: Date;
}

async function claimInSegment(
  hub: MendHub,
  segment: SegmentRow,
  key: ObjectKey,
): Promise<TracedClaim | null> {
  const reader = await SegmentReader.openInTurns(segmentPath(hub.layout, segment.digest));
  try {
    const row = reader.rowOf(key.bytes);
    const hit = row < 0 ? null : reader.find(key.bytes);
    if (hit === null) return null;
    const rows = await hub.db.query<ImportColumns>(
      `SELECT i.file_name, i.format, ${LINES_NAME} AS lines, i.imported_at FROM import_run i WHERE i.id = $1`,
      [segment.importId],
    );
    const run = rows[0]!;
    return {
      record: reader.classes[hit.classIndex]!,
      sourceKind: segment.source.kind,
      rank: segment.source.rank,
      claimedAt: run.imported_at,
      firstAt: earlier(firstTime(hub, segment, row), run.imported_at),
      claimedBy: null,
      original: originalLine(linesPath(hub.layout, run.lines), hit.line),
      line: hit.line,
      file: run.file_name,
      format: run.format,
      ended: false,
    };
  } finally {
    reader.close();
  }
}

/** Of one row; where the file of these times is damaged, that of the last import has to do. */
function firstTime({ layout }: MendHub, { firsts, firstAt, rows }: SegmentRow, row: number): Date {
  if (firsts === null) return firstAt;
  try {
    const times = new FirstTimesReader(firstsPath(layout, firsts), rows);
    try {
      return new Date(times.at(row) * 1000);
    } finally {
      times.close();
    }
  } catch (error) {
    if (isDamage(error)) return firstAt;
    throw error;
  }
}

/** Null also where the lines are damaged: the claim stands without them. */
function originalLine(path: string, line: number): string | null {
  try {
    const lines = new LineStoreReader(path);
    try {
      return lines.find(line);
    } finally {
      lines.close();
    }
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}
