// `tocsin check wifi`: a network by its name and the address of its access point. Answered from decisions and lists on
// this machine alone: no message of the catalog lets a question about a network out, so none is asked (spec/objects.md).
import type { Command } from 'commander';
import { UNANSWERED } from '../client/lookup/answer.ts';
import type { Machine } from '../client/machine.ts';
import { formatKey } from '../protocol/objects.ts';
import { LIFETIME_SECONDS, UNKNOWN } from '../protocol/verdict.ts';
import { parseBssid, parseSsid, wifiKey } from '../protocol/wifi.ts';
import type { Found } from './answers.ts';
import { askEach, tell } from './answers.ts';
import type { Cli } from './command.ts';
import { subcommand } from './command.ts';
import { withMachine } from './machine.ts';
import type { Asked } from './objects.ts';

/** What a person is told where the lists here cannot answer. */
const NOT_ASKED = 'the hub is not asked about Wi-Fi networks';

export function wifiCommand(cli: Cli): Command {
  return subcommand(
    'wifi',
    "Asks about a Wi-Fi network: by your own overrides and the lists on this machine; the hub is not asked. The network becomes an id under a secret of the hub's group, which is fetched from the hub the first time; its name and address stay here.",
    [
      {
        command: 'tocsin check wifi "Free Wifi" 02:00:5e:10:00:01',
        does: 'the network of that name at that access point',
      },
      { command: 'tocsin override deny wifi:ID', does: 'decide about it, with the id that check shows' },
    ],
  )
    .summary('a Wi-Fi network')
    .argument('<ssid>', 'the name of the network')
    .argument('<bssid>', 'the address of its access point, six bytes in hex')
    .option('--hex', 'the name is written in hex digits')
    .option('--json', 'print one JSON object a line, a summary last')
    .action((ssid: string, bssid: string, _options, command: Command) => {
      const { hex, json } = command.optsWithGlobals<{ hex?: true; json?: true }>();
      const name = parseSsid(ssid, hex === true);
      const address = parseBssid(bssid);
      return cli.run(() =>
        withMachine(cli, (machine) =>
          askEach(cli, machine, [ssid], json === true, async (_word, tally) => {
            const secrets = await machine.groupSecrets();
            const keys = secrets.map((secret) => wifiKey(secret, name, address));
            const expressions = keys.map(({ kind, bytes }) => formatKey(kind, bytes));
            const [key, object] = [keys[0]!, expressions[0]!];
            const asked: Asked = { object, path: null, size: null, key, keys, expressions };
            tell(cli, asked, foundNear(machine, asked), { json: json === true, missing: NOT_ASKED }, tally);
          }),
        ),
      );
    });
}

/** The lists on a machine are whole: what they do not name is unknown. Without lists nobody was asked. */
function foundNear({ ladder, lists }: Machine, { keys, expressions }: Asked): Found {
  const near = ladder.nearMatch(keys);
  if (near !== null) return { answer: near.answer, matched: expressions[near.index]! };
  const unknown = { verdict: UNKNOWN, answeredBy: 'list', lifetime: LIFETIME_SECONDS.unknown } as const;
  return { answer: lists.held === null ? UNANSWERED : unknown, matched: null };
}
