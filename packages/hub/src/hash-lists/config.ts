// The numbers of the published hash lists.

export const PUBLISHED_HASH_LISTS = {
  /** How long a receiver waits before it asks again, seconds. */
  minimumWait: 300,
  /** How long an answer to a search may be kept, seconds, found or not. */
  searchLifetime: 300,
  /** Older versions of a list against which an update is made; and the bytes that they may take on the disk, a list. */
  keptVersions: 24,
  keptBytes: 2 ** 28,
  /** Lists in one request; prefixes in one search, each of which is looked for on the disk. Browsers ask for five. */
  maxNames: 64,
  maxPrefixes: 64,
  /** Bytes of a protobuf message that is turned into JSON: that takes the hub's own thread. */
  maxJsonBytes: 2 ** 23,
  /** Known objects that may share one 4-byte prefix; more is no accident, and refused. */
  maxUnderPrefix: 1_000,
  /** A receiver's limit on the entries of an update, where it has one, as the published API has it. */
  minUpdateEntries: 1_024,
  /** Updates under such limits that wait to be made; one more is refused. Bytes of those that are kept, for others. */
  maxWaitingUpdates: 64,
  keptUpdatesBytes: 2 ** 26,
  /** Body of a download check. */
  maxDownloadCheck: 2 ** 18,
  /** A failed build is tried again after this, unless new lists come before. */
  retryMs: 30_000,
} as const;

export const BROWSER_SERVER_LIMITS = {
  maxConnections: 10_000,
  /** A browser that asks for its lists is done in far less. */
  requestMs: 30_000,
  silenceMs: 60_000,
  keepAliveMs: 30_000,
  handshakeMs: 10_000,
  maxHeaderBytes: 32_768,
  /** Body of a request, where a route names no other limit. */
  maxBody: 1_024,
  /** How often the certificate's file is looked at. */
  certificateMs: 60_000,
  graceMs: 2_000,
} as const;

export type BrowserServerLimits = { readonly [name in keyof typeof BROWSER_SERVER_LIMITS]: number };
