import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseQuery } from './query.ts';

test('query: as Firefox writes it, with a blank version and escaped base64', () => {
  const query = parseQuery(
    '/v5/hashLists:batchGet?alt=proto&names=se-4b&names=mw-4b&version=&version=djEtbXctNGI%3D',
  );
  assert.deepEqual(query.names, ['se-4b', 'mw-4b']);
  assert.deepEqual(
    query.versions.map((version) => Buffer.from(version).toString()),
    ['v1-mw-4b'],
  );
  assert.equal(query.json, false);
});

test('query: both base64 alphabets, a plus sign that nobody escaped, unknown parameters', () => {
  const prefixes = ['%2B%2B%2F%2Fww%3D%3D', '++//ww==', '--__ww'];
  for (const text of prefixes) {
    const query = parseQuery(`/v5/hashes:search?key=local&$alt=json&hashPrefixes=${text}`);
    assert.deepEqual(query.prefixes, [new Uint8Array([0xfb, 0xef, 0xff, 0xc3])]);
    assert.equal(query.json, true);
  }
});

test('query: limits of a receiver in both spellings, zero and absent ones as none', () => {
  const of = (query: string) => parseQuery(`/v5/hashList/mw-4b?${query}`).constraints;
  assert.deepEqual(of(''), { update: Infinity, database: Infinity });
  assert.deepEqual(of('sizeConstraints.maxUpdateEntries=0&sizeConstraints.maxDatabaseEntries='), of(''));
  assert.deepEqual(of('sizeConstraints.maxUpdateEntries=1024&size_constraints.max_database_entries=1'), {
    update: 1024,
    database: 1,
  });
});

test('query: what is wrong is refused with the part that is', () => {
  const wrong: readonly [string, RegExp][] = [
    ['names=a&names=a', /a name is there twice/],
    ['version=%00', /Cannot read a version/],
    ['hashPrefixes=AAAA', /a prefix of 3 bytes/],
    ['hashPrefixes=AAAAAAAAAAA%3D', /a prefix of 8 bytes/],
    ['hashPrefixes=', /Cannot read a prefix/],
    ['alt=xml', /in the form 'xml'/],
    ['sizeConstraints.maxUpdateEntries=1023', /keep to 'maxUpdateEntries' of '1023'/],
    ['sizeConstraints.maxDatabaseEntries=-1', /keep to 'maxDatabaseEntries' of '-1'/],
    ['size_constraints.max_update_entries=2147483648', /keep to 'maxUpdateEntries'/],
    [Array.from({ length: 65 }, (_, i) => `names=n${i}`).join('&'), /65 names/],
    [Array.from({ length: 65 }, () => 'hashPrefixes=AAAAAA').join('&'), /65 prefixes/],
  ];
  for (const [query, message] of wrong) assert.throws(() => parseQuery(`/v5/x?${query}`), { message });
});

test('query: any text is read or refused', () => {
  const part = fc.tuple(
    fc.constantFrom(
      'names',
      'names[]',
      'version',
      'hashPrefixes',
      'alt',
      'sizeConstraints.maxUpdateEntries',
      'x',
    ),
    fc.oneof(fc.string(), fc.base64String(), fc.constant('%')),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      try {
        const { prefixes, versions } = parseQuery(`/v5/x?${parts.map(([k, v]) => `${k}=${v}`).join('&')}`);
        assert.ok(prefixes.every((prefix) => prefix.length === 4));
        assert.ok(versions.every((version) => version.length > 0 && version.length <= 96));
      } catch (error) {
        assert.ok(error instanceof TocsinError && (error.code === 'input' || error.code === 'limit'));
      }
    }),
  );
});
