// POST /v1/messages under what a hostile machine can make: its certificate and key are good, everything else is not.
// Whatever comes, the hub answers in its own words, and stores only what it says it stored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ITEMS, MESSAGES } from 'tocsin/catalog/catalog.ts';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import type { Answer, TestMachine } from './machine-fixture.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const OWN_WORDS = [200, 400, 403, 409, 413, 422, 429];
const RUNS = { numRuns: 60 };

/** Each sends a body made of what was drawn; the count of stored rows follows the answers. */
async function holds<T>(
  arbitrary: fc.Arbitrary<T>,
  send: (machine: TestMachine, drawn: T) => Promise<Answer>,
): Promise<void> {
  const machine = await hub.participant('extended');
  let expected = 0;
  await fc.assert(
    fc.asyncProperty(arbitrary, async (drawn) => {
      const { status, text, json } = await send(machine, drawn);
      assert.ok(OWN_WORDS.includes(status), `${status}: ${text}`);
      if (status !== 200) assert.match(json.type, /^urn:tocsin:problem:/);
      const alone = !('receipt' in (json ?? {})) && !('confirmation' in (json ?? {}));
      if (status === 200 && json.outcome === 'stored' && alone) expected++;
      if (json?.confirmation !== undefined) expected = await hub.stored(machine);
      assert.equal(await hub.stored(machine), expected);
    }),
    RUNS,
  );
  assert.deepEqual(
    hub.log.filter((line) => line.startsWith('a request failed')),
    [],
  );
}

test('fuzz: arbitrary bytes, with and without the head of a message', async () => {
  const head = (): Buffer =>
    Buffer.concat([Buffer.from('TSM1'), Buffer.from(hub.keys.keys.document.age[0]!.id, 'hex')]);
  await holds(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 2_000 })), (machine, [withHead, bytes]) =>
    machine.sendBody(withHead ? Buffer.concat([head(), bytes]) : bytes),
  );
});

test('fuzz: arbitrary content, well signed and sealed', async () => {
  const clear = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  );
  await holds(clear, async (machine, bytes) => machine.sendBody(await machine.sealedClear(bytes)));
});

test('fuzz: a message with members of any kind', async () => {
  const odd = fc.oneof(fc.jsonValue(), fc.integer(), fc.string({ unit: 'binary' }));
  const member = fc.constantFrom(
    ...[
      'v',
      'machine',
      'epoch',
      'sequence',
      'consent',
      'edition',
      'at',
      'message',
      'reason',
      'items',
      'more',
    ],
  );
  await holds(fc.array(fc.tuple(member, odd), { minLength: 1, maxLength: 3 }), async (machine, changes) => {
    const { madeAt, ...head } = machine.nextHead();
    const good = {
      v: 1,
      machine: machine.id,
      ...head,
      at: madeAt,
      message: 'software-state',
      reason: 'daily',
      items: {},
    };
    const clear = JSON.stringify({ ...good, ...Object.fromEntries(changes) });
    return machine.sendBody(await machine.sealedClear(Buffer.from(clear)));
  });
});

test('fuzz: any message and reason with any values in declared and undeclared items', async () => {
  const message = fc.constantFrom(...MESSAGES);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double(),
    fc.constant('\0'),
    fc.constantFrom(...ITEMS.map((item) => item.example as unknown)),
  );
  const draft = message.chain((chosen) =>
    fc.record({
      message: fc.constant(chosen.id),
      reason: fc.constantFrom(...Object.keys(chosen.reasons), 'none'),
      items: fc.dictionary(
        fc.oneof(fc.constantFrom(...chosen.items), fc.constantFrom('__proto__', 'constructor', 'a.b')),
        value,
        { maxKeys: 6 },
      ),
    }),
  );
  await holds(draft, (machine, drawn) => machine.send(drawn));
});

test('fuzz: values nested without end, and many of them', async () => {
  const machine = await hub.participant('extended');
  const nested = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`a.i${i}`, i])));
  for (const items of [`{"software.product":${nested}}`, `{"software.product":{"name":${nested}}}`, many]) {
    const { madeAt, ...head } = machine.nextHead();
    const around = JSON.stringify({ v: 1, machine: machine.id, ...head, at: madeAt });
    const clear = `${around.slice(0, -1)},"message":"software-state","reason":"daily","items":${items}}`;
    const { status } = await machine.sendBody(await machine.sealedClear(Buffer.from(clear)));
    assert.equal(status, 422);
  }
});

test('fuzz: consent records of any bytes and any members', async () => {
  const odd = fc.oneof(fc.jsonValue(), fc.integer(), fc.string());
  const member = fc.constantFrom(
    ...['v', 'sequence', 'previous', 'at', 'by', 'policy', 'jurisdiction', 'regime', 'statement', 'terms'],
    ...['choice', 'value', 'edition', 'accepted'],
  );
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes })),
    fc.array(fc.tuple(member, odd), { minLength: 1, maxLength: 2 }).map((changes) => ({ changes })),
  );
  await holds(arbitrary, async (machine, drawn) => {
    if ('bytes' in drawn) {
      const text = Buffer.from(drawn.bytes).toString('latin1');
      return machine.sendRecord({ text });
    }
    const record = hub.choose(machine, 'standard', Object.fromEntries(drawn.changes));
    machine.records.pop();
    return machine.sendRecord(record);
  });
});
