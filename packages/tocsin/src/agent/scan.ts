// A scan, from paths to a summary. It acts on nothing (no quarantine), and nothing leaves but through the ladder.
//
//   walk.ts ──► directory + facts ──► cache.ts: unchanged? ──yes──► answer still holds? ──yes──► result
//                                          │ no                          │ no
//                                          ▼                             │
//                                     hash-pool.ts: SHA-256              │
//                                          │ ◄───────────────────────────┘
//                                          ▼
//                       ladder.near: override, list ──answer──► result   (unless the owner decided by an alias)
//                                          │ null
//                                          ▼  (only where a list or override of that kind exists)
//                       hash-pool.ts: MD5, SHA-1 ──► ladder.near ──answer──► result
//                                          │ null
//                                          ▼  (in batches)
//                       ladder.far: relay, hub, or nobody ──answer──► result
import type { Ladder } from '../client/lookup/ladder.ts';
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
  /**
   * True where the owner decided about files by that kind of weaker digest: such a word wins over what a list says
   * of the SHA-256, so the digest is read of every file on which the owner said nothing by SHA-256. Never by default.
   */
  readonly overridesAlias?: ((kind: 'file-md5' | 'file-sha1') => boolean) | undefined;
  readonly onProblem?: ((problem: ScanProblem) => void) | undefined;
  /** Each file whose path is no UTF-8, beside its result or problem; `pathBytes` is the exact path in base64. */
  readonly onOddName?: ((path: string, pathBytes: string) => void) | undefined;
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
