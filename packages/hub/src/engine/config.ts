// The numbers of the embedded engine, and the settings its PostgreSQL runs with: small enough for a laptop,
// and never less durable than PostgreSQL's own defaults (fsync, full_page_writes and synchronous_commit stay on).

export const ENGINE_LIMITS = {
  /** Recovery after a power cut may take a while; until then the server says "starting up". */
  startMs: 120_000,
  stopMs: 60_000,
  /** How long to wait for another process that starts or stops the same engine right now. */
  lockMs: 150_000,
  initMs: 120_000,
  connectMs: 5_000,
  pollMs: 10,
  /** A server that is alive, says ready, and does not answer on its socket for so long is restarted. */
  deafMs: 5_000,
  /** postgres.log is moved to postgres.log.1 beyond this size. */
  logBytes: 4 * 1024 * 1024,
  logCheckMs: 600_000,
  /** A Unix socket's path: 108 bytes on Linux, 104 elsewhere, with room for the name. */
  socketPathBytes: 100,
  /** A lost server is started again by the handle that held it, so often in a row. */
  revivals: 6,
  revivalPauseMs: 500,
} as const;

export const ENGINE_PORT = 5432;
export const ENGINE_USER = 'tocsin';
export const ENGINE_DATABASE = 'postgres';

/** Given on the command line, so that a new release changes them without touching the data directory. */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: String(ENGINE_PORT),
  max_connections: '100',
  shared_buffers: '64MB',
  maintenance_work_mem: '64MB',
  work_mem: '8MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  io_method: 'sync',
  jit: 'off',
  max_worker_processes: '4',
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // What is logged must not hold what is stored: neither statements nor the keys in DETAIL lines.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};
