// docs/data-dictionary.md is what the catalog says; TOCSIN_UPDATE_GOLDEN=1 writes it anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ITEMS, MESSAGES } from './catalog.ts';
import { dictionaryAsMarkdown } from './dictionary.ts';
import { fingerprint } from './fingerprint.ts';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/data-dictionary.md', import.meta.url));

test('dictionary: the document is the one that the catalog makes', () => {
  const text = dictionaryAsMarkdown('en');
  if (process.env['TOCSIN_UPDATE_GOLDEN'] === '1') writeFileSync(DOCUMENT, text);
  assert.equal(readFileSync(DOCUMENT, 'utf8'), text, 'TOCSIN_UPDATE_GOLDEN=1 writes it anew');
});

test('dictionary: in both languages every item stands with its fingerprint and source, every message with its reasons', () => {
  for (const language of ['en', 'de'] as const) {
    const text = dictionaryAsMarkdown(language);
    for (const item of ITEMS) {
      assert.ok(text.includes(`<a id="item-${item.id}"></a>**\`${item.id}\`**`), item.id);
      assert.ok(text.includes(`\`${fingerprint(item)}\``), item.id);
    }
    for (const { id, reasons } of MESSAGES) {
      const codes = Object.keys(reasons).map((code) => `\`${code}\``);
      assert.ok(text.includes(`| \`${id}\` |`) && text.includes(codes.join(', ')), id);
    }
    const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id));
    for (const [, id] of text.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(anchors.has(id!), id);
  }
});
