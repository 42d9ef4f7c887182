// One digest over all documents that can be rendered from this catalog, for a few operators: with it a test notices
// that a text changed while the version did not. Not used at run time.
import { createHash } from 'node:crypto';
import { EDITIONS } from '../item.ts';
import type { Terms } from '../terms.ts';
import { renderPrivacyPolicy, renderStatement } from './statement.ts';
import { LANGUAGES } from './words.ts';

/** An operator who fills every field that an operator can fill. */
export const SAMPLE_TERMS: Terms = {
  v: 1,
  number: 3,
  issued: Date.UTC(2026, 10, 20) / 1000,
  controller: {
    name: 'Example Network GmbH',
    address: 'Musterweg 7, 10115 Berlin, Germany',
    contact: 'contact@network.example',
  },
  privacyContact: 'privacy@network.example',
  securityContact: 'security@network.example',
  representative: 'Example Representative, Dublin',
  authority: 'Data protection authority of Berlin',
  storage: [
    { place: 'Data centre North, Berlin', country: 'DE', safeguard: null },
    { place: 'Second copy, Toronto', country: 'CA', safeguard: 'adequacy decision of the Commission' },
  ],
  retentionDays: 60,
  partners: [
    { name: 'Institute for Example Research', country: 'FR', purpose: 'research on attacks', use: 'sharing' },
    { name: 'Example Reports Inc.', country: 'US', purpose: 'sale of trend reports', use: 'commercial' },
  ],
  jurisdiction: 'DE',
  optInEverywhere: false,
  edition: 'basic',
};

/** One who fills as few as he may. */
export const BARE_TERMS: Terms = {
  ...SAMPLE_TERMS,
  number: 1,
  controller: { name: null, address: null, contact: null },
  privacyContact: null,
  securityContact: null,
  representative: null,
  authority: null,
  storage: [],
  retentionDays: null,
  partners: [],
  jurisdiction: null,
};

export const SAMPLE_PLACES: readonly (readonly [Terms | null, string | null])[] = [
  [null, null],
  [null, 'DE'],
  [SAMPLE_TERMS, 'DE'],
  [SAMPLE_TERMS, 'US'],
  [BARE_TERMS, null],
  [{ ...BARE_TERMS, optInEverywhere: true, retentionDays: 1 }, 'US'],
];

/** SHA-256, hex, over the digests of all of them. */
export function renderedDigest(): string {
  const hash = createHash('sha256');
  for (const [terms, jurisdiction] of SAMPLE_PLACES)
    for (const edition of EDITIONS)
      for (const language of LANGUAGES)
        for (const render of [renderStatement, renderPrivacyPolicy])
          hash.update(render({ terms, edition, jurisdiction, language }).sha256);
  return hash.digest('hex');
}
