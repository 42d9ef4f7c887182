import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consent } from '../../catalog/consent.ts';
import { NO_CONSENT } from '../../catalog/consent.ts';
import { consentTo } from '../../catalog/consent-fixture.ts';
import type { Outgoing } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import type { KeyKind, ObjectKey } from '../../protocol/kinds.ts';
import { KEY_KINDS } from '../../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../../protocol/lookup.ts';
import { suffixRange } from '../../protocol/lookup.ts';
import { QUESTION_SIZES } from '../../protocol/padding.ts';
import type { ClassRecord } from '../../protocol/verdict.ts';
import { BAD, HandWorld, keyOf, TRUSTED } from '../client-fixture.ts';
import type { FarRung } from './ask-far.ts';
import { createFarRung, FAR_LIMITS } from './ask-far.ts';
import { PATIENCE_LIMITS } from './patience.ts';
import { prefixQuestion } from './response.ts';

const YES = consentTo('standard');

/** A hub that knows some objects, and the exact texts that reached it. */
class Stage {
  readonly world = new HandWorld();
  readonly left: string[] = [];
  readonly reasons: (string | null)[] = [];
  readonly known = new Map<string, { readonly key: ObjectKey; readonly record: ClassRecord }>();
  consent: Consent = YES;
  /** What the look at the hub's newest consent does before the first question. */
  prepare: () => Promise<void> = async () => {};
  rules: { revision: number; prefixBits: Partial<Record<KeyKind, number>> } | null = {
    revision: 1,
    prefixBits: { 'file-sha256': 8, 'file-md5': 8, url: 4, host: 4 },
  };
  failure: Error | null = null;
  /** Of the lists from which the hub answers. */
  revision = 1;
  readonly far: FarRung = this.rung(true);

  rung(joined: boolean, reason?: 'asked'): FarRung {
    return createFarRung({
      ...(reason === undefined ? {} : { reason }),
      send: joined ? async (outgoing) => this.#answer(outgoing) : null,
      prepare: () => this.prepare(),
      consent: () => this.consent,
      rules: () => this.rules,
      clock: this.world.clock,
    });
  }

  know(key: ObjectKey, record: ClassRecord): ObjectKey {
    this.known.set(toHex(key.bytes), { key, record });
    return key;
  }

  #answer({ body, reason }: Outgoing): unknown {
    const text = Buffer.from(body!).toString();
    assert.ok(QUESTION_SIZES.includes(body!.length), `${body!.length} bytes left`);
    this.left.push(text.trimEnd());
    this.reasons.push(reason);
    if (this.failure !== null) throw this.failure;
    const { prefixes } = JSON.parse(text) as { prefixes: PrefixQuestion[] };
    const all = [...this.known.values()];
    const buckets = prefixes.map(({ kind, bits, prefix }) =>
      all.flatMap(({ key }, i) =>
        key.kind === kind && prefixQuestion(kind, key.bytes, bits).prefix === prefix
          ? [{ suffix: suffixOf(key, bits), class: i }]
          : [],
      ),
    );
    return {
      v: 1,
      revision: this.revision,
      classes: all.map(({ record }) => record),
      buckets,
      unknownLifetime: 60,
    };
  }
}

function suffixOf({ kind, bytes }: ObjectKey, bits: number): string {
  const { start, end } = suffixRange(kind, bits);
  return toHex(bytes.subarray(start, end));
}

/** A key of the kind with this first byte. */
function keyUnder(kind: KeyKind, first: number, n: number): ObjectKey {
  const bytes = Uint8Array.from(keyOf(kind, n).bytes);
  bytes[0] = first;
  return { kind, bytes };
}

test('exactly these bytes leave for two files: kind, bits and prefix of each', async () => {
  const stage = new Stage();
  await stage.far.ask([keyUnder('file-sha256', 0x9f, 1), keyUnder('file-sha256', 0x0a, 2)]);
  assert.deepEqual(stage.left, [
    '{"v":1,"prefixes":[{"kind":"file-sha256","bits":8,"prefix":"9f"},{"kind":"file-sha256","bits":8,"prefix":"0a"}]}',
  ]);
});

test('of a group only the very object is answered', async () => {
  const stage = new Stage();
  const bad = stage.know(keyUnder('file-sha256', 0x9f, 1), BAD);
  const [first, second] = await stage.far.ask([bad, keyUnder('file-sha256', 0x9f, 2)]);
  assert.equal(stage.left.length, 1);
  assert.deepEqual(
    [first?.verdict.level, first?.verdict.name, first?.answeredBy, first?.lifetime],
    ['malicious', BAD.name, 'hub', BAD.lifetime],
  );
  assert.deepEqual([second?.verdict.level, second?.answeredBy, second?.lifetime], ['unknown', 'hub', 60]);
});

test('the parts of an address travel one by one', async () => {
  const stage = new Stage();
  await stage.far.ask([keyUnder('url', 0x10, 1), keyUnder('url', 0x20, 2), keyUnder('host', 0x10, 3)]);
  assert.deepEqual(stage.left.sort(), [
    '{"v":1,"prefixes":[{"kind":"host","bits":4,"prefix":"10"}]}',
    '{"v":1,"prefixes":[{"kind":"url","bits":4,"prefix":"10"}]}',
    '{"v":1,"prefixes":[{"kind":"url","bits":4,"prefix":"20"}]}',
  ]);
});

test('many files are cut into envelopes, equal prefixes are asked once', async () => {
  const stage = new Stage();
  stage.rules = { revision: 1, prefixBits: { 'file-sha256': 20 } };
  const keys = Array.from({ length: 2 * FAR_LIMITS.prefixesPerEnvelope + 1 }, (_, n) =>
    keyOf('file-sha256', n),
  );
  const answers = await stage.far.ask([...keys, ...keys]);
  assert.equal(answers.length, 2 * keys.length);
  assert.ok(answers.every(({ answeredBy }) => answeredBy === 'hub'));
  assert.equal(stage.left.length, 3);
});

test('with participation off nothing leaves and nobody answers', async () => {
  const stage = new Stage();
  stage.consent = NO_CONSENT;
  const answers = await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.deepEqual(
    [answers[0]?.answeredBy, answers[0]?.lifetime, stage.far.missing],
    ['none', 0, 'participation is off'],
  );
  assert.deepEqual(stage.left, []);
});

test('a question says why it is asked, in the words of the catalog', async () => {
  const stage = new Stage();
  await stage.far.ask([keyUnder('file-sha256', 0x9f, 1)]);
  await stage.rung(true, 'asked').ask([keyUnder('file-sha256', 0x9f, 1)]);
  assert.deepEqual(stage.reasons, ['unknown', 'asked']);
});

test('other reasons why nobody can be asked are told, and nothing leaves', async () => {
  const stage = new Stage();
  stage.consent = { ...YES, accepted: new Map() };
  await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.match(stage.far.missing ?? '', /Statement has changed/);
  const alone = stage.rung(false);
  await alone.ask([keyOf('file-sha256', 1)]);
  assert.equal(alone.missing, 'not joined');
  stage.consent = YES;
  stage.rules = null;
  const fresh = stage.rung(true);
  await fresh.ask([keyOf('file-sha256', 1)]);
  assert.match(fresh.missing ?? '', /never fetched/);
  assert.deepEqual(stage.left, []);
});

test('a newer choice that the hub knows counts before the first question leaves, and a hub that is away stops it', async () => {
  const stage = new Stage();
  stage.prepare = async () => {
    stage.consent = NO_CONSENT;
  };
  const [answer] = await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.deepEqual([answer?.answeredBy, stage.far.missing], ['none', 'participation is off']);
  stage.consent = YES;
  stage.prepare = async () => {
    throw new TocsinError('unreachable', 'Cannot reach the hub');
  };
  await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.match(stage.far.missing ?? '', /hub unreachable/);
  assert.deepEqual(stage.left, []);
});

test('asking for nothing misses nothing', async () => {
  const stage = new Stage();
  stage.consent = NO_CONSENT;
  assert.deepEqual(await stage.far.ask([]), []);
  assert.equal(stage.far.missing, null);
});

test('a consent that is withdrawn in the middle stops the next envelope', async () => {
  const stage = new Stage();
  await stage.far.ask([keyOf('file-sha256', 1)]);
  stage.consent = NO_CONSENT;
  const [answer] = await stage.far.ask([keyOf('file-sha256', 2)]);
  assert.equal(answer?.answeredBy, 'none');
  assert.equal(stage.left.length, 1);
});

test('a kind of which the hub knows too little is not asked about: the lists here hold all of it', async () => {
  const stage = new Stage();
  const [answer] = await stage.far.ask([keyOf('ip', 1)]);
  assert.deepEqual([answer?.verdict.level, answer?.answeredBy], ['unknown', 'list']);
  assert.deepEqual(stage.left, []);
});

test('a hub that is away is left alone for a while, then asked again', async () => {
  const stage = new Stage();
  stage.failure = new TocsinError('unreachable', 'Cannot reach the hub: connection refused');
  const [answer] = await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.equal(answer?.answeredBy, 'none');
  assert.equal(stage.far.missing, 'hub unreachable: Cannot reach the hub: connection refused');
  await stage.far.ask([keyOf('file-sha256', 2)]);
  assert.equal(stage.left.length, 1);
  stage.failure = null;
  stage.world.pass(PATIENCE_LIMITS.restMs / 1000);
  const [later] = await stage.far.ask([keyOf('file-sha256', 1)]);
  assert.equal(later?.answeredBy, 'hub');
});

test('a hub that answers nonsense is no answer', async () => {
  const stage = new Stage();
  stage.know(keyUnder('file-sha256', 0x9f, 1), { ...BAD, level: 'evil' as 'malicious' });
  const [answer] = await stage.far.ask([keyUnder('file-sha256', 0x9f, 1)]);
  assert.equal(answer?.answeredBy, 'none');
  assert.match(stage.far.missing ?? '', /hub did not answer/);
});

test('a fresh group is not asked for again, a stale one is', async () => {
  const stage = new Stage();
  const bad = stage.know(keyUnder('file-sha256', 0x9f, 1), BAD);
  await stage.far.ask([keyUnder('file-sha256', 0x9f, 2)]);
  stage.world.pass(20);
  const [known, unknown] = await stage.far.ask([bad, keyUnder('file-sha256', 0x9f, 3)]);
  assert.deepEqual([known?.verdict.level, known?.answeredBy], ['malicious', 'hub']);
  assert.deepEqual([unknown?.answeredBy, unknown?.lifetime], ['hub', 40]);
  assert.equal(stage.left.length, 1);
  stage.world.pass(40);
  await stage.far.ask([bad]);
  assert.equal(stage.left.length, 2);
});

test('a kept answer, good, bad or none, counts no more once lists of a newer revision are known here', async () => {
  const stage = new Stage();
  const bad = stage.know(keyUnder('file-sha256', 0x9f, 1), BAD);
  const silent = keyUnder('file-sha256', 0x9f, 2);
  await stage.far.ask([bad, silent]);
  stage.know(silent, BAD);
  const levels = async () => (await stage.far.ask([bad, silent])).map(({ verdict }) => verdict.level);
  assert.deepEqual([await levels(), stage.left.length], [['malicious', 'unknown'], 1], 'within the lifetime');
  stage.rules = { ...stage.rules!, revision: 2 };
  stage.revision = 2;
  assert.deepEqual([await levels(), stage.left.length], [['malicious', 'malicious'], 2]);
  assert.deepEqual([await levels(), stage.left.length], [['malicious', 'malicious'], 2]);
});

test('an answer that names newer lists ends what was kept of other prefixes, and says so', async () => {
  const stage = new Stage();
  const [one, two] = [keyUnder('file-sha256', 0x10, 1), keyUnder('file-sha256', 0x20, 2)];
  await stage.far.ask([one]);
  assert.equal(stage.far.newer, null);
  stage.revision = 5;
  await stage.far.ask([two]);
  assert.equal(stage.far.newer, 5);
  await stage.far.ask([one]);
  assert.equal(stage.left.length, 3);
  await stage.far.ask([one, two]);
  assert.equal(stage.left.length, 3, 'both are of revision 5 now');
  stage.rules = { ...stage.rules!, revision: 5 };
  assert.equal(stage.far.newer, null, 'its lists are here');
});

test('an answer from older lists than are known here is used for what was asked, and not kept', async () => {
  const stage = new Stage();
  stage.rules = { ...stage.rules!, revision: 3 };
  const bad = stage.know(keyUnder('file-sha256', 0x9f, 1), BAD);
  const answers = await stage.far.ask([bad, keyUnder('file-sha256', 0x9f, 2)]);
  assert.deepEqual(
    answers.map(({ verdict, lifetime }) => [verdict.level, lifetime]),
    [
      ['malicious', 0],
      ['unknown', 0],
    ],
  );
  await stage.far.ask([bad]);
  assert.equal(stage.left.length, 2);
});

test('a match by MD5 never says trusted', async () => {
  const stage = new Stage();
  const key = stage.know(keyUnder('file-md5', 0x9f, 1), TRUSTED);
  assert.equal(KEY_KINDS[key.kind].alias, true);
  const [answer] = await stage.far.ask([key]);
  assert.equal(answer?.verdict.level, 'good');
});

test('only what the gate released has the type that is sent', () => {
  const request: LookupRequest = { v: 1, prefixes: [] };
  const send = (
    _message: Parameters<NonNullable<Parameters<typeof createFarRung>[0]['send']>>[0],
  ): void => {};
  // @ts-expect-error a request that did not pass the gate is refused by the compiler
  send(request);
});
