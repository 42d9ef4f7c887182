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
    if (kind === 'admitted') load.done(piece);
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
      const open: number[] = [];
      for (const [i, step] of steps.entries()) {
        if (step <= 0) {
          const bytes = open.shift();
          if (bytes !== undefined) load.done(bytes);
        } else if (load.admit(`client ${i}`, step).kind === 'admitted') open.push(step);
        assert.ok(open.reduce((sum, bytes) => sum + bytes, 0) <= LOAD_LIMITS.maxBytesAtOnce);
      }
      for (const bytes of open) load.done(bytes);
      assert.equal(load.admit('last', LOAD_LIMITS.maxBytesAtOnce).kind, 'admitted');
    }),
    { numRuns: 200 },
  );
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
  const first = Array.from({ length: LOAD_LIMITS.maxBytesAtOnce / body.length }, ask);
  await new Promise((done) => setTimeout(done, 100));
  const refused = await ask();
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
  go();
  for (const answer of await Promise.all(first)) assert.equal(answer.statusCode, 200);
  assert.equal((await ask()).statusCode, 200);
});
