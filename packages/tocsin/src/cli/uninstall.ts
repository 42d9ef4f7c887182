// `tocsin uninstall`: takes everything that Tocsin keeps of this machine away, the keys first. Sends nothing itself:
// what is to be said to a hub before is said by who hands in `beforeRemoval`.
import type { Removal } from '../client/state/removal.ts';
import { planRemoval, removeState } from '../client/state/removal.ts';
import { errorWords } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { counted, printable, size } from './words.ts';

/** What became of what had to be done before; `words` are one sentence for a person. */
export type Farewell =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'done'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

/** Runs while keys, identity and journal are still there. What it throws counts as failed. */
export type BeforeRemoval = (cli: Cli) => Promise<Farewell>;

export const define: Define = defineUninstall(async (cli) => {
  const { farewell } = await import('./delivery.ts');
  return await farewell(cli);
});

export function defineUninstall(beforeRemoval: BeforeRemoval): Define {
  return (cli) =>
    subcommand(
      'uninstall',
      'Removes everything that Tocsin keeps on this machine: first the keys, so that nothing can be restored, then its files. What others put there stays. The program itself is removed as it was installed.\nExit status: 0 removed, 2 not.',
      [
        { command: 'tocsin uninstall', does: 'tells what goes, and asks' },
        { command: 'tocsin uninstall --yes', does: 'in a script' },
      ],
    )
      .option('--yes', 'do not ask')
      .action((options: { yes?: true }) =>
        cli.run(() => uninstall(cli, beforeRemoval, options.yes === true)),
      );
}

async function uninstall(cli: Cli, beforeRemoval: BeforeRemoval, sure: boolean): Promise<number> {
  const { home, terminal } = cli;
  const plan = planRemoval(home, process.getuid?.());
  if (plan === null) {
    terminal.note(`Nothing to remove: Tocsin keeps nothing in ${home.directory}.`);
    return EXIT.ok;
  }
  tell(cli, plan);
  if (!sure) await ask(cli, 'Remove all of it? Type yes or no: ');
  await sayFarewell(cli, beforeRemoval, sure);
  // What was done before may have made files of its own.
  const now = planRemoval(home, process.getuid?.()) ?? plan;
  removeState(home, now);
  // The outbox's own key is destroyed already where the hub was asked to erase.
  const keys = new Set([...plan.keys, ...now.keys]);
  terminal.out(`Destroyed ${counted(keys.size, 'key')}: nothing that was sealed can be opened any more.\n`);
  terminal.out(`Removed ${counted(now.files.length, 'file')} from ${home.directory}.\n`);
  for (const path of now.left) terminal.out(`Left alone: ${printable(path)} (not made by Tocsin)\n`);
  return EXIT.ok;
}

function tell({ home, terminal }: Cli, { keys, files, bytes, left }: Removal): void {
  terminal.note(`This goes from ${home.directory}, for good:`);
  terminal.note(
    `  ${counted(keys.length, 'key')}, first: ${keys.map(printable).join(', ') || 'none is there any more'}`,
  );
  terminal.note(
    `  ${counted(files.length, 'file')}, ${size(bytes)} with the keys: lists, caches, journal, settings and choices`,
  );
  if (left.length > 0)
    terminal.note(`  ${counted(left.length, 'other entry stays', 'other entries stay')}: not made by Tocsin`);
  terminal.note('Before that, the hub is asked to erase what came from this machine, where anything did.');
}

async function sayFarewell(cli: Cli, beforeRemoval: BeforeRemoval, sure: boolean): Promise<void> {
  const farewell = await attempt(cli, beforeRemoval);
  switch (farewell.kind) {
    case 'nothing':
      return;
    case 'done':
      cli.terminal.note(farewell.words);
      return;
    case 'failed':
      cli.terminal.warn(farewell.words);
      if (!sure) await ask(cli, 'Remove everything all the same? It cannot be said later. Type yes or no: ');
      return;
  }
}

async function attempt(cli: Cli, beforeRemoval: BeforeRemoval): Promise<Farewell> {
  try {
    return await beforeRemoval(cli);
  } catch (error) {
    return { kind: 'failed', words: errorWords(error) };
  }
}

/** Returns for a yes; throws `input` for anything else. */
async function ask({ terminal }: Cli, question: string): Promise<void> {
  if (!terminal.canAsk)
    throw new HintedError(
      'input',
      'Cannot uninstall: nobody is here to say yes, want an answer or --yes',
      'nothing was changed',
    );
  if ((await terminal.ask(question)).toLowerCase() === 'yes') return;
  throw new HintedError('input', 'Cannot uninstall: the answer was no, want yes', 'nothing was removed');
}
