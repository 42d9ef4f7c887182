// Holds the import rule (import-rules.ts) over every source, and the rule itself over sources that break it.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { complaintsAbout, importsOf, placeOf, TOCSIN_FOLDERS } from './import-rules.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

function declaredBy(file: string, field: 'dependencies' | 'devDependencies'): string[] {
  const json = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  return Object.keys(json[field] ?? {});
}

const SOURCES = globSync('packages/*/src/**/*.{ts,tsx,js}', { cwd: ROOT }).sort();

/** Tests, and what several of them share. */
const FOR_TESTS = /(?:\.test|\bfixture|\/test-(?:help|machine))\.tsx?$/;

test('import rule: every source of every package keeps it', () => {
  const complaints: string[] = [];
  let imports = 0;
  for (const path of SOURCES) {
    const packageJson = `packages/${placeOf(path).packageFolder}/package.json`;
    const declared = declaredBy(packageJson, 'dependencies');
    if (FOR_TESTS.test(path)) declared.push(...declaredBy('package.json', 'devDependencies'));
    const source = readFileSync(join(ROOT, path), 'utf8');
    imports += importsOf(source).length;
    complaints.push(...complaintsAbout(path, source, new Set(declared)));
  }
  assert.deepEqual(complaints, []);
  assert.ok(
    SOURCES.length > 50 && imports > 100,
    `only ${SOURCES.length} files, ${imports} imports: nothing was read`,
  );
});

test('import rule: nothing of the product imports what is for tests only', () => {
  const found = SOURCES.filter((path) => !FOR_TESTS.test(path)).flatMap((path) =>
    importsOf(readFileSync(join(ROOT, path), 'utf8'))
      .filter(({ specifier }) => FOR_TESTS.test(specifier))
      .map(({ specifier }) => `${path}: '${specifier}'`),
  );
  assert.deepEqual(found, []);
});

test('import rule: every path that is imported leads to a file', () => {
  const missing = SOURCES.flatMap((path) =>
    importsOf(readFileSync(join(ROOT, path), 'utf8'))
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => normalize(join(dirname(path), specifier)))
      .filter((target) => !existsSync(join(ROOT, target)))
      .map((target) => `${path}: ${target}`),
  );
  assert.deepEqual(missing, []);
});

test('import rule: every folder of packages/tocsin/src has its place in it', () => {
  const folders = new Set(
    SOURCES.map(placeOf)
      .filter((place) => place.packageFolder === 'tocsin')
      .map((p) => p.folder),
  );
  folders.delete(''); // stands alone
  for (const folder of folders)
    assert.ok(folder in TOCSIN_FOLDERS, `packages/tocsin/src/${folder} is in no rule`);
});

const BROKEN: readonly [what: string, path: string, source: string, words: RegExp][] = [
  [
    'protocol knows lists',
    'packages/tocsin/src/protocol/a.ts',
    "import { x } from '../lists/b.ts';",
    /protocol may not know lists/,
  ],
  [
    'lists knows client',
    'packages/tocsin/src/lists/a.ts',
    "import type { X } from '../client/b.ts';",
    /lists may not know client/,
  ],
  [
    'client knows agent, over lines',
    'packages/tocsin/src/client/a.ts',
    "import {\n  x,\n  y,\n} from '../agent/b.ts';",
    /may not know agent/,
  ],
  [
    'agent knows cli, passed on',
    'packages/tocsin/src/agent/a.ts',
    "export * from '../cli/b.ts';",
    /may not know cli/,
  ],
  [
    'agent knows cli, at run time',
    'packages/tocsin/src/agent/a.ts',
    "const x = await import('../cli/b.ts');",
    /may not know cli/,
  ],
  [
    'client knows agent, as a worker',
    'packages/tocsin/src/client/a.ts',
    "new Worker(new URL('../agent/w.js', import.meta.url))",
    /may not know agent/,
  ],
  ['a folder without rule', 'packages/tocsin/src/new/a.ts', "import '../protocol/b.ts';", /does not know/],
  [
    'hub knows agent',
    'packages/hub/src/a/b.ts',
    "import { x } from 'tocsin/agent/c.ts';",
    /hub may not know it/,
  ],
  ['hub knows cli', 'packages/hub/src/a.ts', "import { x } from 'tocsin/cli/c.ts';", /hub may not know it/],
  [
    'tocsin knows hub',
    'packages/tocsin/src/cli/a.ts',
    "import { x } from '@tocsin/hub/a.ts';",
    /may not know it/,
  ],
  [
    'a path into another package',
    'packages/hub/src/a/b.ts',
    "import { x } from '../../../tocsin/src/protocol/c.ts';",
    /leaves its package/,
  ],
  [
    'a package by its own name',
    'packages/tocsin/src/cli/a.ts',
    "import { x } from 'tocsin/protocol/c.ts';",
    /by path/,
  ],
  [
    'the console runs the hub',
    'packages/console/src/a.tsx',
    "import { x } from '@tocsin/hub/a.ts';",
    /only types/,
  ],
  ['a built-in without node:', 'packages/hub/src/a.ts', "import { join } from 'path';", /without 'node:'/],
  [
    'a dependency undeclared',
    'packages/hub/src/a.ts',
    "import x from '@scope/name/deep.js';",
    /'@scope\/name'/,
  ],
  ['a path without ending', 'packages/hub/src/a.ts', "import { x } from './b';", /without the ending/],
  [
    'the launcher imports a library',
    'packages/tocsin/src/a.js',
    "import { x } from 'declared';",
    /stands alone/,
  ],
  [
    'the hash worker imports ours',
    'packages/tocsin/src/agent/hash-worker.js',
    "import { x } from '../protocol/b.ts';",
    /stands alone/,
  ],
  ['a default export', 'packages/hub/src/a.ts', 'export default function f() {}', /default export/],
  [
    'a default export by name',
    'packages/hub/src/a.ts',
    'const f = 1;\nexport { f as default };',
    /default export/,
  ],
  ['an enum', 'packages/hub/src/a.ts', 'export const enum E {\n A }', /enum/],
];
for (const [what, path, source, words] of BROKEN)
  test(`import rule: is broken where ${what}`, () => {
    const complaints = complaintsAbout(path, source, new Set(['declared']));
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0]!, words);
  });

const KEPT: readonly [path: string, source: string][] = [
  [
    'packages/tocsin/src/cli/a.ts',
    "import { x } from '../agent/b.ts';\nimport pkg from '../../package.json' with { type: 'json' };",
  ],
  ['packages/tocsin/src/client/a.ts', "import type { X } from '../lists/b.ts';\nimport { y } from './c.ts';"],
  [
    'packages/hub/src/a/b.ts',
    "import { x } from 'tocsin/client/c.ts';\nimport { y } from '../d.ts';\nimport 'declared/sub.js';",
  ],
  ['packages/console/src/a.tsx', "import type { X } from '@tocsin/hub/api.ts';"],
  [
    'packages/hub/src/a.ts',
    "// import { x } from 'tocsin/agent/c.ts';\n/**\n * enum E {\n */\nconst text = 'an enum { }';",
  ],
];
for (const [path, source] of KEPT)
  test(`import rule: is kept by ${path}: ${source.slice(0, 40).replaceAll('\n', ' ')}`, () => {
    assert.deepEqual(complaintsAbout(path, source, new Set(['declared'])), []);
  });
