// Writes packages/tocsin/src/catalog/versions/version-N.ts from the present declarations and texts:
//
//   node scripts/write-catalog-version.ts                 the newest version anew, while no release has it
//   node scripts/write-catalog-version.ts --new DATE      a further version, of that day (YYYY-MM-DD); then add it to
//                                                         versions/versions.ts and run once more without --new
//   node scripts/write-catalog-version.ts --release X.Y.Z the newest version, closed: it never changes again
//
// A version that a release has is refused: people have accepted its hash.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ITEMS } from '../packages/tocsin/src/catalog/catalog.ts';
import { renderedDigest } from '../packages/tocsin/src/catalog/statement/rendered.ts';
import type { VersionEntry } from '../packages/tocsin/src/catalog/versions/version.ts';
import { lineOf } from '../packages/tocsin/src/catalog/versions/version.ts';
import { NEWEST_VERSION } from '../packages/tocsin/src/catalog/versions/versions.ts';

const FOLDER = join(import.meta.dirname, '../packages/tocsin/src/catalog/versions');
const table = ITEMS.map(lineOf).join('\n');
const [flag, value] = process.argv.slice(2);

if (flag === '--new') {
  if (value === undefined || !/^\d{4}-\d\d-\d\d$/.test(value)) fail("'--new' wants a day as YYYY-MM-DD");
  if (NEWEST_VERSION.release === null)
    fail(`version ${NEWEST_VERSION.number} has no release yet: write that one anew`);
  write({ number: NEWEST_VERSION.number + 1, date: value, release: null, rendered: null, table });
} else if (flag === undefined || flag === '--release') {
  const { number, date, release } = NEWEST_VERSION;
  if (release !== null)
    fail(`version ${number} is that of release ${release}: make a further one with --new`);
  // What is rendered tells what is new by the table that stands in the file: written first, then rendered.
  if (table !== NEWEST_VERSION.table.trim()) {
    write({ number, date, release: null, rendered: null, table });
    console.log('The items changed: run it once more to note what is rendered from them.');
  } else write({ number, date, release: value ?? null, rendered: renderedDigest(), table });
} else fail(`'${flag}' is no option`);

function write({ number, date, release, rendered, table: lines }: VersionEntry): void {
  if (/`|\$\{/.test(lines)) fail('a declaration holds a backquote or ${: it cannot stand in a template');
  const path = join(FOLDER, `version-${number}.ts`);
  const quoted = (text: string | null): string => (text === null ? 'null' : `'${text}'`);
  writeFileSync(
    path,
    `// Version ${number} of the catalog, item by item (versions/version.ts). Written by scripts/write-catalog-version.ts.
import type { VersionEntry } from './version.ts';

export const VERSION_${number}: VersionEntry = {
  number: ${number},
  date: ${quoted(date)},
  release: ${quoted(release)},
  rendered: ${quoted(rendered)},
  table: ${lines.includes('\\') ? 'String.raw' : ''}\`
${lines}
\`,
};
`,
  );
  console.log(
    `${existsSync(path) ? 'wrote' : 'missed'} version-${number}.ts: ${lines.split('\n').length} items`,
  );
}

function fail(words: string): never {
  console.error(`Cannot write a version of the catalog: ${words}`);
  process.exit(2);
}
