import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KEY_KIND_NAMES } from '../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../protocol/lookup.ts';
import type { Consent } from './consent.ts';
import { NO_CONSENT, PARTICIPATION_LEVELS } from './consent.ts';
import type { LookupRules } from './gate.ts';
import { gateLookup } from './gate.ts';

const RULES: LookupRules = {
  statementSha256: 'a'.repeat(64),
  prefixBits: { 'file-sha256': 12, url: 10, 'file-md5': 24 },
};
const YES: Consent = { level: 'standard', statementSha256: RULES.statementSha256 };
const FILE: PrefixQuestion = { kind: 'file-sha256', bits: 12, prefix: '9f80' };
const URL_QUESTION: PrefixQuestion = { kind: 'url', bits: 10, prefix: 'ffc0' };

function decide(request: unknown, consent: Consent = YES): string {
  const decision = gateLookup(request as LookupRequest, consent, RULES);
  return decision.kind === 'released' ? 'released' : decision.reason;
}

function asking(...prefixes: unknown[]): unknown {
  return { v: 1, prefixes };
}

test('a look-up is released or withheld for its reason', () => {
  const table: [string, unknown, Consent, string][] = [
    ['one file', asking(FILE), YES, 'released'],
    ['two files', asking(FILE, { ...FILE, prefix: '0000' }), YES, 'released'],
    ['extended includes standard', asking(FILE), { ...YES, level: 'extended' }, 'released'],
    ['fewer bits than announced', asking({ ...FILE, bits: 8, prefix: '9f' }), YES, 'released'],
    ['no consent', asking(FILE), NO_CONSENT, 'participation-off'],
    ['off with a hash', asking(FILE), { ...YES, level: 'off' }, 'participation-off'],
    [
      'an older Statement',
      asking(FILE),
      { ...YES, statementSha256: 'b'.repeat(64) },
      'statement-not-accepted',
    ],
    ['no Statement', asking(FILE), { ...YES, statementSha256: null }, 'statement-not-accepted'],
    ['a whole key', { v: 1, keys: [{ kind: 'file-sha256', key: '0'.repeat(64) }] }, YES, 'undeclared'],
    ['a field beside', { v: 1, prefixes: [FILE], host: 'x' }, YES, 'undeclared'],
    ['a field in a question', asking({ ...FILE, path: '/etc/passwd' }), YES, 'undeclared'],
    ['more digits than bits', asking({ ...FILE, prefix: '9f80aa' }), YES, 'undeclared'],
    ['bits set beyond', asking({ ...FILE, prefix: '9f81' }), YES, 'undeclared'],
    ['no bits', asking({ ...FILE, bits: 0, prefix: '' }), YES, 'undeclared'],
    ['one bit too many', asking({ ...FILE, bits: 13, prefix: '9f80' }), YES, 'too-exact'],
    ['a kind that was not announced', asking({ ...FILE, kind: 'ip' }), YES, 'too-exact'],
    ['nothing', asking(), YES, 'limit'],
    ['too many', asking(...Array.from({ length: 1001 }, () => FILE)), YES, 'limit'],
    ['one address', asking(URL_QUESTION), YES, 'released'],
    ['two parts of an address', asking(URL_QUESTION, { ...URL_QUESTION, prefix: '0000' }), YES, 'linkable'],
    ['a file with an address', asking(FILE, URL_QUESTION), YES, 'linkable'],
  ];
  for (const [name, request, consent, want] of table) assert.equal(decide(request, consent), want, name);
});

const question = fc.record({
  kind: fc.constantFrom(...KEY_KIND_NAMES),
  bits: fc.integer({ min: -1, max: 40 }),
  prefix: fc.oneof(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 8 }), fc.string()),
});

test('whatever the message and the consent, what is released was consented to and shows at most the announced bits', () => {
  const consent = fc.record({
    level: fc.constantFrom(...PARTICIPATION_LEVELS),
    statementSha256: fc.constantFrom(null, RULES.statementSha256, 'c'.repeat(64)),
  });
  fc.assert(
    fc.property(fc.array(question, { maxLength: 3 }), consent, (prefixes, consent) => {
      const decision = gateLookup({ v: 1, prefixes }, consent, RULES);
      if (decision.kind === 'withheld') return;
      assert.notEqual(consent.level, 'off');
      assert.equal(consent.statementSha256, RULES.statementSha256);
      for (const { kind, prefix } of prefixes) {
        const shown = BigInt(`0x${prefix}`)
          .toString(2)
          .padStart(4 * prefix.length, '0')
          .replace(/0+$/, '');
        assert.ok(shown.length <= RULES.prefixBits[kind]!);
      }
    }),
    { numRuns: 500 },
  );
});
