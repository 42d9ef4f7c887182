// `tocsin self-defence`: shows or switches the checks of the settings that say what is sent and to whom. What they
// find is told by 'tocsin status'; they run in 'tocsin sync --follow'.
import { Argument } from 'commander';
import { setSelfDefence } from '../client/consent/set-self-defence.ts';
import type { ConsentSource } from '../client/consent/source.ts';
import { alarmWords, mendWords } from '../client/self-defence/alarm-words.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { withConsents } from './consents.ts';
import { EXIT } from './failure.ts';

export const define: Define = (cli) =>
  subcommand(
    'self-defence',
    'Shows whether the settings that say what is sent and to whom are as they were set, or switches the checks of them.\nExit status: 0 all is well, 1 they were tampered with, 2 failed.',
    [
      { command: 'tocsin self-defence', does: 'look at the settings now' },
      { command: 'tocsin self-defence off', does: 'no more alarms: you protect the files yourself' },
      { command: 'tocsin self-defence on', does: 'watch them again' },
    ],
  )
    .addArgument(new Argument('[switch]', 'what to do with the checks').choices(['on', 'off']))
    .option('--json', 'print one JSON object')
    .action((wanted: 'on' | 'off' | undefined, options: { json?: true }) =>
      cli.run(() =>
        withConsents(cli, (source) => {
          if (wanted !== undefined) source.change((parts) => setSelfDefence(parts, wanted === 'on'));
          return show(cli, source, options.json === true);
        }),
      ),
    );

function show({ home, terminal }: Cli, source: ConsentSource, json: boolean): number {
  const state = source.recheck();
  const alarm = state.kind === 'alarm' ? state.alarm : null;
  if (json) {
    const found = alarm && { code: alarm.code, at: alarm.at, words: alarmWords(alarm) };
    terminal.out(`${JSON.stringify({ selfDefence: state.selfDefence, alarm: found })}\n`);
    return alarm === null ? EXIT.ok : EXIT.found;
  }
  terminal.out(`Self-defence is ${terminal.style('bold', state.selfDefence ? 'on' : 'off')}.\n`);
  if (!state.selfDefence)
    terminal.warn(
      `nobody is told any more when settings change. Protect the files in ${home.directory} by other means: only the user that Tocsin runs as may write there`,
    );
  if (alarm === null) {
    terminal.out(
      state.settings === null
        ? 'Nothing was set yet.\n'
        : `The settings are as they were set (number ${state.settings.sequence}).\n`,
    );
    return EXIT.ok;
  }
  terminal.out(`${terminal.style(['red', 'bold'], 'ALARM')} ${alarmWords(alarm)}.\n`);
  terminal.hint(mendWords(alarm));
  return EXIT.found;
}
