// What makes a stock Firefox ask a hub instead of Google: preferences alone, as an enterprise policy (policies.json), and
// the root to trust where the hub's certificate is not one of the web.
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { isLoopback } from './browser-certificate.ts';
import { DOWNLOAD_CHECK_PATH } from './routes.ts';

interface Preference {
  readonly Value: string | boolean;
  readonly Status: 'locked' | 'default';
}

export interface FirefoxPolicy {
  readonly policies: {
    readonly Certificates?: { readonly Install: readonly string[] };
    readonly Preferences: Readonly<Record<string, Preference>>;
  };
}

export interface FirefoxOptions {
  /** Where browsers reach the hub, as `https://lists.example.org`. */
  readonly url: string;
  /** Whether each download is asked about: then the hub sees its address and SHA-256. */
  readonly downloads: boolean;
  /** The file that has the root, as the browser's machine names it; null where browsers trust the certificate anyway. */
  readonly root: string | null;
}

/** Beside policies.json. */
export const ROOT_FILE = '/etc/firefox/policies/tocsin-root.pem';

const PROVIDER = 'browser.safebrowsing.provider.google5';

/** Throws `input` for an address at which a browser would not ask, and a root that it would not find. */
export function firefoxPolicy({ url, downloads, root }: FirefoxOptions): FirefoxPolicy {
  const origin = originOf(url);
  const locked: Readonly<Record<string, string | boolean>> = {
    'browser.safebrowsing.malware.enabled': true,
    'browser.safebrowsing.phishing.enabled': true,
    'browser.safebrowsing.downloads.enabled': true,
    'browser.safebrowsing.downloads.remote.enabled': downloads,
    // Also where nothing is asked: nobody who switches it on again asks Google.
    'browser.safebrowsing.downloads.remote.url': `${origin}${DOWNLOAD_CHECK_PATH}`,
    [`${PROVIDER}.enabled`]: true,
    // The browser appends with `&`: there has to be a parameter before.
    [`${PROVIDER}.updateURL`]: `${origin}/v5/hashLists:batchGet?alt=proto`,
    [`${PROVIDER}.gethashURL`]: `${origin}/v5/hashes:search?alt=proto`,
    // Builds without a key of Google drop both addresses otherwise.
    [`${PROVIDER}.excludeFromGoogleSafeBrowsingKeyCheck`]: true,
    [`${PROVIDER}.advisoryName`]: 'Tocsin',
    [`${PROVIDER}.advisoryURL`]: `${origin}/`,
    // Each would tell an address to somebody else.
    [`${PROVIDER}.reportURL`]: '',
    [`${PROVIDER}.reportPhishMistakeURL`]: '',
    [`${PROVIDER}.reportMalwareMistakeURL`]: '',
  };
  const preferences = Object.entries(locked).map(([name, Value]): [string, Preference] => [
    name,
    { Value, Status: 'locked' },
  ]);
  // The browser writes the time of its next update over this: the first one comes at once.
  preferences.push([`${PROVIDER}.nextupdatetime`, { Value: '1', Status: 'default' }]);
  const certificates = root === null ? {} : { Certificates: { Install: [findable(root)] } };
  return { policies: { ...certificates, Preferences: Object.fromEntries(preferences) } };
}

/** The browser takes a whole path, or a name in its folders of certificates. */
function findable(path: string): string {
  const plain = /^[^\p{Cc}]{1,4096}$/u.test(path) && !/^\.{1,2}$/.test(path);
  if (plain && (path.startsWith('/') || /^[A-Za-z]:\\/.test(path) || !/[\\/]/.test(path))) return path;
  throw new TocsinError(
    'input',
    `Cannot make a policy with the root '${shown(path)}': a browser would not find it, want a whole path, or a name in its folder of certificates`,
  );
}

function originOf(text: string): string {
  const url = URL.parse(text);
  const plain =
    url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (plain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host))))
    return url.origin;
  throw new TocsinError(
    'input',
    `Cannot make a policy for '${text.slice(0, 200)}': browsers would not ask there, want https://NAME[:PORT], or http:// on the loopback`,
  );
}
