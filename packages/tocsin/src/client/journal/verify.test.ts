// What somebody without the local key can do to the journal's file, and that it is found.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { temporaryHome } from '../client-fixture.ts';
import { makeHome } from '../state/home.ts';
import { lazyLocalKey } from '../state/local-key.ts';
import type { Place } from './fixture.ts';
import { HUB, journalPlace, LISTS, renewal } from './fixture.ts';
import { Journal, verifyJournal } from './journal.ts';
import type { SentEntry } from './read.ts';
import type { Verification } from './verify.ts';

/** Ten entries, nine answered, all in the one file. */
function filled(t: TestContext, entries = 10): Place {
  const place = journalPlace(t);
  const journal = place.open();
  for (let n = 0; n < entries; n++) {
    const entry = journal.begin(n % 3 === 0 ? renewal(Buffer.from(`body ${n}`)) : LISTS, HUB, n);
    if (n !== 4) entry.answered(200);
    place.world.pass(1);
  }
  journal.close();
  return place;
}

function verifyOf({ home, world }: Place): Verification | null {
  return verifyJournal(home, world, lazyLocalKey(home, world));
}

function after(t: TestContext, change: (database: DatabaseSync) => void): string {
  const place = filled(t);
  const database = new DatabaseSync(place.home.journal);
  change(database);
  database.close();
  const found = verifyOf(place);
  switch (found?.kind) {
    case 'broken':
      return `broken ${found.part} ${found.id}`;
    case 'missing':
      return `missing ${found.part} ${found.from} to ${found.to}`;
    default:
      return found?.kind ?? 'none';
  }
}

test('what was done to the rows is found, and where', (t) => {
  const sql = (text: string) => (database: DatabaseSync) => database.exec(text);
  const flip = (part: string, id: number, at: number) => (database: DatabaseSync) => {
    const row = database.prepare(`SELECT sealed FROM ${part} WHERE id = ?`).get(id);
    const sealed = Buffer.from(row?.['sealed'] as Uint8Array);
    sealed[at] = sealed[at]! ^ 1;
    database.prepare(`UPDATE ${part} SET sealed = ? WHERE id = ?`).run(sealed, id);
  };
  const table: [string, (database: DatabaseSync) => void, string][] = [
    ['nothing', () => {}, 'ok'],
    ['a changed nonce', flip('request', 5, 3), 'broken request 5'],
    ['a changed tag', flip('request', 5, 15), 'broken request 5'],
    ['a changed byte', flip('request', 5, 60), 'broken request 5'],
    ['a changed answer', flip('answer', 9, 30), 'broken answer 9'],
    ['a row cut short', sql("UPDATE request SET sealed = x'00' WHERE id = 2"), 'broken request 2'],
    ['a row in the middle', sql('DELETE FROM request WHERE id = 4'), 'missing request 4 to 4'],
    ['several rows', sql('DELETE FROM request WHERE id IN (4, 5, 6, 8)'), 'missing request 4 to 6'],
    ['the first rows', sql('DELETE FROM request WHERE id < 3'), 'missing request 1 to 2'],
    ['the tail', sql('DELETE FROM request WHERE id > 7'), 'missing request 8 to 10'],
    ['all rows', sql('DELETE FROM request'), 'missing request 1 to 10'],
    ['an answer', sql('DELETE FROM answer WHERE id = 9'), 'missing answer 9 to 9'],
    ['all answers', sql('DELETE FROM answer'), 'missing answer 1 to 9'],
    ['an answer for another request', sql('UPDATE answer SET request = 5 WHERE id = 6'), 'broken answer 6'],
    [
      'a row too many',
      sql('INSERT INTO request SELECT 11, sealed FROM request WHERE id = 10'),
      'broken request 11',
    ],
    [
      'a row before the first',
      sql('INSERT INTO request SELECT 0, sealed FROM request WHERE id = 1'),
      'broken request 0',
    ],
    [
      'two rows that changed places',
      sql(`UPDATE request SET id = -1 WHERE id = 3; UPDATE request SET id = 3 WHERE id = 6;
        UPDATE request SET id = 6 WHERE id = -1`),
      'broken request 3',
    ],
    [
      'a gap that was closed',
      sql('DELETE FROM request WHERE id = 5; UPDATE request SET id = id - 1 WHERE id > 5'),
      'broken request 5',
    ],
    ['no head', sql('DELETE FROM head'), 'unreadable'],
    ['a changed head', sql('UPDATE head SET sealed = zeroblob(200)'), 'unreadable'],
    ['no table', sql('DROP TABLE request'), 'unreadable'],
    [
      'a number that is none',
      sql('INSERT INTO request VALUES (9223372036854775807, zeroblob(99))'),
      'unreadable',
    ],
    ['a later version', sql('PRAGMA user_version = 2'), 'unreadable'],
    ['another magic', sql('PRAGMA application_id = 2'), 'unreadable'],
  ];
  for (const [name, change, want] of table) assert.equal(after(t, change), want, name);
});

test('a head of an earlier moment does not fit the rows of a later one', (t) => {
  const place = filled(t);
  const database = new DatabaseSync(place.home.journal);
  const early = database.prepare('SELECT sealed FROM head').get()?.['sealed'] as Uint8Array;
  const journal = place.open();
  journal.begin(LISTS, HUB, 0);
  journal.close();
  database.prepare('UPDATE head SET sealed = ?').run(early);
  assert.equal(verifyOf(place)?.kind, 'broken', 'rows beyond the head');
  database.exec('DELETE FROM request WHERE id = 11');
  database.close();
  assert.equal(verifyOf(place)?.kind, 'ok', 'a whole older copy is sound in itself: out of reach here');
});

const read = (journal: Journal): SentEntry[] => [...journal.entries({ order: 'oldest' })];

test('any byte of the file that is changed is found, or changed nothing that is read', (t) => {
  const place = filled(t, 40);
  const file = place.home.journal;
  const sound = readFileSync(file);
  const journal = place.open();
  const want = read(journal);
  journal.close();
  let found = 0;
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const bytes = Buffer.from(sound);
      bytes[at] = bytes[at]! ^ by;
      writeFileSync(file, bytes);
      let verified: Verification | null;
      try {
        verified = verifyOf(place);
      } catch (error) {
        assert.ok(error instanceof TocsinError, String(error));
        found++;
        return;
      }
      if (verified?.kind !== 'ok') found++;
      else {
        using again = Journal.open(place.home, place.world, lazyLocalKey(place.home, place.world)().key);
        assert.deepEqual(read(again), want, `byte ${at}`);
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(found > 200, `${found} of 400`);
});

test('a file that is cut off, or has a hole, is found to be, or reads as before', (t) => {
  const place = filled(t, 60);
  const file = place.home.journal;
  const sound = readFileSync(file);
  const journal = place.open();
  const want = read(journal);
  journal.close();
  const harm = fc.tuple(fc.nat(sound.length - 1), fc.nat(9_000), fc.nat(255), fc.boolean());
  fc.assert(
    fc.property(harm, ([at, length, value, cut]) => {
      const bytes = Buffer.from(cut ? sound.subarray(0, at) : sound);
      bytes.fill(value, Math.min(at, bytes.length), Math.min(at + length, bytes.length));
      writeFileSync(file, bytes);
      try {
        if (verifyOf(place)?.kind !== 'ok' || bytes.length < 2) return;
        using again = Journal.open(place.home, place.world, lazyLocalKey(place.home, place.world)().key);
        assert.deepEqual(read(again), want);
      } catch (error) {
        assert.ok(error instanceof TocsinError, String(error));
      }
    }),
    { numRuns: 150 },
  );
});

test('arbitrary bytes as the file never bring anything but a new journal or words', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const home = temporaryHome(t);
      makeHome(home);
      writeFileSync(home.journal, bytes);
      const { world } = journalPlace(t);
      const verified = verifyJournal(home, world, lazyLocalKey(home, world));
      // SQLite takes a file of one byte for an empty one.
      assert.equal(verified?.kind, bytes.length < 2 ? 'ok' : 'unreadable');
    }),
    { numRuns: 40 },
  );
});
