// `tocsin sync`: brings the lists of this machine up to date, once or for as long as it runs.
import { followLists } from '../client/follow.ts';
import type { UpdateReport } from '../client/list-update.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { withMachine } from './machine.ts';
import { counted, size } from './words.ts';

export const define: Define = (cli) =>
  subcommand(
    'sync',
    'Fetches the newest lists from the hub. Works at every level of participation: nothing is asked about this machine.',
    [
      { command: 'tocsin sync', does: 'once' },
      { command: 'tocsin sync --follow', does: 'stay, and take each new list within a second' },
    ],
  )
    .option('--follow', 'stay connected and fetch lists whenever they change, until Ctrl-C')
    .action((options: { follow?: true }) =>
      cli.run(() => (options.follow === true ? follow(cli) : once(cli))),
    );

async function once(cli: Cli): Promise<number> {
  return withMachine(cli, async (machine) => {
    const signal = cli.interrupted();
    try {
      const report = await machine.refreshLists({
        signal,
        onProgress: (progress) => showProgress(cli, progress),
      });
      cli.terminal.progress('');
      if (report !== null) cli.terminal.out(`${words(report)}\n`);
      return EXIT.ok;
    } catch (error) {
      if (signal.aborted) return EXIT.interrupted;
      throw error;
    }
  });
}

async function follow(cli: Cli): Promise<number> {
  return withMachine(cli, async (machine) => {
    if (machine.joined === null)
      throw new TocsinError(
        'not-joined',
        'Cannot follow the lists: this machine has joined no hub, want one',
      );
    await followLists(machine, {
      signal: cli.interrupted(),
      onReport: (report) => cli.terminal.out(`${words(report)}\n`),
      onTrouble: (trouble, waitMs) =>
        cli.terminal.warn(`${trouble} (trying again in ${Math.ceil(waitMs / 1000)} s)`),
    });
    return EXIT.interrupted;
  });
}

function words(report: UpdateReport): string {
  if (report.kind === 'current') return `The lists are current (revision ${report.revision}).`;
  return `Revision ${report.revision} is here: ${counted(report.files, 'list')} fetched, ${size(report.bytes)}.`;
}

function showProgress(
  { terminal }: Cli,
  progress: { readonly bytes: number; readonly bytesDone: number },
): void {
  terminal.progress(`fetching lists  ${size(progress.bytesDone)} of ${size(progress.bytes)}`);
}
