// Checks every byte of a segment: what a receiver does once, before it trusts a file that came over a wire or a disk
// that has lain. Costs two passes over the file.
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { onFile, readWhole } from './files.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { corrupt, SEGMENT_LIMITS, segmentFileName } from './segment-format.ts';
import type { SegmentStructure } from './segment-structure.ts';
import { openStructure } from './segment-structure.ts';

/**
 * Pages against their checksums, keys in order, class numbers, class records, and where the file is named after a
 * digest, that digest. Returns the SHA-256 of the file, hex; throws like `SegmentReader.open`.
 */
export function verifyFull(path: string): string {
  const structure = openStructure(path);
  try {
    return verifyStructure(structure);
  } finally {
    closeSync(structure.fd);
  }
}

/** `verifyFull` of a segment that is already open. */
export function verifyStructure(structure: SegmentStructure): string {
  const cursor = new SegmentCursor(structure);
  while (cursor.next()) {
    // The cursor checks what it passes.
  }
  for (let index = 0; index < structure.classes.count; index++) structure.classes.record(index);
  const digest = digestOf(structure);
  if (/^[0-9a-f]{64}\.seg$/.test(structure.name) && structure.name !== segmentFileName(digest))
    throw corrupt(structure.name, `its SHA-256 is ${digest}`, 'the one in its name');
  return digest;
}

function digestOf({ fd, name, bytes }: SegmentStructure): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(Math.min(bytes, SEGMENT_LIMITS.bufferBytes));
  for (let done = 0; done < bytes; done += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, bytes - done));
    if (!onFile('read', name, () => readWhole(fd, part, 0, part.length, done)))
      throw corrupt(name, 'it has become shorter', 'an immutable file');
    hash.update(part);
  }
  return hash.digest('hex');
}
