// The numbers of deltas between published lists.

export const LIST_DELTAS = {
  /** Versions of a list that are kept after their time; and the bytes that they may take on the disk, a list. */
  keptVersions: 24,
  keptBytes: 2 ** 32,
  /** Of a smaller list there is none: asking costs as much as the whole. */
  leastBytes: 16_384,
  /** A delta may have this part of the whole's bytes, else it is not worth its work. */
  worth: 0.5,
  /** Deltas on the disk, and their bytes; the oldest go first, and can be made again. */
  maxDeltas: 512,
  maxDeltaBytes: 2 ** 31,
  /** Different deltas that wait to be made, one after the other; who asks for one more is told to come back. */
  maxWaiting: 32,
  /** How long a request waits for one that is being made before the machine is told to come back. */
  waitMs: 10_000,
} as const;

export type ListDeltaLimits = { readonly [name in keyof typeof LIST_DELTAS]: number };
