// The import rule: which folder may know which, no package reaches into another by a path, every dependency is
// declared, and no default export or enum. Looks at sources as text; runs none of them.
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';

const BASE = ['protocol'];
const CLIENT = [...BASE, 'catalog', 'lists', 'log'];
const MACHINE = [...CLIENT, 'client'];
/** Folder of packages/tocsin/src -> the other folders there that it may import. */
export const TOCSIN_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  catalog: BASE,
  lists: BASE,
  log: BASE,
  client: CLIENT,
  agent: MACHINE,
  relay: MACHINE,
  cli: [...MACHINE, 'agent', 'relay'],
};

/** Package -> the folders of `tocsin` that it may import, by name. `console` takes types of the hub alone. */
const PACKAGES: Readonly<Record<string, { name: string; mayUse: readonly string[] }>> = {
  tocsin: { name: 'tocsin', mayUse: [] },
  hub: { name: '@tocsin/hub', mayUse: MACHINE },
  console: { name: '@tocsin/console', mayUse: [] },
};

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

export interface Place {
  /** Path from the root of the project, `packages/<packageFolder>/src/<folder>/...`. */
  readonly path: string;
  readonly packageFolder: string;
  /** Empty for a file that stands in `src` itself. */
  readonly folder: string;
}

/** What is wrong with a source, one line each; `declared` are the packages that it may import. */
export function complaintsAbout(path: string, source: string, declared: ReadonlySet<string>): string[] {
  const from = placeOf(path);
  const imports = importsOf(source).map((what) => complaint(from, what, declared));
  return [...imports.filter((why) => why !== null), ...wordsAgainst(source)].map((why) => `${path}: ${why}`);
}

/** What a source imports: statements, `import()`, and files named beside it for a worker or to read. */
export function importsOf(source: string): Import[] {
  const found: Import[] = [];
  const statement = /^\s*(?:import|export)\b(\s+type\b(?!\s+from))?[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
  for (const [, type, specifier] of source.matchAll(statement))
    found.push({ specifier: specifier!, typeOnly: type !== undefined });
  const others = [
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"`](\.[^'"`]+\.[cm]?[jt]s)['"`]\s*,\s*import\.meta\.url/g,
  ];
  for (const pattern of others)
    for (const [, specifier] of source.matchAll(pattern))
      found.push({ specifier: specifier!, typeOnly: false });
  return found;
}

/** Where a path from the root of the project stands. */
export function placeOf(path: string): Place {
  const [, packageFolder, , ...rest] = path.split('/');
  return { path, packageFolder: packageFolder!, folder: rest.length > 1 ? rest[0]! : '' };
}

/** Why an import may not be, or null. `declared` are the dependencies that the importer may use. */
function complaint(from: Place, what: Import, declared: ReadonlySet<string>): string | null {
  const { specifier } = what;
  if (specifier.startsWith('node:')) return null;
  if (standsAlone(from)) return `'${specifier}' in a file that stands alone and imports node: only`;
  if (isBuiltin(specifier)) return `'${specifier}' without 'node:'`;
  if (specifier.startsWith('.')) return complaintAboutPath(from, specifier);
  const owner = Object.keys(PACKAGES).find((key) => isOf(specifier, PACKAGES[key]!.name));
  if (owner !== undefined) return complaintAboutPackage(from, owner, what);
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  return declared.has(name) ? null : `'${name}', which its package.json does not declare`;
}

function isOf(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}

function complaintAboutPath(from: Place, specifier: string): string | null {
  const target = normalize(join(dirname(from.path), specifier));
  if (!target.startsWith(`packages/${from.packageFolder}/`))
    return `'${specifier}' leaves its package by a path`;
  if (!/\.(ts|tsx|js|json)$/.test(target)) return `'${specifier}' without the ending of the file`;
  if (from.packageFolder !== 'tocsin' || !target.startsWith('packages/tocsin/src/')) return null;
  const folder = placeOf(target).folder;
  const may = TOCSIN_FOLDERS[from.folder];
  if (may === undefined) return `from '${from.folder}', a folder that the import rule does not know`;
  return folder === from.folder || may.includes(folder)
    ? null
    : `'${specifier}': ${from.folder} may not know ${folder}`;
}

function complaintAboutPackage(from: Place, owner: string, { specifier, typeOnly }: Import): string | null {
  if (owner === from.packageFolder) return `'${specifier}': inside a package by path`;
  if (from.packageFolder === 'console' && owner === 'hub')
    return typeOnly ? null : `'${specifier}': the console imports only types of the hub`;
  const folder = specifier.split('/')[1] ?? '';
  const may = owner === 'tocsin' && (PACKAGES[from.packageFolder]?.mayUse.includes(folder) ?? false);
  return may ? null : `'${specifier}': ${from.packageFolder} may not know it`;
}

/** What a source may not say, whatever it imports. */
function wordsAgainst(source: string): string[] {
  const found: string[] = [];
  if (/^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b/m.test(source))
    found.push('a default export');
  if (/^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m.test(source)) found.push('an enum');
  return found;
}

/** What others start alone: the hash worker, and the launcher in src itself, which older Nodes run too. */
function standsAlone(from: Place): boolean {
  return from.packageFolder === 'tocsin' && (from.folder === '' || /\/hash-worker\.[jt]s$/.test(from.path));
}
