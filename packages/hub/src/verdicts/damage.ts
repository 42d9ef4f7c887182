// What counts as damage of an immutable file: that it does not hold, is cut, or is not there. A disk that refuses to be
// read (`io`) is none: the file may be whole, and nothing is done about it.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { onFile } from 'tocsin/lists/files.ts';
import { SegmentReader, verifyFull } from 'tocsin/lists/segment-reader.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';

/** `size`: that it is there with its length; `structure`: what opening it checks; `whole`: every byte. */
export type Check = 'size' | 'structure' | 'whole';

const CHUNK = 1024 * 1024;

export function isDamage(error: unknown): error is TocsinError {
  return error instanceof TocsinError && ['corrupt', 'format', 'not-found'].includes(error.code);
}

/** Why a segment file does not hold, or null. Throws `io` where it cannot be read. */
export function segmentDamage(path: string, bytes: number, check: Check): string | null {
  return damageOf(() => {
    checkSize(path, bytes);
    if (check === 'structure') SegmentReader.open(path).close();
    if (check === 'whole') verifyFull(path);
  });
}

/** Why a file that is named by its digest does not hold, or null; of an older name only that it is there. */
export function linesDamage(path: string, name: string, check: Check): string | null {
  return damageOf(() => {
    onFile('read', path, () => statSync(path));
    if (check === 'whole' && /^[0-9a-f]{64}$/.test(name)) checkDigest(path, name);
  });
}

/** Why a file of so many bytes that is named by its digest does not hold, or null. */
export function fileDamage(path: string, digest: string, bytes: number, check: Check): string | null {
  return damageOf(() => {
    checkSize(path, bytes);
    if (check === 'whole') checkDigest(path, digest);
  });
}

function checkSize(path: string, bytes: number): void {
  const size = onFile('read', path, () => statSync(path).size);
  if (size !== bytes) throw new TocsinError('corrupt', `it has ${size} bytes, want ${bytes}`);
}

function checkDigest(path: string, digest: string): void {
  if (digestOf(path) === digest) return;
  throw new TocsinError('corrupt', 'it does not have the digest in its name');
}

function damageOf(read: () => void): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (isDamage(error)) return errorWords(error);
    throw error;
  }
}

function digestOf(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  const fd = onFile('read', path, () => openSync(path, 'r'));
  try {
    for (let n = 1; n > 0; hash.update(chunk.subarray(0, n)))
      n = onFile('read', path, () => readSync(fd, chunk, 0, chunk.length, null));
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
}
