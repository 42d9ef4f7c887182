// Limits of the look-up threads.
export const THREADS_LIMITS = {
  /** Each has up to three connections to PostgreSQL, of which the embedded one takes 100 in all. */
  max: 16,
  /** A thread that ended by itself is started again after so long. */
  restMs: 1_000,
} as const;
