import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consent } from '../../catalog/consent.ts';
import { NO_CONSENT } from '../../catalog/consent.ts';
import { consentTo } from '../../catalog/consent-fixture.ts';
import type { Outgoing } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import { HandWorld, keyOf } from '../client-fixture.ts';
import type { HistoryAnswer, HistoryParts } from './history.ts';
import { askHistory } from './history.ts';

const KEY = keyOf('file-sha256', 1);
const NOTHING = { v: 1, standing: 'none', firstSeen: null, machines: null, claims: [], unread: [] };

/** A hub that says what it is told to say, and what reached it. */
class Stage {
  readonly left: string[] = [];
  consent: Consent = consentTo('extended');
  prepared = 0;
  prepare: () => void = () => {};
  answer: () => unknown = () => NOTHING;

  ask(joined = true): Promise<HistoryAnswer> {
    const send: HistoryParts['send'] = async ({ path, body }: Outgoing) => {
      this.left.push(`${path} ${Buffer.from(body!).toString().trimEnd()}`);
      return this.answer();
    };
    return askHistory(KEY, {
      send: joined ? send : null,
      prepare: async () => {
        this.prepared++;
        this.prepare();
      },
      consent: () => this.consent,
      clock: new HandWorld().clock,
    });
  }
}

test('with extended exactly the kind and the whole key leave, once', async () => {
  const stage = new Stage();
  assert.deepEqual(await stage.ask(), { kind: 'told', history: NOTHING });
  assert.deepEqual(stage.left, [`/v1/history {"v":1,"kind":"file-sha256","key":"${toHex(KEY.bytes)}"}`]);
});

test('with anything less nothing leaves, not even the look at the newest choice, and one clause says why', async () => {
  const stage = new Stage();
  const extended = stage.consent;
  const table: [Consent, RegExp][] = [
    [NO_CONSENT, /^participation is off, and the whole digest of an object leaves with extended only$/],
    [consentTo('standard'), /^participation is standard, and/],
    [{ ...extended, accepted: new Map() }, /^the Statement has changed and was not accepted yet$/],
    [{ ...extended, termsAccepted: false }, /terms have changed/],
  ];
  for (const [consent, why] of table) {
    stage.consent = consent;
    const answer = await stage.ask();
    assert.ok(answer.kind === 'not-asked');
    assert.match(answer.why, why);
  }
  assert.deepEqual(await stage.ask(false), { kind: 'not-asked', why: 'this machine has joined no hub' });
  assert.deepEqual([stage.left, stage.prepared], [[], 0]);
});

test('a withdrawal that the hub knows of counts before the question leaves', async () => {
  const stage = new Stage();
  stage.prepare = () => {
    stage.consent = consentTo('standard');
  };
  assert.equal((await stage.ask()).kind, 'not-asked');
  assert.deepEqual(stage.left, []);
});

test('a hub that is away, refuses or answers nonsense is no answer', async () => {
  const stage = new Stage();
  stage.answer = () => ({ ...NOTHING, v: 2 });
  assert.match(JSON.stringify(await stage.ask()), /no-answer.*Cannot read the history/);
  stage.answer = () => {
    throw new TocsinError('denied', 'Cannot take the message: it should not have been sent');
  };
  assert.match(JSON.stringify(await stage.ask()), /no-answer.*should not have been sent/);
  stage.prepare = () => {
    throw new TocsinError('unreachable', 'Cannot reach the hub: connection refused');
  };
  assert.match(JSON.stringify(await stage.ask()), /no-answer.*Cannot reach the hub/);
  assert.equal(stage.left.length, 2);
});
