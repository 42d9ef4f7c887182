// The vectors of spec/vectors/{consent,settings,policy,terms}, each run in every way the code offers, and the parsers
// behind them over arbitrary bytes.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBase64 } from '../protocol/base64.ts';
import { parseEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';
import { encodeReceipt, peekReceipt, verifyReceipt } from './consent-receipt.ts';
import { encodeRecord, peekRecord, verifyRecord } from './consent-record.ts';
import { Fields } from './fields.ts';
import type { Policy } from './policy.ts';
import { encodePolicy, liveUntil, parsePolicy, peekPolicy, verifyPolicy } from './policy.ts';
import type { Settings } from './settings.ts';
import { encodeSettings, parseSettings, verifySettings } from './settings.ts';
import type { Terms } from './terms.ts';
import { encodeTerms, parseTerms, termsFingerprint, verifyTerms } from './terms.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly want: string;
}

function vectors<T>(name: string): T {
  const file = new URL(`../../../../spec/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function outcome(run: () => unknown, good = 'accepted'): string {
  try {
    run();
    return good;
  } catch (error) {
    if (error instanceof TocsinError) return error.code;
    throw error;
  }
}

function spki(base64: string): ReturnType<typeof createPublicKey> {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
}

const records = vectors<{
  machineKey: string;
  cases: { name: string; text: string; hub: string }[];
}>('consent/records');

test('consent records: each vector, verified and peeked at', () => {
  const key = spki(records.machineKey);
  for (const { name, text, hub } of records.cases) {
    assert.equal(
      outcome(() => verifyRecord(text, key)),
      hub,
      name,
    );
    if (hub === 'accepted') assert.deepEqual(peekRecord(text), verifyRecord(text, key), name);
    if (hub === 'format' || hub === 'limit')
      assert.equal(
        outcome(() => peekRecord(text)),
        hub,
        name,
      );
  }
  const { record } = peekRecord(records.cases[0]!.text);
  assert.deepEqual(encodeRecord(record), payloadOf(records.cases[0]!.text));
});

const receipts = vectors<{ receiptKey: string; cases: Case[] }>('consent/receipts');

test('receipts: each vector, verified and peeked at', () => {
  const key = parseBase64(receipts.receiptKey)!;
  for (const { name, text, want } of receipts.cases) {
    const code = want === 'kept' || want === 'conflict' ? 'accepted' : want;
    assert.equal(
      outcome(() => verifyReceipt(text, key)),
      code,
      name,
    );
    if (code !== 'pin')
      assert.equal(
        outcome(() => peekReceipt(text)),
        code,
        name,
      );
  }
  const { receipt } = peekReceipt(receipts.cases[0]!.text);
  assert.deepEqual(encodeReceipt(receipt), payloadOf(receipts.cases[0]!.text));
});

const settings = vectors<{ machineKey: string; settings: Settings; cases: Case[] }>('settings/settings');

test('settings: each vector', () => {
  const key = spki(settings.machineKey);
  for (const { name, text, want } of settings.cases)
    assert.equal(
      outcome(() => verifySettings(text, key)),
      want,
      name,
    );
  assert.deepEqual(verifySettings(settings.cases[0]!.text, key).settings, settings.settings);
  assert.deepEqual(encodeSettings(settings.settings), payloadOf(settings.cases[0]!.text));
});

test('settings: no byte of the text can be another one', () => {
  const key = spki(settings.machineKey);
  const { text } = settings.cases[0]!;
  for (let at = 0; at < text.length; at++)
    for (const bit of [0, 3, 5]) {
      const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      assert.notEqual(
        outcome(() => verifySettings(changed, key)),
        'accepted',
        `byte ${at}`,
      );
    }
});

const policies = vectors<{ receiptKey: string; policy: Policy; cases: Case[] }>('policy/policy');

test('policies: each vector, verified and peeked at', () => {
  const key = parseBase64(policies.receiptKey)!;
  for (const { name, text, want } of policies.cases) {
    assert.equal(
      outcome(() => verifyPolicy(text, key)),
      want,
      name,
    );
    if (want !== 'pin')
      assert.equal(
        outcome(() => peekPolicy(text)),
        want,
        name,
      );
  }
  const { text } = policies.cases[0]!;
  assert.deepEqual(verifyPolicy(text, key), policies.policy);
  assert.deepEqual(encodePolicy(policies.policy), payloadOf(text));
  assert.equal(liveUntil(policies.policy), (policies.policy.expires + 86_400) * 1000);
});

const terms = vectors<{ receiptKey: string; terms: Terms; cases: (Case & { fingerprint?: string })[] }>(
  'terms/terms',
);

test('terms: each vector, with what an acceptance is bound to', () => {
  const key = parseBase64(terms.receiptKey)!;
  for (const { name, text, want, fingerprint } of terms.cases) {
    assert.equal(
      outcome(() => verifyTerms(text, key)),
      want,
      name,
    );
    if (fingerprint !== undefined) assert.equal(termsFingerprint(verifyTerms(text, key)), fingerprint, name);
  }
  assert.deepEqual(encodeTerms(terms.terms), payloadOf(terms.cases[0]!.text));
});

test('whatever is signed: a value of the format, or a TocsinError, and what was read is written the same', () => {
  const parsers: readonly [string, Uint8Array, (value: unknown) => Uint8Array][] = [
    [
      'settings',
      encodeSettings(settings.settings),
      (v) => encodeSettings(parseSettings(new Fields('settings', v))),
    ],
    ['policy', encodePolicy(policies.policy), (v) => encodePolicy(parsePolicy(new Fields('policy', v)))],
    ['terms', encodeTerms(terms.terms), (v) => encodeTerms(parseTerms(v))],
  ];
  for (const [name, bytes, again] of parsers) {
    const whole = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    assert.deepEqual(Buffer.from(again(whole)), Buffer.from(bytes), name);
    const member = fc.constantFrom(...Object.keys(whole));
    const change = fc.tuple(member, fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    const changes = fc
      .array(change, { maxLength: 3 })
      .map((list) => ({ ...whole, ...Object.fromEntries(list) }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), changes), (changed) => {
        let once: Uint8Array;
        try {
          once = again(changed);
        } catch (error) {
          assert.ok(error instanceof TocsinError, String(error));
          return;
        }
        const twice = again(JSON.parse(Buffer.from(once).toString()));
        assert.deepEqual(Buffer.from(twice), Buffer.from(once), name);
      }),
      { seed: 20260115, numRuns: 400 },
    );
  }
});

test('texts of the hub: arbitrary text, cut anywhere, is a TocsinError', () => {
  const key = parseBase64(policies.receiptKey)!;
  const texts = [policies.cases[0]!.text, receipts.cases[0]!.text];
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(600), fc.string(), (text, at, noise) => {
      const cut = text.slice(0, at) + noise;
      if (cut === text) return;
      for (const read of [() => verifyPolicy(cut, key), () => peekPolicy(cut), () => verifyReceipt(cut, key)])
        assert.notEqual(outcome(read), 'accepted');
    }),
    { seed: 20260115 },
  );
});

function payloadOf(text: string): Uint8Array {
  return Buffer.from(parseEnvelope(text).payload);
}
