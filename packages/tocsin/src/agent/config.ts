// Every number of the agent's scan, with the reason where it is not plain. No code here.

export const WALK_LIMITS = {
  /** A directory with more entries is walked, kept and encrypted in parts of about half that many. */
  maxEntriesPerPart: 16_384,
} as const;

export const POOL_LIMITS = {
  minWorkers: 2,
  /** A thread costs about 13 MB; four hash faster than the disks they read from. */
  maxWorkers: 4,
  maxBatchFiles: 128,
  /** A batch is closed when its files pass this size together, so that no thread idles behind a full one. */
  maxBatchBytes: 8 * 2 ** 20,
  /** A batch beyond this holds a large file, and goes first. */
  hugeBatchBytes: 16 * 2 ** 20,
  /** Any time will do: it only keeps the process until the threads have ended. */
  closeHoldMs: 1_000,
  /** Batches given to one thread ahead of its answers; a second only while the first is small. */
  maxAheadBatches: 2,
  maxAheadBytes: 16 * 2 ** 20,
  /** Batches that wait for a thread; more make the walk wait. */
  maxQueuedBatches: 64,
  /** Tries of a batch whose thread dies. */
  maxAttempts: 2,
  /** Deaths of threads after which the pool gives up. */
  maxCrashes: 32,
  /** Heap of a thread, MB: it holds paths and digests only. */
  oldGenerationMb: 16,
  youngGenerationMb: 2,
} as const;

export const SCAN_LIMITS = {
  /** Keys in one question to the hub, and questions under way. */
  farBatchKeys: 250,
  maxFarBatches: 16,
  /** How long keys wait for others before they are asked in a smaller batch, ms. */
  farWaitMs: 100,
  /** Files that wait for the hub before the walk waits. */
  maxFarWaiting: 16_000,
  /** The event loop gets its turn at least this often, ms; and while threads hash, which have some ms ahead. */
  turnMs: 10,
  hashingTurnMs: 2,
  /** How often it is looked whether lists, overrides or participation are others now. */
  epochMs: 100,
  progressMs: 100,
} as const;

export const CACHE_LIMITS = {
  /** Records kept in memory before they are written in one transaction, whichever comes first. */
  maxPendingRecords: 256,
  maxPendingBytes: 8 * 2 ** 20,
  maxPendingMs: 500,
  /** Rows and verdicts of one record; more verdicts are not kept, more rows make a record damaged. */
  maxRows: 2 ** 20,
  maxVerdicts: 4_096,
  /** How far the wall clock may have been set back before a kept verdict counts as expired, seconds. */
  clockSkewSeconds: 86_400,
  busyMs: 2_000,
  /** Nonces that are drawn together: a draw costs as much as sealing a record. */
  drawnNonces: 256,
} as const;

export const PATH_MARKS_LIMITS = {
  /** A power of two. With 20,000 paths one of 50 others is taken for one of them. */
  bits: 2 ** 20,
} as const;

export const VOUCH_LIMITS = {
  /** One package's list of files; the longest in Debian is below 4 MB. */
  maxListBytes: 64 * 2 ** 20,
  maxLinkDepth: 40,
} as const;
