// The numbers of what the hub keeps about choices and for how long.

const DAY_MS = 86_400_000;

export const PRIVACY_LIMITS = {
  /** Consent records in one answer, the newest. */
  maxRecords: 16,
  /** A consent record and its receipt are kept so long after they were replaced. */
  recordMs: 365 * DAY_MS,
  /** What is remembered of an erasure: longer than anything can still come late. */
  erasureMs: 365 * DAY_MS,
  /** Counts of what was refused and dropped. */
  countMs: 365 * DAY_MS,
  /** Messages whose items are removed in one transaction; so many transactions in one sweep. */
  sweepRows: 1_000,
  sweepRounds: 500,
  /** How often the hub looks for what is over. */
  sweepMs: 3_600_000,
  /** Distinct consents whose plans of the gate are kept in memory. */
  maxConsents: 256,
} as const;
