// Names of the immutable files in a hub's layout: each is written once, under its digest.
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** A bulk source's claims of one kind. */
export function segmentPath(layout: Layout, digest: string): string {
  return join(layout.segments, `${digest}.seg`);
}

/** Original lines of the file with this digest, as that format counts them. */
export function linesPath(layout: Layout, fileDigest: string, format: string): string {
  return join(layout.segments, `${fileDigest}-${format}.lines`);
}

/** A published list. */
export function listPath(layout: Layout, digest: string): string {
  return join(layout.lists, `${digest}.seg`);
}
