// What makes a stock Firefox ask a hub instead of Google: preferences alone, as an enterprise policy (policies.json).
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { isLoopback } from './browser-server.ts';
import { DOWNLOAD_CHECK_PATH } from './routes.ts';

interface Preference {
  readonly Value: string | boolean;
  readonly Status: 'locked' | 'default';
}

export interface FirefoxPolicy {
  readonly policies: { readonly Preferences: Readonly<Record<string, Preference>> };
}

export interface FirefoxOptions {
  /** Where browsers reach the hub, as `https://lists.example.org`. */
  readonly url: string;
  /** Whether each download is asked about: then the hub sees its address and SHA-256. */
  readonly downloads: boolean;
}

const PROVIDER = 'browser.safebrowsing.provider.google5';

/** Throws `input` for an address at which a browser would not ask. */
export function firefoxPolicy({ url, downloads }: FirefoxOptions): FirefoxPolicy {
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
  return { policies: { Preferences: Object.fromEntries(preferences) } };
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
