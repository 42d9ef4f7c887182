// A scan, from paths to a summary. It acts on nothing (no quarantine), and nothing leaves but through the ladder.
//
//   walk.ts ──► directory + facts ──► cache.ts: unchanged? ──yes──► answer still holds? ──yes──► result
//                                          │ no                          │ no
//                                          ▼                             │
//                                     hash-pool.ts: SHA-256              │
//                                          │ ◄───────────────────────────┘
//                                          ▼
//                       ladder.near: override, list ──answer──► result
//                                          │ null
//                                          ▼  (only where a list of that kind exists)
//                       hash-pool.ts: MD5, SHA-1 ──► ladder.near ──answer──► result
//                                          │ null
//                                          ▼  (in batches)
//                       ladder.far: relay, hub, or nobody ──answer──► result
import type { Ladder } from '../client/ladder.ts';
import type { Verdict } from '../protocol/verdict.ts';
import type { World } from '../protocol/world.ts';
import type { ScanCache } from './cache.ts';
import type { HashPool } from './hash-pool.ts';
import { ScanRun } from './scan-run.ts';
import type { ScanProblem, ScanProgress, ScanResult, ScanSummary } from './scan-summary.ts';
import type { Walker } from './walk.ts';

export type { ScanProblem, ScanProgress, ScanResult, ScanSummary } from './scan-summary.ts';
export { problemWords } from './scan-summary.ts';

export interface ScanOptions {
  readonly pool: HashPool;
  /** Null: every file is hashed and nothing is kept. */
  readonly cache: ScanCache | null;
  readonly ladder: Ladder;
  readonly world: World;
  /** `walk` by default. */
  readonly walker?: Walker | undefined;
  /** Which results `onResult` is told; all by default. All are counted. */
  readonly wants?: ((verdict: Verdict) => boolean) | undefined;
  /** Each wanted file once, in no promised order. What it throws ends the scan. */
  readonly onResult?: ((result: ScanResult) => void) | undefined;
  /** Null while the taker of results keeps up; else the walk waits for it, so that results do not pile up. */
  readonly resultRoom?: (() => Promise<void> | null) | undefined;
  readonly onProblem?: ((problem: ScanProblem) => void) | undefined;
  /** At most once in `SCAN_LIMITS.progressMs`, and at the end. */
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Abort: the scan stops at once and resolves with the summary so far. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scans `paths`: every regular file below them gets one result, or one problem. What cannot be read, changes or
 * vanishes is a problem, and the scan goes on. Digests and answers are in the cache file on return. Rejects with
 * `engine` where hashing itself is impossible, and with what a callback throws.
 */
export function scan(paths: readonly string[], options: ScanOptions): Promise<ScanSummary> {
  return new ScanRun(options).run(paths);
}
