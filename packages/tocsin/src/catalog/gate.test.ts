import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { allows, ITEMS, itemOf, MESSAGES } from './catalog.ts';
import type { Consent } from './consent.ts';
import { NO_CONSENT, PARTICIPATION_LEVELS, REGIMES } from './consent.ts';
import { consentTo, TODAY } from './consent-fixture.ts';
import type { Candidate, Outgoing, Released } from './gate.ts';
import { faultOfArrived, gateConnection, gateMessage, isOutgoing, isReleased, sealReleased } from './gate.ts';
import { EDITIONS } from './item.ts';
import { isEnvelopeItem } from './items/envelope.ts';
import type { Message } from './message.ts';

const ATTRIBUTED = MESSAGES.filter(({ attribution }) => attribution === 'attributed');

/** A message with the example of each of its items. */
function full(message: Message, reason = Object.keys(message.reasons)[0]!): Candidate {
  const ids = message.items.filter((id) => !isEnvelopeItem(id));
  return {
    message: message.id,
    reason,
    items: Object.fromEntries(ids.map((id) => [id, itemOf(id)!.example])),
  };
}

const DETECTION = full(MESSAGES.find(({ id }) => id === 'detection')!);

function sentItems(released: Released): string[] {
  return Object.keys((JSON.parse(released.json) as { items: object }).items);
}

for (const edition of EDITIONS)
  for (const level of PARTICIPATION_LEVELS)
    test(`gate: ${edition}, ${level}: each message leaves with just the items of the table, or stays`, () => {
      const consent = consentTo(level, edition);
      for (const message of ATTRIBUTED) {
        const decision = gateMessage(full(message), consent, TODAY);
        const allowed = message.items.filter(
          (id) =>
            !isEnvelopeItem(id) &&
            allows(level, itemOf(id)!.participation) &&
            itemOf(id)!.editions.includes(edition),
        );
        if (!allows(level, message.from)) {
          assert.equal(decision.kind, 'withheld', message.id);
          continue;
        }
        if (message.required.some((id) => !allowed.includes(id))) {
          assert.deepEqual([decision.kind, message.from], ['withheld', 'extended'], message.id);
          continue;
        }
        assert.ok(decision.kind === 'released', message.id);
        assert.deepEqual(sentItems(decision.message), allowed, message.id);
        const stayed = message.items.filter((id) => !isEnvelopeItem(id) && !allowed.includes(id));
        assert.deepEqual(decision.withheld.map(({ item }) => item).sort(), stayed.sort(), message.id);
      }
    });

const EXTENDED = consentTo('extended');

/** What becomes of a detection in which something is changed: its items that stayed, or why all of it did. */
function outcome(change: Partial<Candidate>, consent: Consent = EXTENDED, today = TODAY): string {
  const decision = gateMessage({ ...DETECTION, ...change }, consent, today);
  if (decision.kind === 'withheld') return `${decision.reason} ${decision.item ?? 'message'}`;
  return decision.withheld.map(({ item, reason }) => `${reason} ${item}`).join(', ') || 'all';
}

function items(change: Record<string, unknown>): Partial<Candidate> {
  return { items: { ...DETECTION.items, ...change } };
}

test('gate: what is wrong stays, is named with its reason, and is never cut to fit', () => {
  const accepted = new Map(EXTENDED.accepted);
  accepted.delete('object.size');
  const older = new Map(EXTENDED.accepted).set('object.sha256', '0'.repeat(12));
  const table: [string, Partial<Candidate>, Consent, string, string][] = [
    ['as it is', {}, EXTENDED, TODAY, 'all'],
    ['no such message', { message: 'gossip' }, EXTENDED, TODAY, 'undeclared message'],
    ['a look-up is none of these', { message: 'lookup' }, EXTENDED, TODAY, 'undeclared message'],
    ['a name of every object', { message: 'toString' }, EXTENDED, TODAY, 'undeclared message'],
    ['no such reason', { reason: 'curious' }, EXTENDED, TODAY, 'undeclared message'],
    ['a field that nobody declared', items({ 'object.mood': 1 }), EXTENDED, TODAY, 'undeclared object.mood'],
    [
      'an item of another message',
      items({ 'wifi.network_name': 'home' }),
      EXTENDED,
      TODAY,
      'undeclared wifi.network_name',
    ],
    ['a wrong type', items({ 'object.size': 'large' }), EXTENDED, TODAY, 'wrong-type object.size'],
    ['beyond a limit', items({ 'object.name': 'x'.repeat(1e4) }), EXTENDED, TODAY, 'over-limit object.name'],
    ['a required one wrong', items({ 'object.sha256': 'x' }), EXTENDED, TODAY, 'wrong-type object.sha256'],
    ['a required one away', items({ 'object.sha256': undefined }), EXTENDED, TODAY, 'required object.sha256'],
    ['off', {}, NO_CONSENT, TODAY, 'participation message'],
    ['not listed in what was accepted', {}, { ...EXTENDED, accepted }, TODAY, 'not-accepted object.size'],
    ['accepted as it was once', {}, { ...EXTENDED, accepted: older }, TODAY, 'not-accepted object.sha256'],
    ['opt-out: told is enough', {}, { ...EXTENDED, accepted, regime: 'opt-out' }, TODAY, 'all'],
    ['other terms', {}, { ...EXTENDED, termsAccepted: false }, TODAY, 'terms message'],
    ['after the end of a declaration', {}, EXTENDED, '2031-01-01', 'expired object.threat_name'],
  ];
  for (const [name, change, consent, today, want] of table)
    assert.equal(outcome(change, consent, today), want, name);
});

test('gate: alarm, receipt and erasure leave at every participation, whatever the terms', () => {
  for (const id of ['consent-receipt-request', 'tamper-alarm', 'erasure-request']) {
    const message = MESSAGES.find((each) => each.id === id)!;
    assert.equal(gateMessage(full(message), NO_CONSENT, TODAY).kind, 'released', id);
  }
});

test('gate: a message beyond its size stays whole', () => {
  const message = MESSAGES.find(({ id }) => id === 'consent-receipt-request')!;
  const big = Buffer.alloc(32_768).toString('base64');
  const candidate = full(message);
  const fits = { ...candidate, items: { ...candidate.items, 'connection.consent_record': big } };
  assert.equal(gateMessage(fits, NO_CONSENT, TODAY).kind, 'released');
  assert.ok(big.length < message.maxBytes);
});

test('gate: the hub finds the first thing that should not have been sent, in the same words', () => {
  assert.equal(faultOfArrived(DETECTION, EXTENDED, TODAY), null);
  const fault = faultOfArrived({ ...DETECTION, ...items({ 'object.mood': 1 }) }, EXTENDED, TODAY);
  assert.deepEqual([fault?.item, fault?.reason], ['object.mood', 'undeclared']);
  const standard = faultOfArrived(DETECTION, consentTo('standard'), TODAY);
  assert.equal(standard?.reason, 'participation');
  assert.deepEqual(faultOfArrived(DETECTION, NO_CONSENT, TODAY)?.item, null);
});

const anyItems = fc.dictionary(
  fc.oneof(fc.constantFrom(...ITEMS.map(({ id }) => id)), fc.string({ maxLength: 8 })),
  fc.oneof(fc.anything(), fc.constantFrom(...ITEMS.map(({ example }) => example))),
  { maxKeys: 12 },
);

test('gate: whatever is offered, what leaves is declared, accepted, of its edition, and is what was offered', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MESSAGES, { id: 'none', reasons: { x: '' } }),
      anyItems,
      fc.constantFrom(...PARTICIPATION_LEVELS),
      fc.constantFrom(...EDITIONS),
      fc.constantFrom(...REGIMES),
      fc.subarray(ITEMS.map(({ id }) => id)),
      fc.boolean(),
      (message, offered, level, edition, regime, dropped, termsAccepted) => {
        const whole = consentTo(level, edition);
        const accepted = new Map([...whole.accepted].filter(([id]) => !dropped.includes(id)));
        const consent = { ...whole, regime, accepted, termsAccepted };
        const reason = Object.keys(message.reasons)[0]!;
        const decision = gateMessage({ message: message.id, reason, items: offered }, consent, TODAY);
        if (decision.kind === 'withheld') return;
        const sent = (JSON.parse(decision.message.json) as { items: Record<string, unknown> }).items;
        const declared = MESSAGES.find(({ id }) => id === message.id)!;
        for (const [id, value] of Object.entries(sent)) {
          const item = itemOf(id)!;
          assert.ok(declared.items.includes(id) && allows(level, item.participation));
          assert.deepEqual(value, JSON.parse(JSON.stringify(offered[id])));
          if (item.participation === 'connection') continue;
          assert.ok(termsAccepted && item.editions.includes(edition));
          assert.ok(regime === 'opt-out' || !dropped.includes(id));
        }
        assert.ok(declared.required.every((id) => Object.hasOwn(sent, id)));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('gate: a connection shows only calls that are declared, with the headers that are declared', () => {
  const call = { reason: 'lists', method: 'GET', path: '/v1/lists' } as const;
  const decide = (change: object): string => {
    const decision = gateConnection({ ...call, ...change });
    return decision.kind === 'released' ? decision.request.message : decision.reason;
  };
  assert.equal(decide({}), 'connection');
  assert.equal(decide({ headers: { 'if-none-match': '"12"' } }), 'connection');
  assert.equal(decide({ path: `/v1/lists/files/${'a'.repeat(64)}` }), 'connection');
  for (const change of [
    { path: '/v1/lists?host=me' },
    { path: '/v1/lists/files/abc' },
    { reason: 'events' },
    { method: 'POST' },
    { headers: { 'user-agent': 'me' } },
    { headers: { 'if-none-match': '"a b"' } },
    { reason: 'gossip' },
  ])
    assert.equal(decide(change), 'undeclared', JSON.stringify(change));
  assert.equal(decide({ body: Buffer.from('x') }), 'over-limit');
});

test('gate: what was only cast to be released is none, and cannot be sealed', async () => {
  const decision = gateMessage(DETECTION, EXTENDED, TODAY);
  assert.ok(decision.kind === 'released' && isReleased(decision.message));
  const forged = { ...decision.message } as unknown as Released;
  assert.equal(isReleased(forged), false);
  assert.equal(isOutgoing({ path: '/' } as unknown as Outgoing), false);
  await assert.rejects(sealReleased(forged, {} as never, {} as never), TypeError);
});

function sources(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return name === 'node_modules' ? [] : sources(path);
    return /\.(?:ts|tsx|js)$/.test(name) && !/(?:\.test|-fixture|test-\w+)\.ts$/.test(name) ? [path] : [];
  });
}

test('gate: no other file makes what the sender accepts', () => {
  const packages = fileURLToPath(new URL('../../../', import.meta.url));
  const makers = sources(packages).filter((path) => {
    const code = readFileSync(path, 'utf8');
    return /new (?:Released|Outgoing)\w*\(|as (?:unknown as )?(?:Released|Outgoing)\b/.test(code);
  });
  assert.deepEqual(
    makers.map((path) => path.slice(packages.length)),
    ['tocsin/src/catalog/gate.ts'],
  );
});
