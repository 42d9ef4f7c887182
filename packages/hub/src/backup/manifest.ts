// What a backup says of itself: a header in front (what this is, by whom readable) and a manifest at the end (what
// must have come in between, by digest). A file without its manifest was cut off. Parsers of foreign bytes.
import { createHash } from 'node:crypto';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BACKUP_FOLDERS, BACKUP_LIMITS, BACKUP_MAGIC, BACKUP_VERSION } from './config.ts';

export const HEADER_NAME = 'backup.json';
export const MANIFEST_NAME = 'manifest.json';
/** 64 hex digits and the end of the line. */
const DIGEST_LINE_BYTES = 65;

export interface BackupHeader {
  readonly format: typeof BACKUP_MAGIC;
  readonly version: number;
  /** Of the records; restoring brings it forward to the newest. */
  readonly schema: number;
  /** When the snapshot was taken, ISO 8601. */
  readonly at: string;
}

export interface BackupEntry {
  /** `tables/<table>/<part>` or a file below keys/, segments/, lists/. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface BackupManifest {
  readonly entries: readonly BackupEntry[];
  /** Tables in the order in which they can be filled, with the columns as the rows give them. */
  readonly tables: readonly BackupTable[];
  /** Where each sequence stands; null: never used. */
  readonly sequences: readonly BackupSequence[];
}

export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

export interface BackupSequence {
  readonly name: string;
  readonly last: string | null;
}

/** Throws 'format' for what is no backup, or one of a newer release. */
export function parseHeader(bytes: Uint8Array): BackupHeader {
  const value = parseJson(bytes);
  if (!isRecord(value) || value['format'] !== BACKUP_MAGIC || !isCount(value['version'])) throw noBackup();
  if (value['version'] > BACKUP_VERSION) {
    throw new TocsinError(
      'format',
      `Cannot read the backup: its format is version ${value['version']}, made by a newer release; want version ${BACKUP_VERSION} or older, or this hub upgraded`,
    );
  }
  const { schema, at } = value;
  if (!isCount(schema) || typeof at !== 'string') throw noBackup();
  return { format: BACKUP_MAGIC, version: value['version'], schema, at };
}

export function noBackup(): TocsinError {
  return new TocsinError(
    'format',
    'Cannot read the backup: the file is no backup of this hub, want one made by "tocsin-hub backup"',
  );
}

export function damaged(state: string): TocsinError {
  return new TocsinError('corrupt', `Cannot read the backup: ${state}, want the file as it was made`);
}

/** A line of JSON, and from version 2 on a line with its SHA-256: nothing else holds the digest of the manifest. */
export function manifestBytes(manifest: BackupManifest): Buffer {
  const line = Buffer.from(`${JSON.stringify(manifest)}\n`);
  return Buffer.concat([line, digestLine(line)]);
}

function digestLine(line: Uint8Array): Buffer {
  return Buffer.from(`${createHash('sha256').update(line).digest('hex')}\n`);
}

/** `version` as the header says. Throws 'corrupt' for anything but a complete manifest. */
export function parseManifest(bytes: Uint8Array, version: number): BackupManifest {
  const value = parseJson(version < 2 ? bytes : withoutDigest(bytes));
  if (!isRecord(value)) throw damaged('its manifest is not readable');
  return {
    entries: list(value['entries'], parseEntry),
    tables: list(value['tables'], parseTable),
    sequences: list(value['sequences'], parseSequence),
  };
}

function withoutDigest(bytes: Uint8Array): Uint8Array {
  const line = bytes.subarray(0, Math.max(0, bytes.length - DIGEST_LINE_BYTES));
  if (!digestLine(line).equals(bytes.subarray(line.length))) throw damaged('its manifest is not as it was');
  return line;
}

function parseEntry(row: Readonly<Record<string, unknown>>): BackupEntry | null {
  const { name, bytes, sha256 } = row;
  if (typeof name !== 'string' || !isCount(bytes) || typeof sha256 !== 'string') return null;
  return /^[0-9a-f]{64}$/.test(sha256) ? { name, bytes, sha256 } : null;
}

function parseTable(row: Readonly<Record<string, unknown>>): BackupTable | null {
  const { name, columns, rows } = row;
  if (!isName(name) || !Array.isArray(columns) || !isCount(rows)) return null;
  return columns.every(isName) ? { name, columns, rows } : null;
}

function parseSequence(row: Readonly<Record<string, unknown>>): BackupSequence | null {
  const { name, last } = row;
  if (!isName(name)) return null;
  if (last === null) return { name, last };
  return typeof last === 'string' && /^-?\d{1,19}$/.test(last) ? { name, last } : null;
}

function list<T>(value: unknown, parse: (row: Readonly<Record<string, unknown>>) => T | null): readonly T[] {
  if (!Array.isArray(value)) throw damaged('its manifest is not readable');
  return value.map((row: unknown) => {
    const parsed = isRecord(row) ? parse(row) : null;
    if (parsed === null) throw damaged('its manifest is not readable');
    return parsed;
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A plain SQL name of ours. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value);
}

/** What an entry's name means; null for a name that no backup of ours holds. */
export type EntryPlace =
  | { readonly kind: 'header' }
  | { readonly kind: 'manifest' }
  | { readonly kind: 'rows'; readonly table: string; readonly part: number }
  | { readonly kind: 'file'; readonly path: readonly string[] };

/** Every name is checked before anything is written: nothing lands outside the data directory. */
export function placeOf(name: string): EntryPlace | null {
  if (name === HEADER_NAME) return { kind: 'header' };
  if (name === MANIFEST_NAME) return { kind: 'manifest' };
  if (name.length > BACKUP_LIMITS.pathBytes) return null;
  const rows = /^tables\/([a-z_][a-z0-9_]{0,62})\/(\d{6,9})$/.exec(name);
  if (rows !== null) return { kind: 'rows', table: rows[1] ?? '', part: Number(rows[2]) };
  const path = name.split('/');
  const safe = path.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}$/.test(part));
  if (!safe || path.length < 2 || path.length > BACKUP_LIMITS.fileDepth) return null;
  return BACKUP_FOLDERS.some((folder) => folder === path[0]) ? { kind: 'file', path } : null;
}
