// tocsin-hub browser-policy firefox: the policies.json with which stock browsers take this hub's lists.
import type { Command } from 'commander';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Settings } from '../config.ts';
import { firefoxPolicy } from '../hash-lists/firefox.ts';
import { settingsFrom } from './open.ts';
import { print } from './words.ts';

export function browserPolicyCommand(program: Command): Command {
  return program
    .command('browser-policy')
    .description('print the policy with which a stock browser takes the lists of this hub')
    .argument('<browser>', 'firefox')
    .option('--url <url>', 'where browsers reach the hub (default: --browser-listen, on the loopback)')
    .option('--downloads', 'ask about each download too: the hub then sees its address and SHA-256')
    .addHelpText(
      'after',
      '\nThe hub has to run with --browser-listen. Put the output where the browser looks for it:\n/etc/firefox/policies/policies.json (also for firefox-esr of Debian).\n\nExample:\n  $ tocsin-hub browser-policy firefox --url https://lists.example.org > policies.json\n',
    )
    .action((browser: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<
        Record<string, unknown> & { url?: string; downloads?: boolean }
      >();
      if (browser !== 'firefox')
        throw new TocsinError(
          'input',
          `Cannot make a policy for '${browser.slice(0, 40)}': that browser is not known, want firefox`,
        );
      const url = flags.url ?? urlFrom(settingsFrom(flags));
      print(JSON.stringify(firefoxPolicy({ url, downloads: flags.downloads === true }), null, 2));
    });
}

/** What the settings alone can tell: only on the loopback is the address at which a hub listens the one to ask at. */
function urlFrom({ browserListen: at, browserCertificate }: Settings): string {
  if (at !== null && at.port !== 0 && browserCertificate === null)
    return `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`;
  throw new TocsinError(
    'input',
    'Cannot make a policy: it is not known where browsers reach the hub, want --url https://NAME[:PORT]',
  );
}
