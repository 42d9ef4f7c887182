import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { MESSAGES } from './items.ts';
import { renderStatement, STATEMENT_VERSION, statementAsJson, statementAsText } from './statement.ts';

/** The text that owners accepted. A change asks everybody anew: raise STATEMENT_VERSION, then put the new hash here. */
const PUBLISHED = { version: 1, sha256: '58e953f6903d91118778cdfbe47ba32f5d89ddee07eff8d6218620da598802a8' };

test('the Statement is the published one, byte for byte', () => {
  assert.deepEqual({ version: STATEMENT_VERSION.version, sha256: renderStatement().sha256 }, PUBLISHED);
});

test('the hash is that of the text without the line that tells it', () => {
  const statement = renderStatement();
  const text = statementAsText(statement);
  const end = text.lastIndexOf('\nSHA-256 of the text above: ');
  assert.equal(createHash('sha256').update(text.slice(0, end)).digest('hex'), statement.sha256);
  assert.ok(text.endsWith(`${statement.sha256}\n`));
});

test('every item of every message is in the text, with its purpose', () => {
  const flat = renderStatement().text.replace(/\s+/g, ' ');
  for (const { items } of MESSAGES)
    for (const { id, what, purpose, example } of items)
      for (const words of [`${id}: ${what}`, `For: ${purpose}`, `Example: ${example}`])
        assert.ok(flat.includes(words.replace(/\s+/g, ' ')), words);
});

test('the JSON form carries the same text and hash, and the levels of each message', () => {
  const { text, sha256 } = renderStatement();
  const json = JSON.parse(statementAsJson(renderStatement())) as Record<string, unknown>;
  assert.equal(json['text'], text);
  assert.equal(json['sha256'], sha256);
  const messages = json['messages'] as { id: string; levels: string[] }[];
  assert.deepEqual(
    messages.map(({ id, levels }) => [id, levels]),
    [
      ['connection', ['off', 'standard', 'extended']],
      ['lookup', ['standard', 'extended']],
    ],
  );
});

test('no line of the text is wider than 78 columns', () => {
  for (const line of renderStatement().text.split('\n')) assert.ok(line.length <= 78, line);
});
