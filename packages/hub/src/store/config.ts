// The numbers of the record store.

export const STORE_LIMITS = {
  /** Connections of one process; the embedded engine has 50 places for all of them. */
  poolSize: 10,
  connectMs: 10_000,
  /** While the server is being started again, a query waits so long for a connection. */
  reconnectMs: 10_000,
  reconnectPauseMs: 100,
  idleMs: 30_000,
  /** A transaction that lost against another one is run again, so often. */
  transactionTries: 8,
  transactionPauseMs: 20,
  /** Waiting for an advisory lock; a migration may hold one while it makes its backup. */
  lockMs: 1_800_000,
  listenPauseMs: 500,
  /** PostgreSQL's own limit is 8000 bytes. */
  notifyBytes: 7_900,
  /** Oldest PostgreSQL whose SQL we use. */
  serverMajor: 14,
} as const;

/** What advisory locks stand for. Numbers are never reused: nodes of two releases may run side by side. */
export const ADVISORY_LOCKS = {
  migrate: 1,
  /** One change of claims and segments at a time. */
  claims: 2,
  /** One publisher of lists. */
  publish: 3,
  /** One change of the hub's keys. */
  keys: 4,
  /** One change of terms, published Statements or policies. */
  privacy: 5,
} as const;
export type AdvisoryLock = keyof typeof ADVISORY_LOCKS;

/** The first half of every lock's key, so that a database shared with others has room for theirs. */
export const ADVISORY_SPACE = 0x746f6373;
