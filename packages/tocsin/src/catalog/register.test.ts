// The register of processing: a row for each message, filled from catalog and terms, and a CSV that any program reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { EDITIONS } from './item.ts';
import { registerAsCsv, registerAsJson, registerOf } from './register.ts';
import { messagesOfStatement } from './statement/context.ts';
import { BARE_TERMS, SAMPLE_TERMS } from './statement/rendered.ts';
import { termsFrom } from './statement/terms-fixture.ts';
import { wordsIn } from './statement/words.ts';

const EN = wordsIn('en');
const DE = wordsIn('de');

test('register: one row for each message of the editions in use', () => {
  assert.deepEqual(
    registerOf(SAMPLE_TERMS, EN).map(({ message }) => message),
    messagesOfStatement('basic').map(({ id }) => id),
  );
  assert.equal(registerOf(SAMPLE_TERMS, EN, EDITIONS).length, messagesOfStatement('virtual').length);
});

test('register: columns (a) to (g) say what the terms and the items say', () => {
  const rows = new Map(registerOf(SAMPLE_TERMS, EN, EDITIONS).map((row) => [row.message, row]));
  const wifi = rows.get('wifi-network')!;
  assert.equal(
    wifi.controller,
    'Example Network GmbH, Musterweg 7, 10115 Berlin, Germany, contact@network.example; representative: Example Representative, Dublin; data protection: privacy@network.example',
  );
  assert.match(wifi.purposes, /^to judge the Wi-Fi and other networks/);
  assert.match(
    wifi.categories,
    /^people who use the machines.*Data: technical: .*highly sensitive: wifi\.network_id/,
  );
  assert.match(
    wifi.recipients,
    /partners, where .*Institute for Example Research \(sharing: research on attacks\)/,
  );
  assert.equal(
    wifi.transfers,
    'Second copy, Toronto (Canada): adequacy decision of the Commission; Example Reports Inc. (United States): no safeguard named',
  );
  assert.equal(
    wifi.erasure,
    '60 days at the latest; at once on withdrawal or request; connection.machine_id: while it is in force, and 180 days after its end',
  );
  assert.match(wifi.security, /^TLS 1\.3 .*encrypted to the hub; .*changed before sending: .*HMAC-SHA-256/);
  const lookup = rows.get('lookup')!;
  assert.match(lookup.categories, /^no data about people\. Data: /);
  assert.doesNotMatch(lookup.recipients, /Institute/);
  assert.equal(lookup.transfers, 'Second copy, Toronto (Canada): adequacy decision of the Commission');
  assert.equal(lookup.erasure, 'not stored beyond the answer');
  assert.match(registerOf(BARE_TERMS, EN)[0]!.transfers, /^none$/);
});

test('register: the CSV has a head and one line a row, in either language', () => {
  for (const words of [EN, DE]) {
    const rows = registerOf(SAMPLE_TERMS, words, EDITIONS);
    const csv = registerAsCsv(rows, words);
    assert.ok(csv.endsWith('\r\n'));
    const cells = parse(csv, { record_delimiter: '\r\n' }) as string[][];
    assert.equal(cells.length, rows.length + 1);
    assert.deepEqual(
      cells[0]!.slice(1).map((cell) => cell.slice(0, 3)),
      ['(a)', '(b)', '(c)', '(d)', '(e)', '(f)', '(g)'],
    );
    for (const [index, row] of rows.entries()) assert.deepEqual(cells[index + 1]![1], row.controller);
  }
});

test('register: whatever an operator writes, the CSV reads as it was and runs nothing', () => {
  fc.assert(
    fc.property(fc.nat().map(termsFrom), fc.constantFrom('=1+1', '+49 30 1', '-x', '@a'), (terms, name) => {
      const odd = { ...terms, controller: { ...terms.controller, name } };
      const rows = registerOf(odd, EN, ['basic']).slice(0, 2);
      const cells = parse(registerAsCsv(rows, EN), { record_delimiter: '\r\n' }) as string[][];
      assert.equal(cells[1]![1], `'${rows[0]!.controller}`);
      assert.equal(cells[2]!.length, 8);
    }),
    { numRuns: 30 },
  );
});

test('register: the JSON names operator and terms once, then the activities', () => {
  const rows = registerOf(SAMPLE_TERMS, DE);
  const json = JSON.parse(registerAsJson(rows, SAMPLE_TERMS, DE)) as Record<string, unknown>;
  assert.deepEqual([json['format'], json['v'], json['language']], ['tocsin-register', 1, 'de']);
  assert.deepEqual(json['terms'], { number: 3, date: '2026-11-20' });
  assert.deepEqual(json['controller'], SAMPLE_TERMS.controller);
  assert.deepEqual(json['activities'], JSON.parse(JSON.stringify(rows)));
});
