// Named limits of imports. Whatever a file holds, a parser keeps no more of it in memory than these say.

export const IMPORT_LIMITS = {
  /** A longer line is refused and passed over, not kept. */
  maxLineBytes: 64 * 1024,
  /** Line numbers are 32 bits in a segment. */
  maxLines: 2 ** 32 - 1,
  /** How much of a file is looked at to tell what it is. */
  headBytes: 512,
  /** So many first rows none of which fits: a file of another format. */
  proofRows: 1_000,
  /** Of so many rows or more, those that do not fit; beyond it the file is of another format (formats/row.ts). */
  sharedRows: 20,
  maxMisfitShare: 0.5,
  /** A re-import that removes more of what its source said than this share is done only where that is meant ... */
  maxRemovedShare: 0.5,
  /** ... for a source with so many claims or more: a short list may change wholly from one day to the next. */
  guardedClaims: 100,
  /** Distinct (level, category, name, reason) of one file; then names and reasons stay in the original lines only. */
  maxDistinctDetails: 2 ** 16,
  /** Longest reason, characters; see NAME_LIMITS for names. */
  maxReason: 200,
  /** How much of a free text is read for a name or a reason. */
  maxRemarkBytes: 1_024,
  /** Objects that one row may name. */
  maxKeysPerRow: 1_000,
  maxColumns: 1_024,
  /** Lines that one quoted CSV record may cover; an unclosed quote costs no more than its own row. */
  maxRecordLines: 128,
  maxJsonDepth: 64,
  /** One value of a JSON file with all that is in it (a MISP attribute may carry a sample). */
  maxJsonValueBytes: 16 * 2 ** 20,
  maxJsonValueTokens: 2 ** 18,
  /** How much of a JSON value is kept as its original text. */
  maxJsonOriginal: 4_096,
  /** MISP attributes, and bytes of them, held back until the tags of their event are known; more do without. */
  maxHeldAttributes: 20_000,
  maxHeldBytes: 16 * 2 ** 20,
  /** Values of a warning list, and bytes of them, held back until its type is known. */
  maxWarnings: 2 ** 21,
  maxWarningBytes: 128 * 2 ** 20,
  /** Length of one STIX pattern, comparisons in it, and how deep they may be nested. */
  maxPatternLength: 2 ** 18,
  maxPatternTerms: 1_000,
  maxPatternDepth: 32,
  /** Software packages of an NSRL set whose names are kept in memory. */
  maxPackages: 2 ** 19,
} as const;
