// A machine in front of a hub that refuses for now, over the real channel: what it is told of when is what it does.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { FastifyReply } from 'fastify';
import { consentTo } from 'tocsin/catalog/consent-fixture.ts';
import { join } from 'tocsin/client/channel/enrol.ts';
import { openHub } from 'tocsin/client/channel/open-hub.ts';
import { keyOf } from 'tocsin/client/client-fixture.ts';
import { HomeRecorder } from 'tocsin/client/journal/home-recorder.ts';
import { createFarRung, FAR_LIMITS } from 'tocsin/client/lookup/ask-far.ts';
import { PATIENCE_LIMITS } from 'tocsin/client/lookup/patience.ts';
import { sendLookupOver } from 'tocsin/client/lookup/send-lookup.ts';
import { startHub } from '../server/hub-fixture.ts';
import { sendRefusal } from '../server/problems.ts';

type Refuse = (reply: FastifyReply, now: number) => FastifyReply;

/** A hub that refuses its questions, counted from 0, in these ways, else knows nothing of anything; and its machine. */
async function stageOf(t: TestContext, refusalOf: (n: number, now: number) => Refuse | undefined) {
  let asked = 0;
  const hub = await startHub({
    registerRoutes: (app) => {
      app.post('/v1/lookup', async (request, reply) => {
        const now = hub.world.clock.now();
        const refuse = refusalOf(asked++, now);
        if (refuse !== undefined) return refuse(reply, now);
        const { prefixes } = request.body as { prefixes: unknown[] };
        return { v: 1, revision: 1, classes: [], buckets: prefixes.map(() => []), unknownLifetime: 60 };
      });
    },
  });
  t.after(() => hub.close());
  const home = hub.newHome();
  await join(home, hub.url, await hub.token(), hub.world);
  const consent = consentTo('standard');
  const recorder = new HomeRecorder({ home, world: hub.world, consent: () => consent });
  const channel = await openHub({ home, world: hub.world, recorder });
  t.after(() => {
    channel.close();
    recorder.close();
  });
  const waits: number[] = [];
  const far = createFarRung({
    send: sendLookupOver(async () => channel),
    prepare: async () => {},
    consent: () => consent,
    rules: () => ({ revision: 1, prefixBits: { 'file-sha256': 20 } }),
    clock: hub.world.clock,
    sleep: async (ms) => {
      waits.push(ms);
      hub.world.pass(ms);
    },
  });
  let n = 0;
  const answeredBy = async (count = 1): Promise<string> => {
    const answers = await far.ask(Array.from({ length: count }, () => keyOf('file-sha256', n++)));
    return [...new Set(answers.map((answer) => answer.answeredBy))].join();
  };
  return { far, waits, world: hub.world, answeredBy, asked: () => asked };
}

const busy =
  (status: 429 | 503, retryAfterSeconds?: number): Refuse =>
  (reply) =>
    sendRefusal(reply, {
      status,
      code: 'busy',
      title: 'Busy',
      detail: 'Cannot answer now: too much is under way, want a later call',
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
/** As a server in front of the hub may say it. */
const until =
  (ms: number): Refuse =>
  (reply, now) =>
    reply
      .code(503)
      .header('retry-after', new Date(now + ms).toUTCString())
      .send('come back later');

for (const [name, refusal, ms] of [
  ['429 and two seconds', busy(429, 2), 2_000],
  ['503 and five seconds', busy(503, 5), 5_000],
  ['503 and a date that is near', until(3_000), 3_000],
] as const)
  test(`a hub that answers ${name} is asked once more, and every object is answered`, async (t) => {
    const { answeredBy, waits, asked, far } = await stageOf(t, (n) => [refusal][n]);
    assert.equal(await answeredBy(), 'hub');
    assert.deepEqual([waits, asked(), far.missing], [[ms], 2, null]);
  });

for (const [name, refusal, ms] of [
  ['429 and a minute', busy(429, 60), 60_000],
  ['503 and a date that is a minute away', until(60_000), 60_000],
  ['503 and a day', busy(503, 86_400), PATIENCE_LIMITS.maxRestMs],
  ['503 and no word of when', busy(503), PATIENCE_LIMITS.restMs],
] as const)
  test(`a hub that answers ${name} is left alone so long, and no longer`, async (t) => {
    const { answeredBy, waits, asked, far, world } = await stageOf(t, (n) => [refusal][n]);
    assert.equal(await answeredBy(), 'none');
    assert.match(far.missing ?? '', /^hub did not answer: Cannot (answer now|ask the hub): /);
    world.pass(ms - 1);
    assert.deepEqual([await answeredBy(), asked()], ['none', 1]);
    world.pass(1);
    assert.deepEqual([await answeredBy(), asked(), waits], ['hub', 2, []]);
  });

test('a scan that a hub refuses for a second is answered whole after it', async (t) => {
  let start: number | null = null;
  const { answeredBy, asked, waits } = await stageOf(t, (_n, now) => {
    start ??= now;
    return now < start + 1_000 ? busy(429, 1) : undefined;
  });
  const envelopes = 2 * FAR_LIMITS.envelopesAtOnce;
  assert.equal(await answeredBy(envelopes * FAR_LIMITS.prefixesPerEnvelope), 'hub');
  assert.ok(waits.length > 0 && asked() === envelopes + waits.length, `${asked()} questions`);
});

test('a hub that goes on refusing is asked twice, then left alone', async (t) => {
  const { answeredBy, asked, waits } = await stageOf(t, (n) => (n < 2 ? busy(503, 1) : undefined));
  assert.equal(await answeredBy(), 'none');
  assert.equal(await answeredBy(), 'none');
  assert.deepEqual([asked(), waits], [2, [1_000]]);
});
