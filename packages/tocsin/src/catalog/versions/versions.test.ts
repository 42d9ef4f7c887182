// The versions of the catalog: nobody changes an item or a text without a new one, and what differs is told rightly.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { ITEMS } from '../catalog.ts';
import { acceptedList, fingerprint } from '../fingerprint.ts';
import type { EDITIONS } from '../item.ts';
import { diffAsJson, diffAsText, diffVersions } from '../statement/diff-words.ts';
import { renderedDigest } from '../statement/rendered.ts';
import { COMPARED, diffItems, ofEdition, unaccepted } from './diff.ts';
import type { VersionItem } from './version.ts';
import { itemsOfTable, lineOf, versionItem } from './version.ts';
import { itemsOfVersion, NEWEST_VERSION, VERSIONS, versionBefore, versionOf } from './versions.ts';

const HOW = 'run `node scripts/write-catalog-version.ts`, which says what to do';

/** Versions that a release has, by the SHA-256 of their tables: they never change again. */
const RELEASED: Readonly<Record<number, string>> = {
  1: '301ac8acae063f47',
};

test('versions: the newest is what the catalog declares now', () => {
  assert.equal(NEWEST_VERSION.table.trim(), ITEMS.map(lineOf).join('\n'), HOW);
});

test('versions: the texts are those that the newest version has noted', () => {
  assert.equal(renderedDigest(), NEWEST_VERSION.rendered, HOW);
});

test('versions: numbers and days rise, and a released one stands as it was', () => {
  VERSIONS.forEach(({ number, date, release, table }, index) => {
    assert.equal(number, index + 1);
    assert.match(date, /^\d{4}-\d\d-\d\d$/);
    assert.ok(date >= (VERSIONS[index - 1]?.date ?? ''));
    assert.ok(release !== null || index === VERSIONS.length - 1, 'only the newest may be unreleased');
    if (release !== null)
      assert.equal(createHash('sha256').update(table).digest('hex').slice(0, 16), RELEASED[number]);
  });
  assert.equal(versionOf(1)?.release, '0.1.0');
  assert.equal(versionOf(99), undefined);
  assert.equal(versionBefore(1), undefined);
  assert.equal(versionBefore(2)?.number, 1);
});

test('versions: a line keeps all that an acceptance is bound to', () => {
  for (const item of ITEMS) {
    const kept = versionItem(item);
    assert.equal(kept.fingerprint, fingerprint(item));
    assert.deepEqual(JSON.parse(kept.type), item.type);
    assert.deepEqual(
      [kept.personal, kept.retentionDays, kept.editions],
      [item.personal, item.retentionDays, item.editions],
    );
  }
  const list = itemsOfVersion(NEWEST_VERSION).map((item) => `${item.id}:${item.fingerprint}`);
  assert.deepEqual(list.sort(), acceptedList(ITEMS));
  assert.throws(() => itemsOfTable('object.size:0123 | extended'), TypeError);
});

test('versions: the first had look-ups and what the connection shows, and they are the same today', () => {
  const { added, removed, changed } = diffVersions('1', '2', 'virtual').items;
  assert.deepEqual([removed, changed], [[], []]);
  assert.deepEqual(
    itemsOfVersion(versionOf(1)!).map(({ id }) => id),
    [
      'connection.machine_id',
      'connection.address',
      'connection.time',
      'connection.lists',
      'connection.join_secret',
      'lookup.kind',
      'lookup.bits',
      'lookup.prefix',
    ],
  );
  assert.equal(added.length, ITEMS.length - 8);
});

const SAMPLE = itemsOfVersion(NEWEST_VERSION).slice(20, 32);

test('diff: each change is told with what was before', () => {
  const [item, other] = SAMPLE as [VersionItem, VersionItem];
  const changed = { ...item, retentionDays: 400, editions: ['plus'] as const, fingerprint: 'ffffffffffff' };
  const diff = diffItems([item, other], [changed]);
  assert.deepEqual(diff.removed, [other]);
  assert.deepEqual(diff.changed, [
    {
      id: item.id,
      changes: [
        { what: 'editions', before: item.editions.join(', '), after: 'plus' },
        { what: 'retentionDays', before: String(item.retentionDays), after: '400' },
      ],
    },
  ]);
  assert.deepEqual(diffItems([item], [{ ...item, fingerprint: 'ffffffffffff' }]).changed, [
    { id: item.id, changes: [] },
  ]);
});

test('diff: applied to the old list it gives the new one; nothing differs from itself', () => {
  const lists = fc.subarray([...SAMPLE]).map((items) => items);
  const altered = lists.chain((items) =>
    fc.tuple(
      ...items.map((item) => fc.boolean().map((other) => (other ? { ...item, transform: 'other' } : item))),
    ),
  );
  fc.assert(
    fc.property(lists, altered, (older, newer) => {
      assert.deepEqual(diffItems(older, older), { added: [], removed: [], changed: [] });
      const { added, removed, changed } = diffItems(older, newer);
      const gone = new Set(removed.map(({ id }) => id));
      const ids = [...older.filter(({ id }) => !gone.has(id)), ...added].map(({ id }) => id);
      assert.deepEqual(ids.sort(), newer.map(({ id }) => id).sort());
      const back = diffItems(newer, older);
      assert.deepEqual(
        back.added.map(({ id }) => id),
        removed.map(({ id }) => id),
      );
      assert.equal(back.changed.length, changed.length);
    }),
  );
});

test('diff: an item that enters an edition is new there, and nothing in the others', () => {
  const [item] = SAMPLE as [VersionItem];
  const basicOnly = { ...item, editions: ['basic'] as const };
  const inEdition = (edition: (typeof EDITIONS)[number]) =>
    diffItems(ofEdition([basicOnly], edition), ofEdition([item], edition));
  assert.deepEqual(inEdition('plus').added, [item]);
  assert.deepEqual(
    inEdition('basic').changed[0]?.changes.map(({ what }) => what),
    ['editions'],
  );
});

test('diff: what an acceptance does not cover is what is new or another', () => {
  const [first, second, third] = ITEMS.slice(18, 21) as [(typeof ITEMS)[number], never, never];
  const accepted = new Map([
    [first.id, fingerprint(first)],
    [(second as typeof first).id, '000000000000'],
  ]);
  assert.deepEqual(unaccepted([first, second, third], accepted), { added: [third], changed: [second] });
});

test('diff: in words and as JSON, for either language, with versions of catalog and terms', () => {
  const diff = diffVersions('1.4', '2', 'basic');
  const text = diffAsText(diff, 'en');
  assert.match(
    text,
    /^What changed from version 1\.4 to version 2\n=+\n\nEdition {2}basic\n\n1 {2}Added \(237\)\n/,
  );
  assert.match(text, /\n- object\.size: /);
  for (const line of text.split('\n')) assert.ok([...line].length <= 78);
  assert.match(diffAsText(diffVersions('2', '2', 'plus'), 'de'), /Keine Angabe ist hinzugekommen/);
  assert.match(diffAsText(diffVersions('2', '1', 'plus'), 'en'), /1 {2}Removed \(247\)/);
  const json = JSON.parse(diffAsJson(diff)) as { format: string; added: { id: string }[] };
  assert.equal(json.format, 'tocsin-statement-diff');
  assert.equal(json.added.length, 237);
  assert.throws(
    () => diffVersions('1', '9', 'basic'),
    /Cannot compare with version '9': this program knows no such catalog, want one of 1, 2$/,
  );
  assert.throws(() => diffVersions('one', '2', 'basic'), /it is no version, want a number such as 2$/);
  assert.equal(COMPARED.length, 9);
});
