import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KEY_KIND_NAMES } from '../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../protocol/lookup.ts';
import { QUESTION_SIZES } from '../protocol/padding.ts';
import type { Consent } from './consent.ts';
import { NO_CONSENT, PARTICIPATION_LEVELS } from './consent.ts';
import { consentTo, TODAY } from './consent-fixture.ts';
import { gateLookup, isOutgoing } from './gate.ts';
import type { LookupRules } from './gate-lookup.ts';
import { allPlans } from './gate-plan.ts';

const RULES: LookupRules = { prefixBits: { 'file-sha256': 12, url: 10, 'file-md5': 24 } };
const YES = consentTo('standard');
const FILE: PrefixQuestion = { kind: 'file-sha256', bits: 12, prefix: '9f80' };
const URL_QUESTION: PrefixQuestion = { kind: 'url', bits: 10, prefix: 'ffc0' };

function decide(request: unknown, consent: Consent = YES): string {
  const decision = gateLookup(request as LookupRequest, consent, RULES, TODAY);
  return decision.kind === 'released' ? 'released' : decision.reason;
}

function asking(...prefixes: unknown[]): unknown {
  return { v: 1, prefixes };
}

test('a look-up is released or withheld for its reason', () => {
  const table: [string, unknown, Consent, string][] = [
    ['one file', asking(FILE), YES, 'released'],
    ['two files', asking(FILE, { ...FILE, prefix: '0000' }), YES, 'released'],
    ['extended includes standard', asking(FILE), consentTo('extended'), 'released'],
    ['fewer bits than announced', asking({ ...FILE, bits: 8, prefix: '9f' }), YES, 'released'],
    ['no consent', asking(FILE), NO_CONSENT, 'participation'],
    ['off with items accepted', asking(FILE), { ...YES, level: 'off' }, 'participation'],
    ['a Statement without it', asking(FILE), { ...YES, accepted: new Map() }, 'not-accepted'],
    ['other terms', asking(FILE), { ...YES, termsAccepted: false }, 'terms'],
    ['a whole key', { v: 1, keys: [{ kind: 'file-sha256', key: '0'.repeat(64) }] }, YES, 'undeclared'],
    ['a field beside', { v: 1, prefixes: [FILE], host: 'x' }, YES, 'undeclared'],
    ['a field in a question', asking({ ...FILE, path: '/etc/passwd' }), YES, 'undeclared'],
    ['more digits than bits', asking({ ...FILE, prefix: '9f80aa' }), YES, 'undeclared'],
    ['bits set beyond', asking({ ...FILE, prefix: '9f81' }), YES, 'undeclared'],
    ['no bits', asking({ ...FILE, bits: 0, prefix: '' }), YES, 'undeclared'],
    ['one bit too many', asking({ ...FILE, bits: 13, prefix: '9f80' }), YES, 'too-exact'],
    ['a kind that was not announced', asking({ ...FILE, kind: 'ip' }), YES, 'too-exact'],
    ['nothing', asking(), YES, 'over-limit'],
    ['too many', asking(...Array.from({ length: 1001 }, () => FILE)), YES, 'over-limit'],
    ['one address', asking(URL_QUESTION), YES, 'released'],
    ['two parts of an address', asking(URL_QUESTION, { ...URL_QUESTION, prefix: '0000' }), YES, 'linkable'],
    ['a file with an address', asking(FILE, URL_QUESTION), YES, 'linkable'],
  ];
  for (const [name, request, consent, want] of table) assert.equal(decide(request, consent), want, name);
});

test('the plan of a look-up, which a preview shows, says what the gate does', () => {
  const consents: Consent[] = [
    NO_CONSENT,
    ...PARTICIPATION_LEVELS.map((level) => consentTo(level)),
    { ...YES, accepted: new Map() },
    { ...YES, accepted: new Map([...YES.accepted].filter(([id]) => id !== 'lookup.bits')) },
    { ...YES, termsAccepted: false },
  ];
  for (const [question, id] of [
    [FILE, 'lookup'],
    [URL_QUESTION, 'lookup-address'],
  ] as const)
    for (const consent of consents) {
      const plan = allPlans(consent, TODAY).find(({ message }) => message.id === id)!;
      const stays = plan.barrier ?? plan.slots.find(({ barrier }) => barrier !== null)?.barrier ?? 'released';
      assert.deepEqual(
        plan.slots.map((slot) => slot.id),
        ['lookup.kind', 'lookup.bits', 'lookup.prefix'],
      );
      assert.equal(stays, decide(asking(question), consent));
    }
});

test('a released look-up is the request itself, byte for byte, as one message of the catalog', () => {
  for (const [question, message] of [
    [FILE, 'lookup'],
    [URL_QUESTION, 'lookup-address'],
  ] as const) {
    const request = { v: 1, prefixes: [question] } as const;
    const decision = gateLookup(request, YES, RULES, TODAY);
    assert.ok(decision.kind === 'released' && isOutgoing(decision.request));
    const { method, path, body, clear, message: id } = decision.request;
    assert.deepEqual([method, path, clear, id], ['POST', '/v1/lookup', null, message]);
    assert.equal(Buffer.from(body!).toString(), JSON.stringify(request).padEnd(QUESTION_SIZES[0]!));
  }
});

const question = fc.record({
  kind: fc.constantFrom(...KEY_KIND_NAMES),
  bits: fc.integer({ min: -2, max: 40 }),
  prefix: fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 8 }),
    fc.string({ maxLength: 8 }),
  ),
});

test('whatever is asked: a released look-up shows no more than announced, and nothing without a consent', () => {
  fc.assert(
    fc.property(
      fc.array(question, { maxLength: 4 }),
      fc.constantFrom(...PARTICIPATION_LEVELS),
      fc.dictionary(fc.string({ maxLength: 4 }), fc.anything(), { maxKeys: 1 }),
      (prefixes, level, more) => {
        const consent = consentTo(level);
        const request = { v: 1, prefixes, ...more } as unknown as LookupRequest;
        const decision = gateLookup(request, consent, RULES, TODAY);
        if (decision.kind === 'withheld') return;
        assert.notEqual(level, 'off');
        const sent = JSON.parse(Buffer.from(decision.request.body!).toString()) as LookupRequest;
        assert.deepEqual(Object.keys(sent).sort(), ['prefixes', 'v']);
        for (const { kind, bits, prefix } of sent.prefixes) {
          assert.ok(bits >= 1 && bits <= RULES.prefixBits[kind]!);
          assert.equal(prefix.length, 2 * Math.ceil(bits / 8));
        }
      },
    ),
  );
});
