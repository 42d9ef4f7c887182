import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HistoryRequest } from '../protocol/history.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from '../protocol/kinds.ts';
import { QUESTION_SIZES } from '../protocol/padding.ts';
import type { Consent } from './consent.ts';
import { NO_CONSENT, PARTICIPATION_LEVELS } from './consent.ts';
import { consentTo, TODAY } from './consent-fixture.ts';
import { gateHistory, isOutgoing } from './gate.ts';
import { historyFault } from './gate-history.ts';
import { allPlans } from './gate-plan.ts';
import { EDITIONS } from './item.ts';

interface Vectors {
  readonly asked: readonly { readonly name: string; readonly request: HistoryRequest }[];
  readonly refused: readonly {
    readonly name: string;
    readonly request: unknown;
    readonly item: string | null;
    readonly reason: string;
  }[];
}
const FILE = new URL('../../../../spec/vectors/lookup/history.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

const REQUEST = vectors.asked[0]!.request;

function decide(request: unknown, consent: Consent): string {
  const decision = gateHistory(request as HistoryRequest, consent, TODAY);
  return decision.kind === 'released' ? 'released' : decision.reason;
}

for (const { name, request } of vectors.asked)
  test(`a question for a history: ${name}: leaves with extended, byte for byte, in every edition`, () => {
    for (const edition of EDITIONS) {
      const decision = gateHistory(request, consentTo('extended', edition), TODAY);
      assert.ok(decision.kind === 'released' && isOutgoing(decision.request));
      const { method, path, body, clear, message, reason } = decision.request;
      assert.deepEqual(
        [method, path, clear, message, reason],
        ['POST', '/v1/history', null, 'lookup-history', 'asked'],
      );
      assert.equal(Buffer.from(body!).toString(), JSON.stringify(request).padEnd(QUESTION_SIZES[0]!));
    }
  });

for (const { name, request, item, reason } of vectors.refused)
  test(`a question for a history, refused: ${name}`, () => {
    assert.deepEqual(historyFault(request), { item, reason });
    assert.equal(decide(request, consentTo('extended')), reason);
  });

test('a whole key stays with every lesser choice, and previews say the same', () => {
  const yes = consentTo('extended');
  const accepted = new Map(yes.accepted);
  accepted.delete('lookup.key');
  const consents = [
    ...PARTICIPATION_LEVELS.map((level) => consentTo(level)),
    NO_CONSENT,
    { ...yes, accepted },
    { ...yes, termsAccepted: false },
  ];
  const reasons = consents.map((consent) => decide(REQUEST, consent));
  assert.deepEqual(reasons, [
    'participation',
    'participation',
    'released',
    'participation',
    'not-accepted',
    'terms',
  ]);
  for (const [i, consent] of consents.entries()) {
    const plan = allPlans(consent, TODAY).find(({ message }) => message.id === 'lookup-history')!;
    assert.equal(
      plan.barrier ?? plan.slots.find(({ barrier }) => barrier !== null)?.barrier ?? 'released',
      reasons[i],
    );
  }
});

test('whatever is asked: what is released is one whole key of its kind and nothing else', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefA'), minLength: 30, maxLength: 66 });
  const request = fc.record(
    {
      v: fc.constantFrom(1, 1, 1, 2),
      kind: fc.oneof(fc.constantFrom(...KEY_KIND_NAMES), fc.anything()),
      key: fc.oneof(hex, fc.constantFrom(...vectors.asked.map((each) => each.request.key)), fc.anything()),
      path: fc.string(),
    },
    { requiredKeys: ['v'] },
  );
  fc.assert(
    fc.property(fc.oneof(request, fc.anything(), fc.jsonValue()), (value) => {
      const decision = gateHistory(value as HistoryRequest, consentTo('extended'), TODAY);
      if (decision.kind === 'withheld') return;
      const sent = JSON.parse(Buffer.from(decision.request.body!).toString()) as HistoryRequest;
      assert.deepEqual(Object.keys(sent).sort(), ['key', 'kind', 'v']);
      assert.equal(sent.key.length, 2 * KEY_KINDS[sent.kind].bytes);
      assert.match(sent.key, /^[0-9a-f]+$/);
    }),
    { numRuns: 1_000 },
  );
});
