// tocsin-hub wifi SSID BSSID: the id of a Wi-Fi network under the secret of this hub's group, for verdicts about it.
// The name and address are not kept.
import type { Command } from 'commander';
import { formatKey } from 'tocsin/protocol/objects.ts';
import { parseBssid, parseSsid, wifiKey } from 'tocsin/protocol/wifi.ts';
import { openGroupSecret } from '../keys/group-secret.ts';
import { withHub } from './open.ts';
import { print } from './words.ts';

export function wifiCommand(program: Command): Command {
  return program
    .command('wifi')
    .description("the id of a Wi-Fi network under the secret of this hub's group, for a verdict about it")
    .argument('<ssid>', 'the name of the network')
    .argument('<bssid>', 'the address of its access point, six bytes in hex')
    .option('--hex', 'the name is written in hex digits')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub verdict set "$(tocsin-hub wifi \'Free Wifi\' 02:00:5e:10:00:01)" --level suspicious\n',
    )
    .action(async (ssid: string, bssid: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<{ hex?: true }>();
      const [name, address] = [parseSsid(ssid, flags.hex === true), parseBssid(bssid)];
      await withHub(flags, async (hub) => {
        const key = wifiKey(openGroupSecret(hub.layout.keys, hub.world), name, address);
        print(formatKey(key.kind, key.bytes));
      });
    });
}
