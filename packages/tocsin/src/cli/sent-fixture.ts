// Runs `tocsin sent` and `tocsin uninstall` as a person would, in a process of its own, also while they stand in no
// list of subcommands; and fills a journal to be looked at. For tests only.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandWorld } from '../client/client-fixture.ts';
import { HUB, LISTS, renewal } from '../client/journal/fixture.ts';
import { Journal } from '../client/journal/journal.ts';
import { homeAt } from '../client/state/home.ts';
import { openLocalKey } from '../client/state/local-key.ts';
import type { Ran, Stage } from './run-fixture.ts';

const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

export const RUN = `
  const { SUBCOMMANDS } = await import(${url('./subcommands.ts')});
  for (const name of ['sent', 'uninstall'])
    if (!SUBCOMMANDS.some((one) => one.name === name))
      SUBCOMMANDS.push({ name, summary: name, group: 'More:',
        load: async () => (await import(${url('./')} + name + '.ts')).define });
  const { main } = await import(${url('./main.ts')});
  await main(process.argv.slice(1));`;

/** Compiled code of earlier runs is used again. */
const CACHE = join(tmpdir(), `tocsin-test-cache-${process.getuid?.() ?? 0}`);

export async function runWords(stage: Stage, words: readonly string[]): Promise<Ran> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUN, '--', ...words], {
    cwd: stage.directory,
    env: { ...env, TOCSIN_HOME: stage.home, NODE_COMPILE_CACHE: CACHE },
  });
  return await stage.ended(child);
}

/** Four requests of 15 January 2026, the last of them without an answer. */
export function fillJournal(stage: Stage): void {
  const home = homeAt(stage.home);
  const world = new HandWorld();
  using journal = Journal.open(home, world, openLocalKey(home, world).key);
  journal.begin(LISTS, HUB, 0).answered(304);
  world.pass(3_600);
  journal.begin(renewal(Buffer.from('{"readable":["text",1]}')), HUB, 0).answered(200);
  world.pass(3_600);
  journal.begin(renewal(Buffer.from([0, 1, 2, 0xff, 0x0a])), HUB, 0).answered(503);
  world.pass(1);
  journal.begin(LISTS, HUB, 0);
}
