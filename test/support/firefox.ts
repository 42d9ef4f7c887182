// A real Firefox of Debian, unmodified, in a profile of its own: headless, reaching the loopback only, its enterprise policy
// mounted beside its program (in a mount namespace of its own: nothing of the machine is changed).
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Marionette } from './marionette.ts';
import { gone } from './processes.ts';

const PROGRAM = '/usr/bin/firefox-esr';
/** One of the two folders where it looks for policies.json; the other one, /etc/firefox/policies, need not be there. */
const DISTRIBUTION = '/usr/lib/firefox-esr/distribution';
const START_MS = 90_000;

/** Why no such test can run here; undefined where it can. */
export function firefoxMissing(): string | undefined {
  if (!existsSync(PROGRAM)) return 'no firefox-esr here (apt-get install firefox-esr)';
  const unshared = spawnSync('unshare', ['-rm', 'true']);
  return unshared.status === 0 ? undefined : 'no mount namespaces here for the policy of the browser';
}

export interface Firefox {
  readonly marionette: Marionette;
  readonly downloads: string;
  close(): Promise<void>;
}

export interface Download {
  readonly succeeded: boolean;
  readonly verdict: string | null;
}

/** `policy`: the text of policies.json. `hosts`: names that lead to the loopback. */
export async function startFirefox(
  directory: string,
  policy: string,
  hosts: readonly string[],
): Promise<Firefox> {
  const [distribution, profile, downloads] = [
    join(directory, 'distribution'),
    join(directory, 'profile'),
    join(directory, 'downloads'),
  ];
  cpSync(realpathSync(DISTRIBUTION), distribution, { recursive: true });
  writeFileSync(join(distribution, 'policies.json'), policy);
  for (const made of [profile, downloads]) mkdirSync(made, { recursive: true });
  writeFileSync(join(profile, 'user.js'), userPreferences(hosts, downloads));
  const browser = [
    'firefox-esr',
    '--headless',
    '--marionette',
    '--remote-allow-system-access',
    '--no-remote',
  ];
  const mounted = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const words = [
    '-rm',
    'sh',
    '-c',
    mounted,
    'sh',
    distribution,
    DISTRIBUTION,
    ...browser,
    '--profile',
    profile,
  ];
  const env = { ...process.env, HOME: directory, MOZ_CRASHREPORTER_DISABLE: '1', TMPDIR: directory };
  const child = spawn('unshare', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killed = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone(child);
    clearTimeout(killed);
  };
  try {
    const marionette = await Marionette.connect(await portOf(profile, child, said));
    await marionette.send('WebDriver:SetTimeouts', { pageLoad: 60_000, script: 60_000 });
    const closeAll = async (): Promise<void> => {
      marionette.close();
      await close();
    };
    return { marionette, downloads, close: closeAll };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Asks as the browser asks for its lists; else the name of what it has against the certificate. */
export async function trusted({ marionette }: Firefox, url: string): Promise<string> {
  return (await marionette.inBrowser(
    `const { NetUtil } = ChromeUtils.importESModule('resource://gre/modules/NetUtil.sys.mjs');
     NetUtil.asyncFetch({ uri: arguments[0], loadUsingSystemPrincipal: true }, (_stream, status, request) =>
       resolve(Components.isSuccessCode(status) ? 'trusted' : (request.securityInfo?.errorCodeString ?? String(status))));`,
    [url],
  )) as string;
}

/** Downloads from the page that is open; what became of it. */
export async function downloaded({ marionette }: Firefox, url: string): Promise<Download> {
  const script = 'location.href = arguments[0]';
  await marionette.send('WebDriver:ExecuteScript', { script, args: [url] });
  return (await marionette.inBrowser(
    `const { Downloads } = ChromeUtils.importESModule('resource://gre/modules/Downloads.sys.mjs');
     const look = async () => {
       const all = await (await Downloads.getList(Downloads.ALL)).getAll();
       const one = all.find((download) => download.source.url === arguments[0] && download.stopped);
       if (one === undefined) return setTimeout(look, 50);
       resolve({ succeeded: one.succeeded, verdict: one.error?.reputationCheckVerdict ?? null });
     };
     const { setTimeout } = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
     look();`,
    [url],
  )) as Download;
}

/** The browser picks a port and leaves it in its profile. */
async function portOf(profile: string, child: ChildProcess, said: readonly string[]): Promise<number> {
  const file = join(profile, 'MarionetteActivePort');
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (port > 0) return port;
    await sleep(100);
  }
  throw new Error(`the browser did not start: ${said.join('').slice(-500)}`);
}

/** What automation and a closed network need. Nothing about lists: those preferences come from the policy alone. */
function userPreferences(hosts: readonly string[], downloads: string): string {
  const preferences: Record<string, string | number | boolean> = {
    'marionette.port': 0,
    // Else automation switches Safe Browsing off.
    'remote.prefs.recommended': false,
    'network.dns.localDomains': hosts.join(','),
    // Everything but the test's own names and addresses runs into a closed port.
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': 1,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 1,
    'network.proxy.no_proxies_on': ['127.0.0.1', 'localhost', ...hosts].join(','),
    'network.trr.mode': 5,
    'dom.security.https_first': false,
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
    'browser.download.useDownloadDir': true,
    'browser.download.always_ask_before_handling_new_types': false,
    'browser.startup.page': 0,
    'browser.startup.homepage_override.mstone': 'ignore',
    'browser.aboutwelcome.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.normandy.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'browser.safebrowsing.debug': false,
  };
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}
