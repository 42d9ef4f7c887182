// Names of sources: given by an operator or taken from a file, and never those of the hub itself.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { parseObject } from 'tocsin/protocol/objects.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { setVerdict } from '../verdicts/analyst.ts';
import { explain } from '../verdicts/explain.ts';
import { importBundled } from './bundled.ts';
import { FORMATS } from './formats/index.ts';
import { reportText } from './report.ts';
import { runImport } from './run-import.ts';
import { parseSourceName, sourceNameOf } from './source-name.ts';

const EICAR = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

test('a name is taken as it is given, or refused', () => {
  for (const name of ['loldrivers', "this machine's packages (first look)", 'a@b:c/d+e', 'réseau 7'])
    assert.equal(parseSourceName(name), name);
  for (const [name, state] of [
    ['', 'it holds other characters'],
    ['-x', 'it holds other characters'],
    ['a\nb', 'it holds other characters'],
    ['a\u001b[31m', 'it holds other characters'],
    ['x'.repeat(101), 'it is too long'],
    ['analyst', 'that name is of the hub itself'],
    ['Analyst', 'that name is of the hub itself'],
    ['held', 'that name is of the hub itself'],
    ['Tocsin  test-files', 'that name is of the hub itself'],
    ['ａｎａｌｙｓｔ', 'that name is of the hub itself'],
  ] as const)
    assert.throws(() => parseSourceName(name), {
      code: 'input',
      message: new RegExp(`^Cannot use source '.*': ${state}, want a name of up to 100 letters`),
    });
});

test("a file's name is a source's name only where an operator could have given it", () => {
  assert.equal(sourceNameOf('/lists/ipsum.txt.zst'), 'ipsum.txt');
  for (const path of [
    '/x/analyst',
    '/x/held.gz',
    '/x/a\nb.txt',
    '/x/a\u001b[2K',
    `/x/${'y'.repeat(240)}`,
    '/x/.gz',
  ])
    assert.throws(() => sourceNameOf(path), {
      code: 'input',
      message: /^Cannot name the source after the file '[\x20-\x7e…]*': .*, want --source with a name$/,
    });
});

test('whatever the text, a name comes out as it went in, or one sentence does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
      try {
        assert.equal(parseSourceName(text), text);
        assert.doesNotMatch(text, /[\p{C}\n]/u);
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'input', String(error));
      }
    }),
  );
});

let hub: TemporaryHub;
let directory: string;
before(async () => {
  hub = await temporaryHub();
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function deciding(object: string): Promise<string> {
  const parsed = parseObject(object);
  const key =
    parsed.kind === 'host'
      ? hostKey(parsed.host)
      : parsed.kind === 'file'
        ? { kind: parsed.digest, bytes: parsed.bytes }
        : assert.fail();
  const { resolution } = await explain(hub, key);
  return resolution.kind === 'decided' ? resolution.claim.record.source : resolution.kind;
}

test("no list can speak as the analyst, be it by flag, by its file's name or by a kind", async () => {
  const said = { level: 'malicious', category: null, name: null, reason: 'seen', by: 'ann' } as const;
  await setVerdict(hub, { key: hostKey('seen.example'), text: 'host:seen.example', ...said });
  const path = file('analyst', 'other.example\n');
  const format = FORMATS['domains']!;
  await assert.rejects(runImport(hub, { format, path }), { code: 'input' });
  await assert.rejects(runImport(hub, { format, path, source: 'analyst' }), { code: 'input' });
  await runImport(hub, { format, path, source: 'a rule', sourceKind: 'rule' });
  await assert.rejects(runImport(hub, { format, path, source: 'a rule' }), {
    code: 'conflict',
    message: "Cannot use source 'a rule' as a feed: it is a rule, want another name",
  });
  assert.equal(await deciding('seen.example'), 'analyst');
  assert.equal(await deciding('other.example'), 'a rule');
});

test('the bundled list cannot be replaced, and comes back where an older release let it be', async () => {
  await importBundled(hub);
  assert.equal(await deciding(EICAR), 'tocsin test files');
  const path = file('other.csv', `sha256\n${'0'.repeat(64)}\n`);
  const request = { format: FORMATS['csv']!, path };
  await assert.rejects(runImport(hub, { ...request, source: 'tocsin test files' }), { code: 'input' });
  await runImport(hub, { ...request, bundled: 'tocsin test files' });
  assert.equal(await deciding(EICAR), 'none');
  await importBundled(hub);
  assert.equal(await deciding(EICAR), 'tocsin test files');
});

test('the bundled lists name trackers and payment sites, each host once and with its reason', async () => {
  for (const [name, level, category] of [
    ['trackers.csv', 'riskware', 'tracker'],
    ['payment-sites.csv', 'good', 'payment'],
  ] as const) {
    const text = readFileSync(join(import.meta.dirname, '../../lists', name), 'utf8');
    const [head, ...rows] = text.trimEnd().split('\n');
    assert.equal(head, 'host,level,category,name,reason');
    assert.ok(rows.length >= 20);
    assert.equal(new Set(rows.map((row) => row.split(',')[0])).size, rows.length);
    for (const row of rows)
      assert.match(row, new RegExp(`^[a-z0-9.-]+,${level},${category},[^,]+,[^,]{15,}$`));
  }
  await importBundled(hub);
  const { resolution } = await explain(hub, hostKey('doubleclick.net'));
  assert.equal(resolution.kind === 'decided' && resolution.claim.record.name, 'Google Ads');
  const pays = await explain(hub, hostKey('paypal.com'));
  assert.deepEqual(
    pays.claims.map(({ record }) => [record.source, record.level, record.category]),
    [['tocsin payment sites', 'good', 'payment']],
  );
});

test("a file's name is shown as text", async () => {
  const path = file('a\u001b[31mb\n.txt', 'named.example\n');
  const report = await runImport(hub, { format: FORMATS['domains']!, path, source: 'named' });
  assert.match(reportText(report), /^imported a\ufffd\[31mb\ufffd\.txt as source 'named'/);
});
