// What `bench scan` is played on: two trees of files, one list of hashes with some of those files in it, a
// clamd that has loaded the list, and a hub that has imported it with a machine that has joined.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { Clamd } from './clamd.ts';
import { startClamd } from './clamd.ts';
import { SCAN_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import type { HashList } from './hashes.ts';
import { hsbLine, plainLine, writeHashList } from './hashes.ts';
import { joinMachine, runTocsinHub, startHub } from './own.ts';
import type { Tree } from './tree.ts';
import { makeTree } from './tree.ts';

export interface ScanStage {
  readonly context: BenchContext;
  readonly tree: Tree;
  readonly manyFiles: Tree;
  /** A directory without a file: scanning it is the start of a program and nothing else. */
  readonly empty: string;
  /** Null where it cannot be had; `notes` says why. */
  readonly clamd: Clamd | null;
  /** State directory of a machine right after joining, its list fetched. */
  readonly joined: string;
  readonly notes: readonly string[];
}

export async function setScanStage(context: BenchContext): Promise<ScanStage> {
  const { seed, listRows, planted } = SCAN_BENCH;
  context.say(`making trees of ${SCAN_BENCH.tree.files} and ${SCAN_BENCH.manyFiles.files} files`);
  const tree = makeTree(join(context.directory, 'tree'), seed, SCAN_BENCH.tree);
  const manyFiles = makeTree(join(context.directory, 'many'), `${seed}/many`, SCAN_BENCH.manyFiles);
  const known = [...tree.firstPaths.slice(0, planted), ...manyFiles.firstPaths.slice(0, planted)];
  const list: HashList = { seed: `${seed}/list`, rows: listRows, planted: known.map(sha256Of) };
  const empty = join(context.directory, 'empty');
  mkdirSync(empty);
  const notes: string[] = [];
  const clamd = await clamdOrNote(context, list, notes);
  const joined = await joinedMachine(context, list);
  return { context, tree, manyFiles, empty, clamd, joined, notes };
}

/** The bench goes on without this peer where it cannot be had; the goal against it is then not met. */
async function clamdOrNote(context: BenchContext, list: HashList, notes: string[]): Promise<Clamd | null> {
  try {
    context.say(`starting clamd with ${list.rows} hashes`);
    return await startClamd(context, (db) => writeHashList(join(db, 'bench.hsb'), list, hsbLine));
  } catch (error) {
    context.signal.throwIfAborted();
    notes.push(`Not measured against clamd: ${errorWords(error)}`);
    return null;
  }
}

async function joinedMachine(context: BenchContext, list: HashList): Promise<string> {
  context.say(`importing ${list.rows} hashes into a hub`);
  const file = join(context.directory, 'list.txt');
  await writeHashList(file, list, plainLine);
  const data = join(context.directory, 'hub');
  const words = ['import', 'hashes', file, '--data', data, '--source', 'bench', '--level', 'malicious'];
  await runTocsinHub({ context, name: 'hub-import', words });
  const hub = await startHub(context, data);
  context.say(`hub ready after ${hub.readySeconds.toFixed(1)} s; joining`);
  return joinMachine(context, data, hub);
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
