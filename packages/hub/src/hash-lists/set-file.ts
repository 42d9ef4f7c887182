// Sets of hashes on the hub's disk: versions of lists that were published, and what was made of large segments. All of
// it can be made again from the published lists; lost or damaged files cost receivers one whole list, nothing else.
//
//   TOCSETS1 | bytes of a hash u32 | count u32 | SHA-256 of the hashes | hashes
import { closeSync, fsyncSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { createPart, onFile, writeWhole } from 'tocsin/lists/files.ts';
import { HASH_LIST_LIMITS } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet, HashSize } from 'tocsin/lists/hash-set.ts';
import { checksumOf, countOf } from 'tocsin/lists/hash-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';

const MAGIC = Buffer.from('TOCSETS1', 'latin1');
const HEADER_BYTES = 48;

/** Whole under its name on return; synced, so that a name never stands for half a file. */
export function writeSetFile(directory: string, path: string, set: HashSet): void {
  const { fd, path: part } = createPart(directory);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32LE(set.size, 8);
    header.writeUInt32LE(countOf(set), 12);
    header.set(checksumOf(set), 16);
    writeWhole(fd, header, part);
    writeWhole(fd, set.bytes, part);
    onFile('write', part, () => fsyncSync(fd));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  onFile('write', path, () => renameSync(part, path));
}

/** Null where no such file is there. One that does not hold is removed, and null too. */
export function readSetFile(path: string, size: HashSize): HashSet | null {
  let bytes: Buffer;
  try {
    bytes = onFile('read', path, () => readFileSync(path));
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'not-found') return null;
    throw error;
  }
  const set = {
    size,
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).subarray(HEADER_BYTES),
  };
  if (holds(bytes, set)) return set;
  rmSync(path, { force: true });
  return null;
}

/** Makes it the newest of its directory. */
export function touchSetFile(path: string, now: number): void {
  onFile('write', path, () => utimesSync(path, now / 1000, now / 1000));
}

function holds(bytes: Buffer, set: HashSet): boolean {
  if (bytes.length < HEADER_BYTES || bytes.length > HASH_LIST_LIMITS.maxBytes + HEADER_BYTES) return false;
  const { size } = set;
  if (!bytes.subarray(0, 8).equals(MAGIC) || bytes.readUInt32LE(8) !== size) return false;
  if (set.bytes.length !== bytes.readUInt32LE(12) * size) return false;
  return bytes.subarray(16, HEADER_BYTES).equals(checksumOf(set));
}
