// The name of a source: what an operator may call one, and the names that are the hub's own. A file's name is
// foreign text too, so a name that is taken from it passes the same check.
import { basename } from 'node:path';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { ANALYST } from '../verdicts/analyst.ts';
import { HELD_SOURCE } from '../verdicts/changes.ts';

/** Sources of the lists that come with the hub, and their files (bundled.ts). */
export const BUNDLED = {
  'tocsin test files': 'test-files.csv',
  'tocsin trackers': 'trackers.csv',
  'tocsin payment sites': 'payment-sites.csv',
} as const;
export type BundledSource = keyof typeof BUNDLED;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} '()._@:/+-]{0,99}$/u;
const WANT = "want a name of up to 100 letters, digits, spaces and '()._@:/+-";

/** What only the hub itself says: a list under such a name would speak as an analyst, or as the hub. */
const RESERVED: ReadonlySet<string> = new Set(
  [ANALYST.name, HELD_SOURCE, ...Object.keys(BUNDLED)].map(plain),
);

/** The name as an import or a person gives it. Throws `input` for one that is no name or is the hub's own. */
export function parseSourceName(text: string): string {
  const state = fault(text);
  if (state === null) return text;
  throw new TocsinError('input', `Cannot use source '${shown(text)}': ${state}, ${WANT}`);
}

/** The name of a file's source where none is given. Throws `input` where the file's name cannot be one. */
export function sourceNameOf(path: string): string {
  const name = basename(path).replace(/\.(gz|zst)$/, '');
  const state = fault(name);
  if (state === null) return name;
  throw new TocsinError(
    'input',
    `Cannot name the source after the file '${shown(name)}': ${state}, want --source with a name`,
  );
}

function fault(text: string): string | null {
  if (!NAME.test(text)) return text.length > 100 ? 'it is too long' : 'it holds other characters';
  return RESERVED.has(plain(text)) ? 'that name is of the hub itself' : null;
}

/** Names that look alike are alike. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
