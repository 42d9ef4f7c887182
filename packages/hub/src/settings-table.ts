// Every setting of the hub, one row each. config.ts reads them; help and errors are made from the rows.
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { Edition } from 'tocsin/catalog/item.ts';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import type { Partner, StoragePlace } from 'tocsin/catalog/terms.ts';
import { TERMS_LIMITS } from 'tocsin/catalog/terms.ts';
import { THREADS_LIMITS } from './lookup/config.ts';
import {
  parseEdition,
  parseJurisdiction,
  parseLine,
  parsePartners,
  parsePlaces,
  parseYesNo,
  partnersOfJson,
  placesOfJson,
  yesNoOfJson,
} from './privacy/terms-settings.ts';
import type { Listen } from './settings-values.ts';
import { parseCount, parseDatabaseUrl, parseListen, parseName, parsePath } from './settings-values.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Setting<T> {
  /** What stands for the value in help, as DIR. */
  readonly value: string;
  /** Throws an Error whose words finish "Cannot use --x 'y': ..." */
  readonly parse: (text: string) => T;
  /** Takes a value of the settings file that is neither text nor a number; none where absent. Throws as `parse`. */
  readonly json?: (value: unknown) => T;
  readonly fallback: (env: Env) => T;
  /** The default in words. */
  readonly fallbackWords: string;
  readonly explain: string;
  /** Its value stands in no message. */
  readonly secret?: boolean;
  /** Other environment names, after the derived one. */
  readonly alsoEnv?: readonly string[];
}

const setting = <T>(row: Setting<T>): Setting<T> => row;

/** A line about the operator that may be missing. */
const line = (value: string, explain: string, fallbackWords = 'none'): Setting<string | null> =>
  setting<string | null>({ value, parse: parseLine, fallback: () => null, fallbackWords, explain });

const HUB = {
  data: setting<string>({
    value: 'DIR',
    parse: parsePath,
    fallback: defaultData,
    fallbackWords: '/var/lib/tocsin-hub for root, else ~/.local/state/tocsin-hub',
    explain: 'where the hub keeps everything: records, keys, segments, backups',
  }),
  config: setting<string | null>({
    value: 'FILE',
    parse: parsePath,
    fallback: () => null,
    fallbackWords: 'hub.json in the data directory, when it is there',
    explain: 'settings as one JSON object, by the names in the third column',
  }),
  listen: setting<Listen>({
    value: 'HOST:PORT',
    parse: parseListen,
    fallback: () => ({ host: '127.0.0.1', port: 8743 }),
    fallbackWords: '127.0.0.1:8743',
    explain: 'where machines reach the hub; port 0 picks a free one',
  }),
  lookupListen: setting<Listen | null>({
    value: 'HOST:PORT',
    parse: parseListen,
    fallback: () => null,
    fallbackWords: 'none: look-ups are answered where machines are',
    explain: 'where programs look objects up by the thousand, answered by threads of their own',
  }),
  lookupThreads: setting<number>({
    value: 'COUNT',
    parse: parseCount(1, THREADS_LIMITS.max),
    fallback: () => Math.min(THREADS_LIMITS.max, Math.max(1, availableParallelism() - 1)),
    fallbackWords: 'one less than the processor has cores, at least 1',
    explain: 'for --lookup-listen: how many threads answer there, each with a core of its own',
  }),
  browserListen: setting<Listen | null>({
    value: 'HOST:PORT',
    parse: parseListen,
    fallback: () => null,
    fallbackWords: 'none: browsers are not served',
    explain: 'where stock browsers get lists; without a certificate only on the loopback',
  }),
  browserCertificate: setting<string | null>({
    value: 'FILE',
    parse: parsePath,
    fallback: () => null,
    fallbackWords: 'none: plain HTTP',
    explain:
      'for --browser-listen: certificate with its chain (PEM) that browsers trust; a newer file is taken up',
  }),
  browserKey: setting<string | null>({
    value: 'FILE',
    parse: parsePath,
    fallback: () => null,
    fallbackWords: 'none',
    explain: 'private key (PEM) of that certificate',
  }),
  browserName: setting<string | null>({
    value: 'NAME',
    parse: parseName,
    fallback: () => null,
    fallbackWords: 'none: the hub makes no certificate for browsers',
    explain:
      'for --browser-listen without a certificate of yours: host or IP address where browsers reach it; the hub makes a certificate under a root for that name alone (browser-policy root)',
  }),
  databaseUrl: setting<string | null>({
    value: 'URL',
    parse: parseDatabaseUrl,
    fallback: () => null,
    fallbackWords: 'the embedded PostgreSQL',
    explain: 'a PostgreSQL server of your own, as postgresql://user:password@host/database',
    secret: true,
    alsoEnv: ['DATABASE_URL'],
  }),
  rootKey: setting<string | null>({
    value: 'FILE',
    parse: parsePath,
    fallback: () => null,
    fallbackWords: 'keys/root.key in the data directory',
    explain: 'the root private key, when it is kept elsewhere',
  }),
  tokenLifetime: setting<number>({
    value: 'SECONDS',
    parse: parseCount(60, 30 * 86_400),
    fallback: () => 3600,
    fallbackWords: '3600',
    explain: 'how long a join token can be used',
  }),
  addressDays: setting<number>({
    value: 'DAYS',
    parse: parseCount(1, 3650),
    fallback: () => 30,
    fallbackWords: '30',
    explain:
      'for serve: how long a feed that is not imported again is believed about IP addresses and ranges',
  }),
} as const;

/** What the Statement says of the operator; each change makes new terms when the hub starts. */
const TERMS = {
  operatorName: line(
    'NAME',
    'terms: who answers for the data, by the name that the Statement shows',
    'none, and the Statement says so',
  ),
  operatorAddress: line(
    'ADDRESS',
    'terms: postal address of the operator, in one line',
    'none, and the Statement says so',
  ),
  operatorContact: line(
    'CONTACT',
    'terms: how to reach the operator, by mail or phone',
    'none, and the Statement says so',
  ),
  privacyContact: line('CONTACT', 'terms: whom to ask about data', 'the operator'),
  securityContact: line('CONTACT', 'terms: whom to tell of a weakness'),
  representative: line('TEXT', 'terms: representative in the Union, where one is needed (GDPR Art. 27)'),
  authority: line('TEXT', 'terms: the authority with which a complaint can be lodged'),
  storagePlaces: setting<readonly StoragePlace[]>({
    value: 'PLACES',
    parse: parsePlaces,
    json: placesOfJson,
    fallback: () => [],
    fallbackWords: 'none',
    explain:
      "terms: where data is kept, as 'Frankfurt (DE); Zurich (CH): adequacy decision'; in the file also an array of {place, country, safeguard}",
  }),
  retentionDays: setting<number | null>({
    value: 'DAYS',
    parse: parseCount(1, TERMS_LIMITS.maxRetentionDays),
    fallback: () => null,
    fallbackWords: 'as long as each item of the catalog says',
    explain: 'terms: nothing that machines sent is kept longer than this',
  }),
  partners: setting<readonly Partner[]>({
    value: 'PARTNERS',
    parse: parsePartners,
    json: partnersOfJson,
    fallback: () => [],
    fallbackWords: 'none: then nothing can be exported',
    explain:
      "terms: who else may receive data of machines that agreed, as 'Example Lab (DE) for research on phishing [sharing]; Feeds Ltd (GB) for a feed of bad hosts [commercial]'; in the file also an array of {name, country, purpose, use}",
  }),
  jurisdiction: setting<string | null>({
    value: 'CC',
    parse: parseJurisdiction,
    fallback: () => null,
    fallbackWords: 'unknown, which means opt-in',
    explain: 'terms: country of the machines where they name none, two letters, or unknown',
  }),
  optInEverywhere: setting<boolean>({
    value: 'YES|NO',
    parse: parseYesNo,
    json: yesNoOfJson,
    fallback: () => false,
    fallbackWords: 'no',
    explain: 'terms: ask for a yes before anything is sent, whatever the law of a country says',
  }),
  edition: setting<Edition>({
    value: 'EDITION',
    parse: parseEdition,
    fallback: () => 'basic',
    fallbackWords: 'basic',
    explain: `terms: which list of data applies: ${EDITIONS.join(', ')}`,
  }),
} as const;

export const SETTINGS = { ...HUB, ...TERMS } as const;

export function defaultData(env: Env): string {
  if (process.geteuid?.() === 0) return '/var/lib/tocsin-hub';
  const state = env['XDG_STATE_HOME'];
  return join(state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state'), 'tocsin-hub');
}
