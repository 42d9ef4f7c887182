// The canonical plain text against its vectors (spec/statement.md): small documents and the exact text of each.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Document } from './document.ts';
import { marked } from './document.ts';
import { plain, renderText } from './render-text.ts';

const VECTORS = new URL('../../../../../spec/vectors/statement/text.json', import.meta.url);
const CASES = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
  readonly name: string;
  readonly document: Document;
  readonly text: string;
}[];

test('text: there are vectors', () => assert.ok(CASES.length >= 12));

for (const { name, document, text } of CASES)
  test(`text: ${name}`, () => assert.equal(renderText(document), text));

test('text: the same piece as it is read, and as JSON keeps it', () => {
  const rich = ['Run ', { code: 'tocsin sent' }, ' of ', { id: 'object.url', ref: 'item' as const }];
  assert.equal(plain(rich), "Run 'tocsin sent' of object.url");
  assert.equal(marked(rich), 'Run `tocsin sent` of object.url');
});
