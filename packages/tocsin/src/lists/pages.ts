// Reads runs of whole pages of a segment with one large read and checks them. For who walks a segment; a look-up
// reads its one page by itself.
import { crc32 } from 'node:zlib';
import { onFile, readWhole } from './files.ts';
import { corrupt, HEADER_BYTES, PAGE_ENTRIES, SEGMENT_LIMITS } from './segment-format.ts';
import type { SegmentStructure } from './segment-structure.ts';

/** A buffer for `readPages`: as many whole pages as `SEGMENT_LIMITS.bufferBytes` holds, or all of a small segment. */
export function pagesBuffer({ index, pageBytes }: SegmentStructure): Buffer {
  const pages = Math.min(index.length, Math.floor(SEGMENT_LIMITS.bufferBytes / pageBytes));
  return Buffer.allocUnsafeSlow(pages * pageBytes);
}

/**
 * Fills `buffer` with pages from `first` on and returns the bytes of their entries; 0 behind the last page. Throws
 * `corrupt` where a page does not have its checksum or is not the one in the page index, `io` where the disk refuses.
 */
export function readPages(segment: SegmentStructure, first: number, buffer: Buffer): number {
  const { fd, name, rows, entryBytes, pageBytes, index } = segment;
  const bytes = Math.min(buffer.length, (rows - first * PAGE_ENTRIES) * entryBytes);
  if (bytes <= 0) return 0;
  if (!onFile('read', name, () => readWhole(fd, buffer, 0, bytes, HEADER_BYTES + first * pageBytes)))
    throw corrupt(name, 'it ends in the entries', 'a whole file');
  for (let at = 0, page = first; at < bytes; at += pageBytes, page++) {
    if (crc32(buffer.subarray(at, Math.min(at + pageBytes, bytes))) !== index.checksums[page])
      throw corrupt(name, `its page ${page} does not have its checksum`, 'the bytes as they were written');
    if (!index.fits(page, buffer, at))
      throw corrupt(name, `its page ${page} is not the one in the page index`, 'the first key of the page');
  }
  return bytes;
}
