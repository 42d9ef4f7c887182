// Makes the newer list of the one that is here and a delta (spec/segment-delta.md). The older list stays as it is and in
// force; whatever is wrong with a delta, the whole list is fetched instead. Must not put anything among the lists but a
// file that hashes to the name it gets.
//
//   lists/<old>.seg ────────────────┐
//   hub ─► <new>.delta, <new>.coming ┴─► *.part ─► SHA-256 = wanted? ─► lists/<new>.seg     (the others go afterwards)
import { createWriteStream, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyDelta } from '../../lists/delta-apply.ts';
import { MAX_DELTA_BYTES } from '../../lists/delta-format.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { ListEntry } from '../../protocol/lookup.ts';
import { parseRetryAfter, waitOf } from '../../protocol/retry-after.ts';
import type { Clock } from '../../protocol/world.ts';
import type { DownloadAnswer, HubChannel } from '../channel/channel.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { Home } from '../state/home.ts';
import { PRIVATE_FILE } from '../state/home.ts';
import { LIST_FETCH } from './config.ts';
import { listFile } from './store.ts';

export interface FetchDeltaOptions {
  readonly home: Home;
  readonly channel: Pick<HubChannel, 'download'>;
  readonly clock: Clock;
  /** The list that is here, and the one that is wanted: of one role and kind. */
  readonly old: ListEntry;
  readonly entry: ListEntry;
  readonly signal?: AbortSignal;
}

export type DeltaFetch =
  /** The wanted list stands under its name, as after `fetchFile`. */
  | { readonly kind: 'applied'; readonly bytes: number }
  /** There is no delta, or it did not hold: the whole list is to be fetched. */
  | { readonly kind: 'none' };

export const NO_DELTA: DeltaFetch = { kind: 'none' };

/** What a delta leads to that does not hold, or an older list that is damaged here. One that broke off is asked for again. */
const USELESS: readonly ErrorCode[] = ['corrupt', 'format', 'limit', 'not-found', 'io'];

/** Whether it is worth to ask for a delta. */
export function wantsDelta(old: ListEntry | undefined, entry: ListEntry): old is ListEntry {
  return old !== undefined && old.digest !== entry.digest && entry.bytes >= LIST_FETCH.leastBytes;
}

/** Throws as the channel does where the hub does not answer, and the signal's reason. */
export async function fetchDelta(options: FetchDeltaOptions): Promise<DeltaFetch> {
  const { home, old, entry, signal } = options;
  const delta = join(home.lists, `${entry.digest}.delta`);
  try {
    const bytes = await downloadWhenMade(delta, options);
    if (bytes === null) return NO_DELTA;
    await applyDelta({
      old: { path: listFile(home, old.digest), digest: old.digest },
      to: entry.digest,
      delta,
      directory: home.lists,
      ...(signal ? { signal } : {}),
    });
    return { kind: 'applied', bytes };
  } catch (error) {
    if (error instanceof TocsinError && USELESS.includes(error.code)) return NO_DELTA;
    throw error;
  } finally {
    rmSync(delta, { force: true });
  }
}

/** Bytes of the delta; null where the hub has none, for whatever reason, or is making it for too long. */
async function downloadWhenMade(path: string, options: FetchDeltaOptions): Promise<number | null> {
  const signal = options.signal ? { signal: options.signal } : {};
  for (let tries = 1; ; tries++) {
    const answer = await download(path, options);
    if (answer.status === 200) return answer.bytes;
    if (answer.status !== 503 || tries === LIST_FETCH.deltaTries) return null;
    await sleep(waitAfter(answer, options.clock), undefined, signal);
  }
}

function waitAfter({ headers }: DownloadAnswer, clock: Clock): number {
  const told = parseRetryAfter(headers['retry-after']);
  return Math.min(told === null ? LIST_FETCH.waitMs : waitOf(told, clock), LIST_FETCH.maxWaitMs);
}

async function download(
  path: string,
  { channel, old, entry, signal }: FetchDeltaOptions,
): Promise<DownloadAnswer> {
  const outgoing = connectionRequest({
    reason: 'lists',
    method: 'GET',
    path: `/v1/lists/deltas/${old.digest}/${entry.digest}`,
  });
  const to = createWriteStream(path, { fd: openSync(path, 'w', PRIVATE_FILE) });
  try {
    const maxBytes = Math.min(MAX_DELTA_BYTES, entry.bytes);
    return await channel.download(outgoing, to, { maxBytes, ...(signal ? { signal } : {}) });
  } finally {
    to.destroy();
  }
}
