// tocsin-hub browser-policy firefox|root: the policies.json with which stock browsers take this hub's lists, and the root
// that it installs where the hub makes its certificate for them itself.
import type { Command } from 'commander';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { hostInUrl } from 'tocsin/protocol/host.ts';
import type { Settings } from '../config.ts';
import { checkBrowserSettings } from '../hash-lists/browser-certificate.ts';
import { firefoxPolicy, ROOT_FILE } from '../hash-lists/firefox.ts';
import { findBrowserRoot } from '../keys/browser-root.ts';
import { layoutOf } from '../store/layout.ts';
import { refuseAbsent, settingsFrom } from './open.ts';
import { print } from './words.ts';

interface Flags extends Record<string, unknown> {
  readonly url?: string;
  readonly root?: string;
  readonly downloads?: boolean;
}

export function browserPolicyCommand(program: Command): Command {
  return program
    .command('browser-policy')
    .description('print the policy with which a stock browser takes the lists of this hub')
    .argument('<what>', 'firefox; or root: the root of the certificate that the hub makes (--browser-name)')
    .option('--url <url>', 'where browsers reach the hub (default: by --browser-name and --browser-listen)')
    .option(
      '--root <file>',
      `where their machines have the root, to be trusted by the browser (default: with --browser-name ${ROOT_FILE}, else none)`,
    )
    .option('--downloads', 'ask about each download too: the hub then sees its address and SHA-256')
    .addHelpText(
      'after',
      `
The hub has to run with --browser-listen. Put the output where the browser looks for it:
/etc/firefox/policies/policies.json (also for firefox-esr of Debian).

Examples:
  $ tocsin-hub browser-policy firefox --url https://lists.example.org > policies.json
  $ tocsin-hub browser-policy firefox --url https://lists.corp.example --root /etc/ssl/corp-root.pem > policies.json
  $ tocsin-hub browser-policy root > tocsin-root.pem
`,
    )
    .action(async (what: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const settings = settingsFrom(flags);
      checkBrowserSettings(settings);
      if (what === 'root') print(rootOf(settings));
      else if (what === 'firefox') print(JSON.stringify(policyFor(settings, flags), null, 2));
      else
        throw new TocsinError(
          'input',
          `Cannot make a policy for '${shown(what)}': that browser is not known, want firefox, or root`,
        );
    });
}

/** PEM without an end of line. Only the hub makes a root: under its own user, and never for a mistyped name. */
function rootOf(settings: Settings): string {
  const { data, browserName } = settings;
  if (browserName === null)
    throw new TocsinError(
      'input',
      'Cannot print a root for browsers: the hub makes no certificate for them, want --browser-name NAME',
    );
  refuseAbsent(settings);
  const root = findBrowserRoot(layoutOf(data).keys, browserName);
  if (root === null)
    throw new TocsinError(
      'not-found',
      `Cannot print a root for browsers at '${browserName}': none was made yet, want the hub started first with --browser-listen and this --browser-name`,
    );
  return root.certificate.toString().trim();
}

function policyFor(settings: Settings, flags: Flags) {
  const url = flags.url ?? urlFrom(settings);
  const own = settings.browserName;
  const root = flags.root ?? (own === null ? null : ROOT_FILE);
  const policy = firefoxPolicy({ url, downloads: flags.downloads === true, root });
  if (own !== null && (!url.startsWith('https:') || new URL(url).hostname !== hostInUrl(own)))
    throw new TocsinError(
      'input',
      `Cannot make a policy for '${shown(url)}': the certificate of the hub is for '${own}' alone, want https://${hostInUrl(own)}[:PORT]`,
    );
  return policy;
}

/** What the settings alone can tell. */
function urlFrom({ browserListen: at, browserCertificate, browserName }: Settings): string {
  if (at !== null && at.port !== 0 && browserName !== null)
    return `https://${hostInUrl(browserName)}:${at.port}`;
  // Without a certificate a hub listens on the loopback only, and is asked there.
  if (at !== null && at.port !== 0 && browserCertificate === null)
    return `http://${hostInUrl(at.host)}:${at.port}`;
  throw new TocsinError(
    'input',
    'Cannot make a policy: it is not known where browsers reach the hub, want --url https://NAME[:PORT]',
  );
}
