// `tocsin status`: what is set up on this machine, from its own files. Asks nobody, sends nothing.
import type { ConsentState } from '../client/consent/state.ts';
import { mendWords } from '../client/self-defence/alarm-words.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { parseVerifierKey } from '../protocol/signed-note.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { wayOut } from './journal-hint.ts';
import { levelWords, participationWords } from './participation-words.ts';
import type { Status } from './status-facts.ts';
import { statusOf } from './status-facts.ts';
import { ago, count, counted, moment, size } from './words.ts';

export const define: Define = (cli) =>
  subcommand(
    'status',
    'Shows what is set up on this machine: hub, certificate, participation, lists, overrides. Asks nobody.\nExit status: 0 all is well, 1 something needs attention, 2 failed.',
    [
      { command: 'tocsin status', does: 'for a person' },
      { command: 'tocsin status --json', does: 'one JSON object' },
    ],
  )
    .option('--json', 'print one JSON object')
    .action((options: { json?: true }) =>
      cli.run(() => {
        const { status, state } = statusOf(cli.home, cli.world);
        if (options.json === true) cli.terminal.out(`${JSON.stringify(status)}\n`);
        else show(cli, status, state);
        return status.alarms.length > 0 ? EXIT.found : EXIT.ok;
      }),
    );

function show(cli: Cli, status: Status, state: ConsentState): void {
  const { terminal, world } = cli;
  const now = world.clock.now();
  const row = (name: string, text: string): void =>
    terminal.out(`${terminal.style('bold', name.padEnd(14))}${text}\n`);
  const more = (text: string): void => terminal.out(`${' '.repeat(14)}${text}\n`);
  for (const alarm of status.alarms)
    terminal.out(`${terminal.style(['red', 'bold'], 'ALARM'.padEnd(14))}${alarm}\n`);
  showHub(status, row, more);
  const { level } = state.consent;
  row('Participation', `${level}: ${levelWords(level)}`);
  if (state.kind !== 'alarm') for (const line of participationWords(state)) more(line);
  if (!state.selfDefence) row('Self-defence', `off: protect the files in ${status.home} by other means`);
  if (status.lists === null) row('Lists', status.hub === null ? 'none' : 'none fetched yet');
  else {
    row(
      'Lists',
      `revision ${status.lists.revision}, looked up at the hub ${ago(status.lists.checkedAt, now)}`,
    );
    more(signedWords(status.lists.signed));
    for (const list of status.lists.entries)
      more(
        `${list.role.padEnd(11)}${list.kind.padEnd(13)}${count(list.rows).padStart(13)} objects  ${size(list.bytes).padStart(9)}`,
      );
  }
  const { allow, deny } = status.overrides;
  row('Overrides', allow + deny === 0 ? 'none' : `${count(allow)} allowed, ${count(deny)} denied by hand`);
  row('State', status.home);
  tellNextStep(cli, status, state);
}

function signedWords(signed: NonNullable<Status['lists']>['signed']): string {
  if (signed === null) return 'not signed: the hub named no key for it when they came';
  const id = parseVerifierKey(signed.key).id;
  return `signed by the hub's log key ${id}, of its keys of ${new Date(signed.keysIssued).toISOString().slice(0, 10)}`;
}

function showHub(
  status: Status,
  row: (name: string, text: string) => void,
  more: (text: string) => void,
): void {
  if (status.hub === null) {
    row('Hub', 'none: this machine has not joined one');
    return;
  }
  row('Hub', status.hub.url);
  more(`root key ${status.hub.root} (pinned)`);
  row('Machine', `${status.hub.machineId} (a random number, all that the hub calls it by)`);
  row(
    'Certificate',
    `until ${moment(status.hub.certificateEnds)}, renewed by itself from ${moment(status.hub.renewalDue)}`,
  );
}

function tellNextStep(cli: Cli, status: Status, state: ConsentState): void {
  const { terminal } = cli;
  if (!status.journalUsable) terminal.hint(`of the journal: ${wayOut(lazyLocalKey(cli.home, cli.world))}`);
  if (state.kind === 'alarm') terminal.hint(mendWords(state.alarm));
  if (status.hub === null)
    terminal.hint("run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'");
  else if (status.lists === null || status.damagedLists > 0)
    terminal.hint(
      `run 'tocsin sync' to fetch ${status.damagedLists > 0 ? counted(status.damagedLists, 'damaged list') : 'the lists'}`,
    );
}
