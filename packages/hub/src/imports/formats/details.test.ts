import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanReason, DetailsTable, readRemark } from './details.ts';
import { hashes } from './hashes.ts';
import { LineSplitter } from './lines.ts';
import { misp } from './misp.ts';
import { run } from './testing.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

test('details: beyond the limit names and reasons are dropped, levels never', () => {
  const table = new DetailsTable(4);
  const first = table.of('good', null, 'a', null);
  for (const name of ['b', 'c', 'd']) assert.equal(table.of('good', null, name, null)?.name, name);
  assert.deepEqual(table.of('good', null, 'e', 'why'), {
    level: 'good',
    category: null,
    name: null,
    reason: null,
  });
  assert.equal(table.of(null, null, 'e', null), null);
  assert.equal(table.of('good', null, 'a', null), first);
});

test('details: a coarse name stands in for the exact one once half of the room is used', () => {
  const table = new DetailsTable(4);
  const names = ['X-1', 'X-2', 'X-3', 'Y-4', 'X-5', 'Z-6'].map(
    (name) => table.of(null, null, name, null, name[0]!)?.name,
  );
  assert.deepEqual(names, ['X-1', 'X-2', 'X', 'Y', 'X', undefined]);
});

test('details: a list of more distinct remarks than the limit is read to its end', () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => `${MD5};name ${i}\n`).join('');
  const { taken } = run(hashes, rows);
  assert.equal(taken.length, 70_000);
  assert.equal(taken[65_535]?.details?.name, 'name 65535');
  assert.equal(taken[65_536]?.details, null);
});

test('details: any remark gives a safe name and a safe reason', () => {
  const unit = fc.oneof(
    fc.constantFrom(' ', ';', 'https://x/', '\u202e', '\ud83d\ude00', '\ud83d', '\0'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 80 }), (parts) => {
      const { name, reason } = readRemark(parts.join(''));
      for (const text of [name, reason, cleanReason(parts.join(''))]) {
        assert.ok(text === null || (text !== '' && text.length <= 200 && text === text.trim()), String(text));
        assert.doesNotMatch(text ?? '', /\p{C}/u);
      }
    }),
  );
});

test('misp: more attributes than are held back take the name of the event', () => {
  const Attribute = Array.from({ length: 20_001 }, () => ({ type: 'md5', value: MD5, to_ids: true }));
  const Galaxy = [{ type: 'threat-actor', GalaxyCluster: [{ value: 'APT32' }] }];
  const { taken } = run(misp, JSON.stringify({ Event: { info: 'Op', Attribute, Galaxy } }));
  assert.deepEqual([taken[0]?.details?.name, taken[20_000]?.details?.name], ['Op', 'APT32']);
});

test('lines: any text in any chunks gives its lines, and long ones are passed over', () => {
  const long = 'x'.repeat(65_537);
  const line = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('', '\r', long, long.slice(1), `${long.slice(2)}\r`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 50_000 }), (parts, size) => {
      const bytes = Buffer.from(parts.join('\n'));
      const found: string[] = [];
      const splitter = new LineSplitter({
        line: (b, start, end, n) => found.push(`${n} ${b.toString('utf8', start, end)}`),
        tooLong: (n) => found.push(`${n} too long`),
        end: () => {},
      });
      for (let at = 0; at < bytes.length; at += size)
        splitter.push(Uint8Array.from(bytes.subarray(at, at + size)));
      splitter.end();
      const lines = bytes.toString().split('\n');
      if (lines.at(-1) === '') lines.pop();
      const wanted = lines.map((text, i) =>
        Buffer.byteLength(text) > 65_536 ? `${i + 1} too long` : `${i + 1} ${text.replace(/\r$/, '')}`,
      );
      assert.deepEqual(found, wanted);
    }),
    { numRuns: 60 },
  );
});
