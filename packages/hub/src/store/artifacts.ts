// Names of the immutable files in a hub's layout: each is written once, under its digest.
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** A bulk source's claims of one kind. */
export function segmentPath(layout: Layout, digest: string): string {
  return join(layout.segments, `${digest}.seg`);
}

/** Original lines of an import, by the name that `LINES_NAME` gives. */
export function linesPath(layout: Layout, name: string): string {
  return join(layout.segments, `${name}.lines`);
}

/** Since when a source has named each object of a segment, by the digest of that file. */
export function firstsPath(layout: Layout, digest: string): string {
  return join(layout.segments, `${digest}.firsts`);
}

/** SQL: the name of the lines of an import_run `i`, their digest. Imports before 0.1.0 named the file and the format. */
export const LINES_NAME = `coalesce(i.report->>'lines', encode(i.file_digest, 'hex') || '-' || i.format)`;

/** A published list. */
export function listPath(layout: Layout, digest: string): string {
  return join(layout.lists, `${digest}.seg`);
}
