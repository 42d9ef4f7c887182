import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Outgoing } from '../../catalog/gate.ts';
import { NOW } from '../client-fixture.ts';
import { lazyLocalKey, openLocalKey } from '../state/local-key.ts';
import { setJournalAside } from './aside.ts';
import { filesWith, gated, HUB, journalPlace, LISTS, renewal, states } from './fixture.ts';
import { Journal, verifyJournal } from './journal.ts';

const DAY = 86_400;

test('an entry holds what left, byte for byte', (t) => {
  const { open, world } = journalPlace(t);
  const journal = open();
  const body = Buffer.from([0, 1, 0xff, 0x0a]);
  const entry = journal.begin(renewal(body), HUB, 7);
  entry.written();
  world.pass(2);
  entry.answered(200);
  assert.deepEqual(journal.entry(entry.id), {
    id: 1,
    at: new Date(NOW).toISOString(),
    receiver: HUB,
    message: 'connection',
    reason: 'renewal',
    consent: 7,
    method: 'POST',
    path: '/.well-known/est/simplereenroll',
    headers: [
      ['content-type', 'application/pkcs10'],
      ['content-transfer-encoding', 'base64'],
    ],
    size: 4,
    body: new Uint8Array(body),
    clear: null,
    state: 'acknowledged',
    status: 200,
    answeredAt: new Date(NOW + 2_000).toISOString(),
  });
  assert.equal(journal.entry(2), null);
});

test('the secret of an authorization is kept as its SHA-256 only', (t) => {
  const { open, home } = journalPlace(t);
  const journal = open();
  const secret = 'Bearer abcdefghijklmnopqrstuvwxyz0123456789';
  journal.begin(
    gated({
      reason: 'join',
      method: 'POST',
      path: '/.well-known/est/simpleenroll',
      headers: { authorization: secret },
    }),
    HUB,
    0,
  );
  const sha256 = createHash('sha256').update(secret).digest('hex');
  assert.deepEqual(journal.entry(1)?.headers, [['authorization', `sha256:${sha256}`]]);
  assert.ok(![...journal.exportLines()].join('').includes('abcdefghij'));
  assert.deepEqual(filesWith(home, 'abcdefghij'), []);
});

test('the state of an entry is what is known of it', (t) => {
  const { open } = journalPlace(t);
  const journal = open();
  const begin = () => journal.begin(LISTS, HUB, 0);
  begin();
  begin().written();
  begin().broken();
  const cut = begin();
  cut.written();
  cut.broken();
  cut.answered(200);
  for (const status of [200, 204, 304, 302, 400, 409, 503]) {
    const entry = begin();
    entry.answered(status);
    entry.answered(200);
    entry.broken();
  }
  assert.deepEqual(states(journal), [
    '1 unknown',
    '2 unknown',
    '3 unknown',
    '4 sent',
    '5 acknowledged',
    '6 acknowledged',
    '7 acknowledged',
    '8 sent',
    '9 sent',
    '10 sent',
    '11 sent',
  ]);
  assert.deepEqual(journal.entry(10)?.status, 409);
  assert.deepEqual(states(open()), states(journal), 'also for another process');
});

test('only what the gate made can be written down', (t) => {
  const journal = journalPlace(t).open();
  assert.throws(() => journal.begin({ ...LISTS } as Outgoing, HUB, 0), TypeError);
  assert.equal(journal.head.requests.last.id, 0);
});

test('entries come newest first, and by time, message and state', (t) => {
  const { open, world } = journalPlace(t);
  const journal = open();
  for (let n = 0; n < 5; n++) {
    journal.begin(LISTS, HUB, 0).answered(n % 2 === 0 ? 200 : 500);
    world.pass(10);
  }
  const ids = (filter: Parameters<Journal['entries']>[0]) => [...journal.entries(filter)].map(({ id }) => id);
  assert.deepEqual(ids({}), [5, 4, 3, 2, 1]);
  assert.deepEqual(ids({ order: 'oldest' }), [1, 2, 3, 4, 5]);
  assert.deepEqual(ids({ since: NOW + 20_000 }), [5, 4, 3]);
  assert.deepEqual(ids({ since: NOW + 10_000, until: NOW + 30_000 }), [3, 2]);
  assert.deepEqual(ids({ state: 'sent' }), [4, 2]);
  assert.deepEqual(ids({ message: 'detection' }), []);
  assert.deepEqual(ids({ message: 'connection', state: 'acknowledged', since: NOW + 1 }), [5, 3]);
});

test('what is too old goes, oldest first, and the rest can still be checked', (t) => {
  const { open, world, home } = journalPlace(t);
  const journal = open();
  for (let n = 0; n < 10; n++) {
    const entry = journal.begin(LISTS, HUB, 0);
    if (n !== 4) entry.answered(200);
    world.pass(40 * DAY);
  }
  assert.deepEqual(
    states(journal).map((line) => line.split(' ')[0]),
    ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
  );
  journal.begin(LISTS, HUB, 0);
  assert.deepEqual(journal.verify(), {
    kind: 'ok',
    requests: 10,
    from: 2,
    to: 11,
    answers: 8,
    begun: new Date(NOW).toISOString(),
    after: 'nothing',
    pruned: { requests: 1, at: new Date(world.ms).toISOString() },
  });
  assert.equal(journal.entry(1), null);
  world.pass(200 * DAY);
  assert.equal(open().head.pruned.requests, 6, 'opening takes away what is due');
  world.pass(900 * DAY);
  const last = open();
  assert.deepEqual([...last.entries()], []);
  assert.deepEqual([last.verify().kind, last.head.bytes, last.head.oldest], ['ok', 0, null]);
  last.begin(LISTS, HUB, 0);
  assert.deepEqual(states(last), ['12 unknown']);
  assert.equal(verifyJournal(home, world, lazyLocalKey(home, world))?.kind, 'ok');
});

test('what is too much goes, oldest first, and the file stays near the limit', (t) => {
  const { open, home } = journalPlace(t);
  const limits = { maxBytes: 200_000, pruneRows: 50 };
  const journal = open(limits);
  for (let n = 0; n < 600; n++) journal.begin(renewal(Buffer.alloc(n % 4_000)), HUB, 0).answered(200);
  assert.ok(journal.head.bytes <= limits.maxBytes, String(journal.head.bytes));
  assert.ok(journal.head.bytes > limits.maxBytes - 6_000);
  const [newest] = journal.entries();
  assert.equal(newest?.id, 600);
  assert.equal(journal.verify().kind, 'ok');
  journal.close();
  const size = readdirSync(home.directory).reduce(
    (sum, name) => sum + statSync(join(home.directory, name)).size,
    0,
  );
  assert.ok(size < 1.5 * limits.maxBytes, String(size));
  const one = open({ maxBytes: 10 });
  one.begin(LISTS, HUB, 0);
  assert.deepEqual(states(one), ['601 unknown'], 'the newest stays, whatever its size');
  assert.equal(one.verify().kind, 'ok');
});

test('a record beyond the limit is refused, and leaves nothing behind', (t) => {
  const journal = journalPlace(t).open({ maxRecordBytes: 2_000 });
  assert.throws(() => journal.begin(renewal(Buffer.alloc(2_000)), HUB, 0), { code: 'limit' });
  assert.equal(journal.head.requests.last.id, 0);
  assert.equal(journal.begin(LISTS, HUB, 0).id, 1);
  assert.equal(journal.verify().kind, 'ok');
});

test('a journal that another process holds makes a new entry wait, then fail as one to be tried again', (t) => {
  const { open, home } = journalPlace(t);
  const journal = open({ busyMs: 50 });
  const entry = journal.begin(LISTS, HUB, 0);
  const other = new DatabaseSync(home.journal);
  other.exec('BEGIN IMMEDIATE');
  assert.throws(() => journal.begin(LISTS, HUB, 0), { code: 'conflict', retryable: true });
  entry.answered(200);
  assert.equal(journal.lost, 1, 'an answer that cannot be written is counted');
  other.exec('ROLLBACK');
  other.close();
  assert.deepEqual(states(journal), ['1 unknown']);
  assert.equal(journal.begin(LISTS, HUB, 0).id, 2);
});

test('nothing is made where nothing was ever sent', (t) => {
  const { home, world } = journalPlace(t);
  const key = lazyLocalKey(home, world);
  assert.equal(Journal.openIfThere(home, world, key), null);
  assert.equal(verifyJournal(home, world, key), null);
  assert.equal(existsSync(home.directory), false);
});

test('the files tell nothing in clear, and only their owner may read them', (t) => {
  const { open, home } = journalPlace(t);
  const journal = open();
  for (let n = 0; n < 20; n++) journal.begin(renewal(Buffer.from('planted words')), HUB, 0).answered(200);
  const base64 = Buffer.from('planted words').toString('base64');
  for (const word of ['planted', base64, 'hub.example', 'simplereenroll', 'renewal', 'connection'])
    assert.deepEqual(filesWith(home, word), []);
  for (const name of readdirSync(home.directory))
    assert.equal(statSync(join(home.directory, name)).mode & 0o777, 0o600, name);
});

test('a journal that does not open is never reset; a person can set it aside, and the next one says so', (t) => {
  const { open, home, world } = journalPlace(t);
  const first = open();
  first.begin(LISTS, HUB, 0);
  first.close();
  const before = readFileSync(home.journal);
  rmSync(home.localKey);
  writeFileSync(home.localKey, Buffer.alloc(32, 1));
  const key = () => openLocalKey(home, world);
  assert.throws(() => Journal.open(home, world, key().key), { code: 'corrupt' });
  assert.equal(verifyJournal(home, world, key)?.kind, 'unreadable');
  assert.deepEqual(readFileSync(home.journal), before);
  const name = setJournalAside(home, world);
  assert.equal(name, 'journal-20260115T000000Z.aside.db');
  assert.deepEqual(readFileSync(join(home.directory, name)), before);
  const second = open();
  assert.equal(second.begin(LISTS, HUB, 0).id, 1);
  const finding = second.verify();
  assert.equal(finding.kind === 'ok' && finding.after, 'set-aside');
});
