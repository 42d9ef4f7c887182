import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastify from 'fastify';
import { guardLoad, LOAD_LIMITS, LookupLoad } from './load.ts';

class HandClock {
  ms = 0;
  now = (): number => 0;
  monotonic = (): number => this.ms;
}

test('load: one client has its burst and its rate, another its own', () => {
  const clock = new HandClock();
  const load = new LookupLoad(clock);
  const piece = 2 ** 20;
  const ask = (client: string): string => {
    const { kind } = load.admit(client, piece);
    if (kind === 'admitted') load.done(client, piece);
    return kind;
  };
  const asked = Array.from({ length: LOAD_LIMITS.burstBytes / piece + 5 }, () => ask('a'));
  assert.equal(asked.filter((kind) => kind === 'admitted').length, LOAD_LIMITS.burstBytes / piece);
  assert.equal(ask('a'), 'too-many');
  assert.equal(ask('b'), 'admitted');
  clock.ms += 1_000;
  const later = Array.from({ length: 100 }, () => ask('a'));
  assert.equal(later.filter((kind) => kind === 'admitted').length, LOAD_LIMITS.bytesPerSecond / piece);
});

test('load: however requests come and go, no more is under way than may be, and all comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 2 ** 21 }), { maxLength: 400 }), (steps) => {
      const load = new LookupLoad(new HandClock());
      const open: (readonly [client: string, bytes: number])[] = [];
      const sum = (of: typeof open): number => of.reduce((bytes, [, each]) => bytes + each, 0);
      for (const [i, step] of steps.entries()) {
        const client = `client ${i % 5}`;
        if (step <= 0) {
          const first = open.shift();
          if (first !== undefined) load.done(...first);
        } else if (load.admit(client, step).kind === 'admitted') open.push([client, step]);
        const own = open.filter(([who]) => who === client);
        assert.ok(sum(open) <= LOAD_LIMITS.maxBytesAtOnce);
        assert.ok(sum(own) <= LOAD_LIMITS.maxClientBytesAtOnce && own.length <= LOAD_LIMITS.maxClientAtOnce);
      }
      for (const each of open) load.done(...each);
      assert.equal(load.admit('last', LOAD_LIMITS.maxClientBytesAtOnce).kind, 'admitted');
    }),
    { numRuns: 200 },
  );
});

test('load: whoever opens large bodies and sends nothing keeps out himself, and nobody who asks by prefix', () => {
  const load = new LookupLoad(new HandClock());
  const large = 2 ** 21;
  const admitted = (client: string, bytes: number): boolean => load.admit(client, bytes).kind === 'admitted';
  const one = Array.from({ length: 40 }, () => admitted('one', large)).filter(Boolean).length;
  assert.equal(one, LOAD_LIMITS.maxClientBytesAtOnce / large);
  assert.ok(admitted('other', large));
  for (let n = 0; n < 40; n++) while (admitted(`crowd ${n}`, large));
  assert.deepEqual(load.admit('late', large).kind, 'busy');
  assert.ok(admitted('late', 128));
});

test('load: what an answer weighs counts for what may be asked next', () => {
  const clock = new HandClock();
  const load = new LookupLoad(clock);
  const ask = (): string => {
    const { kind } = load.admit('a', 128);
    if (kind === 'admitted') load.done('a', 128);
    return kind;
  };
  for (let n = 0; n < 8; n++) {
    assert.equal(ask(), 'admitted');
    load.charge('a', 2 ** 25);
  }
  assert.equal(ask(), 'too-many');
  clock.ms += 1_000;
  assert.equal(ask(), 'admitted');
});

test('load: a hub that is full says so before it reads, and takes more once an answer has ended', async (t) => {
  const app = fastify({ bodyLimit: 2 ** 22 });
  t.after(() => app.close());
  let go = (): void => {};
  const held = new Promise<void>((done) => {
    go = done;
  });
  app.decorateRequest('machine', null);
  guardLoad(app, new LookupLoad(new HandClock()));
  app.addContentTypeParser('application/x', { parseAs: 'buffer' }, (_r, body, done) => done(null, body));
  app.post('/ask', async () => {
    await held;
    return 'answered';
  });
  const body = Buffer.alloc(2 ** 20);
  const ask = () =>
    app.inject({ method: 'POST', url: '/ask', headers: { 'content-type': 'application/x' }, payload: body });
  const first = Array.from({ length: LOAD_LIMITS.maxClientBytesAtOnce / body.length }, ask);
  await new Promise((done) => setTimeout(done, 100));
  const refused = await ask();
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [429, '1']);
  go();
  for (const answer of await Promise.all(first)) assert.equal(answer.statusCode, 200);
  assert.equal((await ask()).statusCode, 200);
});
