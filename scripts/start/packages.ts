// What this machine's package manager can vouch for, as two sources of the hub: the first look at the scanned paths,
// which comes before the scan, and all of the machine, which comes beside it and makes the first look needless.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Commands, Finished } from './commands.ts';

export interface PackageSource {
  readonly source: string;
  /** The list, and the names of files that are not as their package installed them. */
  readonly file: string;
  readonly altered: string;
}

export const FIRST_LOOK: PackageSource = {
  source: "this machine's packages (first look)",
  file: 'packages-first.csv',
  altered: 'packages-first-altered.txt',
};
export const WHOLE: PackageSource = {
  source: "this machine's packages",
  file: 'packages.csv',
  altered: 'packages-altered.txt',
};

const HEADER = 'sha256,name,reason\n';

/** Null where it was stopped meanwhile. */
export type Vouched = {
  readonly files: number;
  readonly altered: number;
  readonly alteredFile: string;
} | null;

/**
 * Vouches for files that the package manager lists (all, or below `paths`) and imports them as known good, in place
 * of what the source said before: packages that were replaced since are good no more. Throws with why it cannot.
 */
export async function vouch(
  commands: Commands,
  root: string,
  paths: readonly string[],
  what: PackageSource,
): Promise<Vouched> {
  const file = join(root, what.file);
  const alteredFile = join(root, what.altered);
  const nice = what === WHOLE;
  const options = { outputFile: file, show: 'errors', nice } as const;
  const run = await commands.run('tocsin', ['vouch', ...paths, '--altered', alteredFile], options);
  if (commands.stopping) return null;
  if (run.status > 1) throw new Error(`Cannot vouch for the package manager's files: ${run.reason}`);
  const files = await replaceSource(commands, what.source, file, nice);
  return { files, altered: readFileSync(alteredFile, 'utf8').split('\n').length - 1, alteredFile };
}

/** The source says nothing any more. */
export async function takeBack(commands: Commands, root: string, what: PackageSource): Promise<void> {
  const file = join(root, what.file);
  writeFileSync(file, HEADER, { mode: 0o600 });
  await replaceSource(commands, what.source, file, false);
}

async function replaceSource(
  commands: Commands,
  source: string,
  file: string,
  nice: boolean,
): Promise<number> {
  const options = ['--source', source, '--level', 'good', '--category', 'operating-system'];
  const words = ['import', 'csv', file, ...options, '--replace', '--json'];
  const run: Finished = await commands.run('tocsin-hub', words, { nice });
  if (run.status !== 0) throw new Error(`Cannot import what the package manager lists: ${run.reason}`);
  const { objects } = JSON.parse(run.output) as { objects: Record<string, number> };
  return objects['file-sha256'] ?? 0;
}
