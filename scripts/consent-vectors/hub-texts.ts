// Vectors of what a hub signs for its machines: policies and terms (spec/policy.md, spec/terms.md).
import type { Policy } from '../../packages/tocsin/src/catalog/policy.ts';
import { encodePolicy, POLICY_PAYLOAD_TYPE, signPolicy } from '../../packages/tocsin/src/catalog/policy.ts';
import type { Terms } from '../../packages/tocsin/src/catalog/terms.ts';
import {
  encodeTerms,
  signTerms,
  TERMS_PAYLOAD_TYPE,
  termsFingerprint,
} from '../../packages/tocsin/src/catalog/terms.ts';
import { toBase64 } from '../../packages/tocsin/src/protocol/base64.ts';
import {
  byHub,
  DAY,
  ISSUED,
  otherReceiptKey,
  plain,
  receiptId,
  receiptKey,
  receiptRaw,
  sigOf,
  spelled,
  terms,
} from './keys.ts';

export const policy: Policy = {
  v: 1,
  sequence: 7,
  issued: ISSUED,
  expires: ISSUED + 30 * DAY,
  group: 'virtual desktops',
  participation: {
    level: 'extended',
    edition: 'virtual',
    jurisdiction: null,
    statement: { version: '2.3', sha256: 'b5'.repeat(32), language: 'en' },
    sharing: null,
    commercial: 'no',
  },
  maxLevel: 'extended',
  personal: false,
  selfDefence: true,
};
export const policyText = signPolicy(policy, receiptId, receiptKey);

export function policyVectors(): unknown {
  const good = plain(encodePolicy(policy));
  const granted = good['participation'] as object;
  const changed = (change: object): string => byHub({ ...good, ...change }, POLICY_PAYLOAD_TYPE);
  const grant = (change: object): string => changed({ participation: { ...granted, ...change } });
  const sig = sigOf(policyText);
  const at = (name: string, text: string, want: string): object => ({ name, text, want });
  return {
    receiptKey: toBase64(receiptRaw),
    policy,
    cases: [
      at('as made', policyText, 'accepted'),
      at(
        'nothing granted, nothing restricted',
        changed({ participation: null, maxLevel: null, selfDefence: null }),
        'accepted',
      ),
      at('off needs no Statement', grant({ level: 'off', statement: null }), 'accepted'),
      at('members of a later version are passed over', changed({ lists: true }), 'accepted'),
      at('another key id: not asked', spelled(policyText, { signatures: [{ keyid: 'x', sig }] }), 'accepted'),
      at('signed by another key', byHub(good, POLICY_PAYLOAD_TYPE, otherReceiptKey), 'pin'),
      at(
        'another payload',
        spelled(policyText, { payload: toBase64(Buffer.from(JSON.stringify({ ...good, sequence: 8 }))) }),
        'pin',
      ),
      at('terms instead of a policy', byHub(good, TERMS_PAYLOAD_TYPE), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('sequence 0', changed({ sequence: 0 }), 'format'),
      at('it ends when it begins', changed({ expires: ISSUED }), 'format'),
      at('a group of two lines', changed({ group: 'a\nb' }), 'format'),
      at('no group', changed({ group: '' }), 'format'),
      at('an unknown level', grant({ level: 'full' }), 'format'),
      at('a grant without a Statement', grant({ statement: null }), 'format'),
      at('an unknown edition', grant({ edition: 'ultra' }), 'format'),
      at('sharing perhaps', grant({ sharing: 'perhaps' }), 'format'),
      at('an unknown limit', changed({ maxLevel: 'some' }), 'format'),
      at('personal by a word', changed({ personal: 'yes' }), 'format'),
      at('no member personal', changed({ personal: undefined }), 'format'),
      at('a payload that is no JSON', byHub(Buffer.from('{'), POLICY_PAYLOAD_TYPE), 'format'),
      at('16,385 characters', `${policyText}${' '.repeat(16_385 - policyText.length)}`, 'limit'),
    ],
  };
}

export const termsText = signTerms(terms, receiptId, receiptKey);

export function termsVectors(): unknown {
  const good = plain(encodeTerms(terms));
  const changed = (change: object): string => byHub({ ...good, ...change }, TERMS_PAYLOAD_TYPE);
  const at = (name: string, text: string, want: string, mark?: string): object => ({
    name,
    text,
    want,
    ...(mark === undefined ? {} : { fingerprint: mark }),
  });
  const mark = termsFingerprint(terms);
  const other = (change: Partial<Terms>): string => termsFingerprint({ ...terms, ...change });
  const elsewhere: Partial<Terms> = {
    storage: [{ place: 'Dallas', country: 'US', safeguard: 'standard contractual clauses' }],
  };
  const unnamed: Partial<Terms> = { controller: { name: null, address: null, contact: null } };
  return {
    receiptKey: toBase64(receiptRaw),
    terms,
    cases: [
      at('as made', termsText, 'accepted', mark),
      at('another contact binds nobody', changed({ number: 4, privacyContact: null }), 'accepted', mark),
      at(
        'another place in the same country binds nobody',
        changed({ storage: [{ place: 'Berlin', country: 'DE', safeguard: null }] }),
        'accepted',
        mark,
      ),
      at('an operator who does not name himself', changed(unnamed), 'accepted', other(unnamed)),
      at('another country is other terms', changed(elsewhere), 'accepted', other(elsewhere)),
      at(
        'kept longer is other terms',
        changed({ retentionDays: 365 }),
        'accepted',
        other({ retentionDays: 365 }),
      ),
      at('no partner is other terms', changed({ partners: [] }), 'accepted', other({ partners: [] })),
      at('members of a later version are passed over', changed({ colour: 'red' }), 'accepted', mark),
      at('signed by another key', byHub(good, TERMS_PAYLOAD_TYPE, otherReceiptKey), 'pin'),
      at(
        'another payload',
        spelled(termsText, { payload: toBase64(Buffer.from(JSON.stringify({ ...good, number: 9 }))) }),
        'pin',
      ),
      at('a policy instead of terms', byHub(good, POLICY_PAYLOAD_TYPE), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('number 0', changed({ number: 0 }), 'format'),
      at('no controller', changed({ controller: null }), 'format'),
      at('a name of two lines', changed({ controller: { ...terms.controller, name: 'a\nb' } }), 'format'),
      at('an empty name', changed({ controller: { ...terms.controller, name: ' ' } }), 'format'),
      at('501 characters', changed({ authority: 'x'.repeat(501) }), 'format'),
      at('a country in words', changed({ jurisdiction: 'Germany' }), 'format'),
      at('17 places', changed({ storage: Array(17).fill(terms.storage[0]) }), 'format'),
      at('65 partners', changed({ partners: Array(65).fill(terms.partners[0]) }), 'format'),
      at(
        'a partner for something else',
        changed({ partners: [{ ...terms.partners[0], use: 'fun' }] }),
        'format',
      ),
      at('kept for ten years', changed({ retentionDays: 3_650 }), 'format'),
      at('no member optInEverywhere', changed({ optInEverywhere: undefined }), 'format'),
      at('131,073 characters', `${termsText}${' '.repeat(131_073 - termsText.length)}`, 'limit'),
    ],
  };
}
