// Which hash lists there are, and which published objects stand in each: by kind of key and class record alone.
// Names end in the bytes of a hash; those of browsers are the ones that browsers ask for.
import type { HashSize } from 'tocsin/lists/hash-set.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { Category, ClassRecord } from 'tocsin/protocol/verdict.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';

export type ThreatType = 'MALWARE' | 'SOCIAL_ENGINEERING' | 'UNWANTED_SOFTWARE';

export interface HashListSpec {
  readonly name: string;
  readonly size: HashSize;
  readonly kinds: readonly KeyKind[];
  readonly describe: string;
  /** What a search answers for an object in it; null where searches do not tell of it. */
  readonly threat: ThreatType | null;
  readonly likelySafe?: 'GENERAL_BROWSING' | 'CSD' | 'DOWNLOAD';
  /** Whether an object of this record stands in it. */
  readonly takes: (record: ClassRecord) => boolean;
}

/** Raised when `takes` of any list changes, so that sets made by an older rule are made anew. */
export const CATALOGUE_VERSION = 1;

const WEB: readonly KeyKind[] = ['url', 'host'];
const MALWARE: readonly (Category | null)[] = ['malware', 'command-and-control', 'test', null];

/** Only what is called malicious: a browser stops at it, and its user has nobody to ask. */
function isMalware({ level, category }: ClassRecord): boolean {
  return level === 'malicious' && MALWARE.includes(category);
}

function isPhishing({ level, category }: ClassRecord): boolean {
  return level === 'malicious' && category === 'phishing';
}

function isUnwanted({ level, category }: ClassRecord): boolean {
  return (
    polarity(level) === 'bad' && (category === 'unwanted' || (level === 'riskware' && category === null))
  );
}

const isBad = ({ level }: ClassRecord): boolean => polarity(level) === 'bad';
const nothing = (): boolean => false;

export const HASH_LISTS: readonly HashListSpec[] = [
  {
    name: 'mw-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts of malware',
    threat: 'MALWARE',
    takes: isMalware,
  },
  {
    name: 'se-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts of phishing',
    threat: 'SOCIAL_ENGINEERING',
    takes: isPhishing,
  },
  {
    name: 'uws-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts of unwanted software',
    threat: 'UNWANTED_SOFTWARE',
    takes: isUnwanted,
  },
  {
    name: 'mwb-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts from which no program may be downloaded: those of mw-4b',
    threat: 'MALWARE',
    takes: isMalware,
  },
  // Browsers ask for these three. None of our verdicts says what they would mean, so they are empty.
  {
    name: 'csdda-32b',
    size: 32,
    kinds: [],
    describe: 'empty: no address is exempt from the check of downloads',
    threat: null,
    likelySafe: 'CSD',
    takes: nothing,
  },
  {
    name: 'gc-32b',
    size: 32,
    kinds: [],
    describe: 'empty: no address is exempt from searches',
    threat: null,
    likelySafe: 'GENERAL_BROWSING',
    takes: nothing,
  },
  {
    name: 'pha-4b',
    size: 4,
    kinds: [],
    describe: 'empty: harmful applications of phones',
    threat: null,
    takes: nothing,
  },
  {
    name: 'tracker-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts of trackers',
    threat: null,
    takes: ({ level, category }) => category === 'tracker' && level !== 'unknown',
  },
  {
    name: 'payment-4b',
    size: 4,
    kinds: WEB,
    describe: 'addresses and hosts of payment sites',
    threat: null,
    takes: ({ level, category }) => category === 'payment' && polarity(level) === 'good',
  },
  {
    name: 'file-bad-8b',
    size: 8,
    kinds: ['file-sha256'],
    describe: 'files that are malicious, suspicious or riskware, by SHA-256; a hit is a question, no verdict',
    threat: null,
    takes: isBad,
  },
  {
    name: 'file-good-32b',
    size: 32,
    kinds: ['file-sha256'],
    describe: 'files known to be good, by SHA-256',
    threat: null,
    takes: ({ level }) => polarity(level) === 'good',
  },
  {
    name: 'certificate-bad-8b',
    size: 8,
    kinds: ['certificate-sha256'],
    describe:
      'certificates that are malicious, suspicious or riskware, by SHA-256 of the DER; a hit is a question',
    threat: null,
    takes: isBad,
  },
  {
    name: 'certificate-tbs-bad-8b',
    size: 8,
    kinds: ['certificate-tbs'],
    describe: 'the same, by SHA-256 of the part that is signed',
    threat: null,
    takes: isBad,
  },
];

export function hashListNamed(name: string): HashListSpec | undefined {
  return HASH_LISTS.find((list) => list.name === name);
}
