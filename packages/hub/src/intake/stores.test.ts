// The verbs of the stores of messages, records, erasures and counts over PostgreSQL: what each promises, one by one.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { ConsentRecord, SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { signRecord } from 'tocsin/catalog/consent-record.ts';
import {
  addRecord,
  allRecords,
  consentHead,
  participationOf,
  recordAt,
  recordsAbove,
} from '../privacy/consent-store.ts';
import { addErasure, deleteMessages, erasedRanges, findConfirmation, isErased } from '../privacy/erasure.ts';
import { isUniqueViolation } from '../store/errors.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { countOne, countsSince } from './counts.ts';
import type { MessageRow } from './message-store.ts';
import { BEFORE_ALL, countMessages, highestNumber, messagesOf, storeMessage } from './message-store.ts';

const NOW = Date.UTC(2026, 10, 27, 12);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let hub: TemporaryHub;
before(async () => {
  hub = await temporaryHub();
});
after(() => hub.close());

async function machine(): Promise<string> {
  const id = randomUUID();
  await hub.db.execute(
    `INSERT INTO machine (id, key_sha256, enrolled_at, renewed_at, expires_at) VALUES ($1, '\\x00', now(), now(), now())`,
    [id],
  );
  return id;
}

const message = (id: string, change: Partial<MessageRow> = {}): MessageRow => ({
  machine: id,
  epoch: 1,
  sequence: 1,
  message: 'software-state',
  reason: 'daily',
  edition: 'basic',
  consent: 1,
  madeAt: NOW,
  receivedAt: NOW,
  items: { 'software.product': { name: 'tocsin', version: '1' } },
  sweepAt: NOW + 1,
  ...change,
});

test('message store: a number is taken once, by one message', async () => {
  const id = await machine();
  assert.deepEqual(await storeMessage(hub.db, message(id)), { kind: 'stored' });
  assert.deepEqual(await storeMessage(hub.db, message(id, { receivedAt: NOW + 5, consent: 2 })), {
    kind: 'duplicate',
  });
  assert.deepEqual(await storeMessage(hub.db, message(id, { madeAt: NOW + 1_000 })), { kind: 'number-used' });
  assert.deepEqual(await storeMessage(hub.db, message(id, { message: 'detection' })), {
    kind: 'number-used',
  });
  assert.deepEqual(await messagesOf(hub.db, id, BEFORE_ALL, 10), [message(id)]);
  const other = await machine();
  assert.deepEqual(await storeMessage(hub.db, message(other)), { kind: 'stored' });
});

test('message store: of many at once one is stored', async () => {
  const id = await machine();
  const kinds = await Promise.all(Array.from({ length: 8 }, () => storeMessage(hub.db, message(id))));
  assert.equal(kinds.filter(({ kind }) => kind === 'stored').length, 1);
  assert.equal(kinds.filter(({ kind }) => kind === 'duplicate').length, 7);
});

test('message store: pages in the order of epoch and sequence, the highest number, and sums', async () => {
  const id = await machine();
  assert.equal(await highestNumber(hub.db, id), null);
  for (const [epoch, sequence] of [
    [2, 1],
    [1, 9],
    [1, 10],
    [2, 0],
  ] as const)
    await storeMessage(hub.db, message(id, { epoch, sequence }));
  const numbers = async (after = BEFORE_ALL, limit = 10): Promise<string[]> =>
    (await messagesOf(hub.db, id, after, limit)).map(({ epoch, sequence }) => `${epoch}.${sequence}`);
  assert.deepEqual(await numbers(), ['1.9', '1.10', '2.0', '2.1']);
  assert.deepEqual(await numbers({ epoch: 1, sequence: 10 }, 1), ['2.0']);
  assert.deepEqual(await highestNumber(hub.db, id), { epoch: 2, sequence: 1 });
  const sums = await countMessages(hub.db);
  assert.ok(sums.find((row) => row.message === 'software-state')!.count >= 4);
});

test('erasure: what a range covers is deleted and stays known; other scopes and machines are not touched', async () => {
  const [id, other] = [await machine(), await machine()];
  const report = { message: 'activity-report', sequence: 2 };
  for (const each of [id, other]) {
    await storeMessage(hub.db, message(each));
    await storeMessage(hub.db, message(each, report));
    await storeMessage(hub.db, message(each, { sequence: 3 }));
  }
  const range = { scope: 'statistics', until: { epoch: 1, sequence: 2 } } as const;
  assert.equal(await deleteMessages(hub.db, id, range), 1);
  const row = {
    ...range,
    machine: id,
    request: { epoch: 1, sequence: 3 },
    messages: 1,
    erasedAt: NOW,
  } as const;
  assert.equal(await findConfirmation(hub.db, id, row.request), null);
  await addErasure(hub.db, { ...row, askedBy: 'machine', confirmation: 'signed' });
  await addErasure(hub.db, { ...row, askedBy: 'machine', confirmation: 'another' });
  assert.equal(await findConfirmation(hub.db, id, row.request), 'signed');
  const ranges = await erasedRanges(hub.db, id);
  assert.deepEqual(ranges, [range]);
  assert.equal(isErased(ranges, 'software-state', { epoch: 0, sequence: 99 }), true);
  assert.equal(isErased(ranges, 'software-state', { epoch: 1, sequence: 3 }), false);
  assert.equal(isErased(ranges, 'activity-report', { epoch: 1, sequence: 1 }), false);
  assert.equal((await messagesOf(hub.db, other, BEFORE_ALL, 10)).length, 3);
});

function chain(id: string, changes: readonly Partial<ConsentRecord>[]): SignedRecord[] {
  const signed: SignedRecord[] = [];
  for (const [index, change] of changes.entries())
    signed.push(
      signRecord(
        {
          v: 1,
          sequence: index + 1,
          previous: signed.at(-1)?.sha256 ?? null,
          machine: id,
          at: '2026-11-27T12:00:00Z',
          by: 'person',
          policy: null,
          jurisdiction: 'DE',
          regime: 'opt-in',
          statement: { version: '2.1', sha256: 'ab'.repeat(32), language: 'en' },
          terms: null,
          choice: 'participation',
          value: 'standard',
          edition: 'basic',
          accepted: [],
          ...change,
        } as ConsentRecord,
        privateKey,
      ),
    );
  return signed;
}

test('consent store: a sequence is taken once, records come back byte for byte, and the newest count', async () => {
  const id = await machine();
  assert.deepEqual(await consentHead(hub.db, id), { sequence: 0, sha256: null });
  assert.deepEqual(await participationOf(hub.db, id), { newest: null, byPerson: null });
  const signed = chain(id, [
    {},
    { choice: 'sharing', value: 'yes' },
    { by: 'policy', policy: 4, value: 'extended' },
  ]);
  for (const each of signed) await addRecord(hub.db, each, `receipt ${each.record.sequence}`, NOW);
  await assert.rejects(addRecord(hub.db, signed[0]!, 'again', NOW), isUniqueViolation);
  assert.deepEqual(await consentHead(hub.db, id), { sequence: 3, sha256: signed[2]!.sha256 });
  const stored = (await recordAt(hub.db, id, 2))!;
  assert.deepEqual([stored.text, stored.receipt, stored.choice], [signed[1]!.text, 'receipt 2', 'sharing']);
  assert.equal(await recordAt(hub.db, id, 4), null);
  assert.deepEqual(
    await recordsAbove(hub.db, id, 1),
    signed.slice(1).map(({ text }) => text),
  );
  const { newest, byPerson } = await participationOf(hub.db, id);
  assert.deepEqual([newest?.sequence, byPerson?.sequence], [3, 1]);
  assert.deepEqual(
    (await allRecords(hub.db, id)).map(({ sequence }) => sequence),
    [1, 2, 3],
  );
});

test('counts: one a day, message and reason; a foreign name is no name', async () => {
  const day = new Date(NOW).toISOString().slice(0, 10);
  await Promise.all(Array.from({ length: 5 }, () => countOne(hub.db, NOW, 'detection', 'dropped', 'erased')));
  await countOne(hub.db, NOW, "x'; DROP TABLE message; --", 'refused', 'undeclared');
  await countOne(hub.db, NOW - 86_400_000, 'detection', 'dropped', 'erased');
  assert.deepEqual(await countsSince(hub.db, day), [
    { message: 'detection', outcome: 'dropped', reason: 'erased', count: 5 },
    { message: '-', outcome: 'refused', reason: 'undeclared', count: 1 },
  ]);
});
