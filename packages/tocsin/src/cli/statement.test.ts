// `tocsin statement` as a person and a program see it: real processes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { renderPrivacyPolicy, renderStatement, statementAsText } from '../catalog/statement/statement.ts';
import { Stage } from './run-fixture.ts';

const HERE = { terms: null, edition: 'basic', jurisdiction: null, language: 'en' } as const;

test('statement prints the text of this machine and its hash, and touches nothing', async (t) => {
  const stage = new Stage(t);
  const { status, out, err } = await stage.run(['statement']);
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  assert.equal(out, statementAsText(renderStatement(HERE)));
  const [, text, hash] = /^(.*\n)\nSHA-256 of the text above: ([0-9a-f]{64})\n$/s.exec(out)!;
  assert.equal(createHash('sha256').update(text!).digest('hex'), hash);
  assert.equal(existsSync(stage.home), false);
});

test('statement takes edition, jurisdiction, language and document', async (t) => {
  const stage = new Stage(t);
  const words = ['statement', '--edition', 'virtual', '--jurisdiction', 'us', '--lang', 'de'];
  const { out } = await stage.run([...words, '--document', 'privacy-policy', '--format', 'json']);
  const json = JSON.parse(out) as Record<string, unknown>;
  const want = renderPrivacyPolicy({ terms: null, edition: 'virtual', jurisdiction: 'US', language: 'de' });
  assert.equal(json['sha256'], want.sha256);
  assert.deepEqual(
    ['format', 'v', 'document', 'edition', 'jurisdiction', 'language', 'regime'].map((key) => json[key]),
    ['tocsin-statement', 2, 'privacy-policy', 'virtual', 'US', 'de', 'opt-in'],
  );
});

test('statement as a page and as Markdown begins as such', async (t) => {
  const stage = new Stage(t);
  const html = await stage.run(['statement', '--format', 'html', '--lang', 'de']);
  assert.match(html.out, /^<!doctype html>\n<html lang="de">\n/);
  const markdown = await stage.run(['statement', '--format', 'md']);
  assert.match(markdown.out, /^# What leaves this machine, and what for: /);
});

test('statement --diff tells what is new by item, as text and as JSON', async (t) => {
  const stage = new Stage(t);
  const text = await stage.run(['statement', '--diff', '1', '2', '--lang', 'de', '--edition', 'plus']);
  assert.equal(text.status, 0);
  assert.match(text.out, /^Was sich von Fassung 1 zu Fassung 2 geändert hat\n/);
  assert.match(text.out, /\n- device\.mac_vendor_part: /);
  const json = await stage.run(['statement', '--diff', '1', '2', '--format', 'json']);
  const { format, added } = JSON.parse(json.out) as { format: string; added: { id: string }[] };
  assert.equal(format, 'tocsin-statement-diff');
  assert.ok(added.some(({ id }) => id === 'object.url') && !added.some(({ id }) => id === 'lookup.prefix'));
});

test('statement says what it does not understand, in one sentence', async (t) => {
  const stage = new Stage(t);
  const table: [string[], RegExp][] = [
    [
      ['--jurisdiction', 'UK'],
      /^tocsin: Cannot use the jurisdiction 'UK': .* want 'GB' for United Kingdom\n$/,
    ],
    [['--diff', '1'], /^tocsin: Cannot compare versions: 1 given, want two, as in '--diff 1 2'\n$/],
    [['--diff', '1', '7'], /^tocsin: Cannot compare with version '7': .*want one of 1, 2\n$/],
    [['--diff', '1', '2', '--format', 'html'], /^tocsin: Cannot compare versions: .*'text' or 'json'/],
    [['--edition', 'gold'], /Allowed choices are basic, plus, premium, virtual\./],
  ];
  for (const [words, err] of table) {
    const ran = await stage.run(['statement', ...words]);
    assert.deepEqual([ran.status, ran.out], [2, ''], words.join(' '));
    assert.match(ran.err, err);
  }
});
