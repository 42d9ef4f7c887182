// `tocsin sync`: brings the lists of this machine up to date, once or for as long as it runs.
import { followLists } from '../client/lists/follow.ts';
import type { UpdateReport } from '../client/lists/update.ts';
import type { Machine } from '../client/machine.ts';
import { alarmWords, mendWords } from '../client/self-defence/alarm-words.ts';
import { SelfDefence } from '../client/self-defence/self-defence.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { deliverWaiting } from './delivery.ts';
import { EXIT } from './failure.ts';
import { journalHint } from './journal-hint.ts';
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
      await machine.refreshConsents().catch((error: unknown) => {
        if (!(error instanceof TocsinError) || machine.joined === null) throw error;
        cli.terminal.warn(`terms and policy could not be refreshed. ${errorWords(error)}`);
      });
      const report = await machine.refreshLists({
        signal,
        onProgress: (progress) => showProgress(cli, progress),
      });
      cli.terminal.progress('');
      if (report !== null) cli.terminal.out(`${words(report)}\n`);
      await deliverWaiting(cli, machine, signal);
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
    const defence = defend(cli, machine);
    let told = false;
    try {
      await followLists(machine, {
        signal: cli.interrupted(),
        deliver: (signal) => deliverWaiting(cli, machine, signal),
        onReport: (report) => cli.terminal.out(`${words(report)}\n`),
        onTrouble: (trouble, waitMs) => {
          cli.terminal.warn(`${trouble} (trying again in ${Math.ceil(waitMs / 1000)} s)`);
          const hint = told ? null : journalHint(cli);
          if (hint !== null) cli.terminal.hint(hint);
          told ||= hint !== null;
        },
      });
    } finally {
      defence.close();
    }
    return EXIT.interrupted;
  });
}

/** Watches the settings that say what is sent, for as long as this runs. */
function defend({ home, terminal }: Cli, machine: Machine): SelfDefence {
  return SelfDefence.start({
    home,
    source: machine.consents,
    onAlarm: (alarm) => {
      terminal.warn(alarmWords(alarm));
      terminal.hint(mendWords(alarm));
    },
    onBlind: (why) => terminal.warn(`changes of settings are noticed late: ${why}`),
  });
}

function words(report: UpdateReport): string {
  if (report.kind === 'current') return `The lists are current (revision ${report.revision}).`;
  const { revision, files, bytes, deltas, deltaBytes } = report;
  const changes = deltas === 0 ? '' : ` (${counted(deltas, 'list')} as changes only, ${size(deltaBytes)})`;
  return `Revision ${revision} is here: ${counted(files, 'list')} fetched, ${size(bytes)}${changes}.`;
}

function showProgress(
  { terminal }: Cli,
  progress: { readonly bytes: number; readonly bytesDone: number },
): void {
  terminal.progress(`fetching lists  ${size(progress.bytesDone)} of ${size(progress.bytes)}`);
}
