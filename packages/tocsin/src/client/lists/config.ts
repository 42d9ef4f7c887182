// The numbers of fetching lists.

export const LIST_FETCH = {
  /** A smaller list is fetched whole: a question about a delta costs as much, and shows what is held here. */
  leastBytes: 16_384,
  /** A hub that is making a delta is asked again, so often; then the whole list is fetched. */
  deltaTries: 12,
  /** How long after, where the hub does not say; and at most. */
  waitMs: 5_000,
  maxWaitMs: 30_000,
} as const;
