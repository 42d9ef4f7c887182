// The numbers of backups.

export const BACKUP_MAGIC = 'tocsin-backup';
/** Raised when a reader of the older one could not understand the file. */
export const BACKUP_VERSION = 2;

export const BACKUP_LIMITS = {
  /** Rows travel in parts of about this size, so that neither side holds a table. */
  partBytes: 8 * 1024 * 1024,
  headerBytes: 64 * 1024,
  manifestBytes: 256 * 1024 * 1024,
  entries: 1_000_000,
  pathBytes: 200,
  fileDepth: 4,
  /** A file that vanished while the hub replaced it means: take a new snapshot. So often. */
  tries: 50,
  /** Automatic backups kept in backups/. */
  keptAutomatic: 5,
  /** zstd level: about 300 MB/s a core, and digests do not compress anyway. */
  level: 3,
} as const;

/** Folders of the data directory that a backup holds; `segments` includes the line stores beside them. */
export const BACKUP_FOLDERS = ['keys', 'segments', 'lists'] as const;
