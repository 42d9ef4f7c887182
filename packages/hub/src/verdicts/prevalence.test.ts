// How common a file is, over real TLS: each machine that told of it counts once, while its messages are here, and
// machines are told from five on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseHex } from 'tocsin/protocol/hex.ts';
import { fileKey } from 'tocsin/protocol/keys-of.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import type { TestMachine } from '../intake/machine-fixture.ts';
import { exampleOf } from '../intake/machine-fixture.ts';
import { explain } from './explain.ts';
import { toldMachines } from './prevalence.ts';

const FOUND = exampleOf('detection');
const DIGEST = FOUND.items['object.sha256'] as string;
const KEY = fileKey('file-sha256', parseHex(DIGEST)!);
const OTHER = '0f'.repeat(32);

let hub: IntakeHub;
let asker: TestMachine;
before(async () => {
  hub = await startIntakeHub();
  asker = await hub.participant('extended');
});
after(() => hub.close());

async function meets(machine: TestMachine, digest = DIGEST, draft = FOUND): Promise<void> {
  const { status, text } = await machine.send({
    ...draft,
    items: { ...draft.items, 'object.sha256': digest },
  });
  assert.equal(status, 200, text);
}

/** Exactly, and as the hub tells a machine. */
async function counts(digest = DIGEST): Promise<readonly (number | null)[]> {
  const { machines } = await explain(hub.hub, fileKey('file-sha256', parseHex(digest)!));
  const { status, text, json } = await asker.call('POST', '/v1/history', {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ v: 1, kind: 'file-sha256', key: digest })),
  });
  assert.equal(status, 200, text);
  return [machines, json.machines];
}

test('machines that told of a file are counted once each, and told of from five on', async () => {
  const all: TestMachine[] = [];
  for (let i = 0; i < 6; i++) all.push(await hub.participant());
  const [first, second, ...others] = all as [TestMachine, TestMachine, ...TestMachine[]];
  assert.deepEqual(await counts(), [0, null]);
  await meets(first);
  await meets(first);
  await meets(first, OTHER);
  await meets(second, DIGEST, exampleOf('behaviour-detection'));
  assert.deepEqual(
    [await counts(), await counts(OTHER)],
    [
      [2, null],
      [1, null],
    ],
  );
  for (const machine of others.slice(0, 2)) await meets(machine);
  assert.deepEqual(await counts(), [4, null]);
  for (const machine of others.slice(2)) await meets(machine);
  assert.deepEqual(await counts(), [6, 5], 'told in steps');
  assert.equal((await second.askErasure('all', hub.choose(second, 'off'))).status, 200);
  assert.deepEqual(await counts(), [5, 5]);
  assert.equal((await first.askErasure()).status, 200);
  assert.deepEqual(
    [await counts(), await counts(OTHER)],
    [
      [4, null],
      [0, null],
    ],
  );
});

test('copies that one machine enrolled of itself count as that one', async () => {
  const digest = '1d'.repeat(32);
  const [one, copy, copyOfCopy] = [await hub.participant(), await hub.participant(), await hub.participant()];
  for (const machine of [one, copy, copyOfCopy]) await meets(machine, digest);
  assert.equal((await counts(digest))[0], 3);
  const from = 'UPDATE machine SET cloned_from = $1 WHERE id = $2';
  await hub.hub.db.execute(from, [one.id, copy.id]);
  await hub.hub.db.execute(from, [copy.id, copyOfCopy.id]);
  assert.equal((await counts(digest))[0], 1);
});

test('what is told is rounded down to a step, and nothing below the first', () => {
  const told = [null, 0, 4, 5, 9, 10, 49, 50, 99_999, 100_000].map(toldMachines);
  assert.deepEqual(told, [null, null, null, 5, 5, 10, 20, 50, 50_000, 100_000]);
});

test('what is no SHA-256 is not counted, and a count is found by an index', async () => {
  const md5 = parseHex('44d88612fea8a8f36de82e1278abb02f')!;
  assert.equal((await explain(hub.hub, fileKey('file-md5', md5))).machines, null);
  const plan = await hub.hub.db.transaction(async (session) => {
    await session.execute('SET LOCAL enable_seqscan = off');
    return session.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT DISTINCT machine FROM message WHERE items ->> 'object.sha256' = $1`,
      [DIGEST],
    );
  });
  assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /message_file/);
  assert.equal((await explain(hub.hub, KEY)).machines, 4);
});
