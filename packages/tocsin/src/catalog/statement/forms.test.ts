// The other forms of a document: HTML that loads nothing and can be read by everybody, Markdown and JSON that hold
// what the text holds. Whatever an operator writes into his terms stays text.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { itemOf } from '../catalog.ts';
import { EDITIONS } from '../item.ts';
import type { Terms } from '../terms.ts';
import { HTML_STYLE } from './html-style.ts';
import { HTML_POLICY } from './render-html.ts';
import { blockAsMarkdown } from './render-markdown.ts';
import { SAMPLE_TERMS } from './rendered.ts';
import type { Statement, StatementContext } from './statement.ts';
import {
  LANGUAGES,
  renderPrivacyPolicy,
  renderStatement,
  statementAsHtml,
  statementAsMarkdown,
} from './statement.ts';
import { statementAsJson } from './statement-json.ts';
import { termsFrom } from './terms-fixture.ts';

const HERE: StatementContext = {
  terms: SAMPLE_TERMS,
  edition: 'virtual',
  jurisdiction: 'DE',
  language: 'en',
};
const VOID = new Set(['meta', 'wbr']);

interface Tag {
  readonly name: string;
  readonly attributes: string;
}

/** The tags of a page in order, after a check that each is closed where it should be. */
function tagsOf(html: string): readonly Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  const body = html.replace(/<style>[^<]*<\/style>/, '').replace('<!doctype html>', '');
  for (const [, end, name, attributes] of body.matchAll(/<(\/?)([a-z0-9]+)([^<>]*)>/g)) {
    if (end === '/') assert.equal(open.pop(), name);
    else {
      tags.push({ name: name!, attributes: attributes! });
      if (!VOID.has(name!)) open.push(name!);
    }
  }
  assert.deepEqual(open, []);
  const rest = body.replace(/<\/?[a-z0-9]+(?: [a-z-]+="[^"<>]*")*>/g, '');
  assert.doesNotMatch(rest, /[<>]/, 'nothing is left that could be a tag');
  assert.doesNotMatch(rest, /&(?!(?:amp|lt|gt|quot|#39);)/);
  return tags;
}

test('html: whole, with a policy that allows its own style and nothing else', () => {
  for (const language of LANGUAGES)
    for (const render of [renderStatement, renderPrivacyPolicy]) {
      const html = statementAsHtml(render({ ...HERE, language }));
      const tags = tagsOf(html);
      assert.ok(html.startsWith(`<!doctype html>\n<html lang="${language}">`) && html.endsWith('</html>\n'));
      const allowed = new Set(
        'html head meta title style body a header h1 h2 h3 h4 dl div dt dd nav main section p ul li table caption thead tbody tr th td code span wbr footer'.split(
          ' ',
        ),
      );
      for (const { name, attributes } of tags) {
        assert.ok(allowed.has(name), name);
        assert.doesNotMatch(attributes, / (?:on[a-z]+|style|src|action|http)=/);
        for (const [, target] of attributes.matchAll(/ href="([^"]*)"/g)) assert.match(target!, /^#/);
      }
      const digest = createHash('sha256').update(HTML_STYLE).digest('base64');
      assert.ok(HTML_POLICY.startsWith(`default-src 'none'; style-src 'sha256-${digest}'`));
      assert.ok(html.includes(`<style>${HTML_STYLE}</style>`));
      assert.doesNotMatch(HTML_STYLE, /url\(|@import|</);
    }
});

test('html: headings in order, tables with heads, links that lead somewhere, no id twice', () => {
  for (const render of [renderStatement, renderPrivacyPolicy]) {
    const html = statementAsHtml(render(HERE));
    const tags = tagsOf(html);
    const levels = tags.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    for (const [index, level] of levels.entries())
      assert.ok(level <= (levels[index - 1] ?? 0) + 1, `heading ${index}`);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    assert.equal(new Set(ids).size, ids.length);
    const named = [...html.matchAll(/ (?:href="#|aria-labelledby=")([^"]*)"/g)].map(([, id]) => id!);
    assert.ok(named.length > 50);
    for (const id of named) assert.ok(ids.includes(id), id);
    for (const [table] of html.matchAll(/<table>.*?<\/table>/gs)) {
      assert.match(table, /^<table>\n<caption>[^<]+/);
      const columns = table.match(/<th scope="col">/g)!.length;
      for (const [row] of table.matchAll(/<tr><th scope="row">.*?<\/tr>/g))
        assert.equal(row.match(/<t[hd][ >]/g)!.length, columns);
    }
  }
});

test('html and markdown: what an operator writes is text, whatever it looks like', () => {
  const names = (html: string): string => JSON.stringify(tagsOf(html).map(({ name }) => name));
  fc.assert(
    fc.property(fc.nat().map(termsFrom), fc.constantFrom(...LANGUAGES), (terms, language) => {
      const of = (other: Terms): Statement =>
        renderPrivacyPolicy({ terms: other, edition: 'basic', jurisdiction: null, language });
      assert.equal(names(statementAsHtml(of(terms))), names(statementAsHtml(of(harmless(terms)))));
      const markdown = statementAsMarkdown(of(terms)).replace(/^<a id="[a-z0-9._-]+"><\/a>$/gm, '');
      assert.doesNotMatch(markdown, /(?<!\\)</);
      const lines = statementAsMarkdown(of(harmless(terms))).split('\n');
      assert.equal(markdown.split('\n').length, lines.length);
    }),
    { numRuns: 60 },
  );
});

/** The same terms with a plain word in place of each text. */
function harmless(terms: Terms): Terms {
  const word = (text: string | null): string | null => (text === null ? null : 'word');
  return {
    ...terms,
    controller: {
      name: word(terms.controller.name),
      address: word(terms.controller.address),
      contact: word(terms.controller.contact),
    },
    privacyContact: word(terms.privacyContact),
    securityContact: word(terms.securityContact),
    representative: word(terms.representative),
    authority: word(terms.authority),
    storage: terms.storage.map((place) => ({ ...place, place: 'word', safeguard: word(place.safeguard) })),
    partners: terms.partners.map((partner) => ({ ...partner, name: 'word', purpose: 'word' })),
  };
}

test('markdown: special characters are escaped, code is fenced, cells stay cells', () => {
  const table: [string, string][] = [
    ['a*b_c', 'a\\*b\\_c'],
    ['<b>', '\\<b\\>'],
    ['1. one', '1\\. one'],
    ['- two', '\\- two'],
    ['# three', '\\# three'],
    ['[a](b)', '\\[a\\](b)'],
  ];
  for (const [text, want] of table) assert.equal(blockAsMarkdown({ kind: 'paragraph', text: [text] }), want);
  assert.equal(blockAsMarkdown({ kind: 'paragraph', text: [{ code: 'a`b' }] }), '``a`b``');
  assert.equal(blockAsMarkdown({ kind: 'paragraph', text: [{ id: '`' }] }), '`` ` ``');
  const cells = blockAsMarkdown({
    kind: 'table',
    caption: [],
    head: [['a']],
    rows: [[[{ id: 'x|y' }]], [['p|q']]],
  });
  assert.equal(cells, '| a |\n| --- |\n| `x\\|y` |\n| p\\|q |');
});

test('markdown: links lead to anchors of the same text, and its headings are those of the document', () => {
  const statement = renderStatement(HERE);
  const markdown = statementAsMarkdown(statement);
  const anchors = new Set([...markdown.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id));
  const links = [...markdown.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id!);
  assert.ok(links.length > 500);
  for (const id of links) assert.ok(anchors.has(id), id);
  const headings = [...markdown.matchAll(/^## ([0-9]+) /gm)].map(([, number]) => number);
  assert.deepEqual(
    headings,
    statement.content.sections.map(({ number }) => number),
  );
  assert.ok(markdown.endsWith(`\`${statement.sha256}\`\n`));
});

test('json: text and hash, sections, messages with their levels, items with fingerprints', () => {
  for (const language of LANGUAGES)
    for (const edition of EDITIONS) {
      const statement = renderStatement({ ...HERE, edition, language });
      const json = JSON.parse(statementAsJson(statement)) as Record<string, never>;
      for (const key of [
        'document',
        'version',
        'date',
        'language',
        'edition',
        'jurisdiction',
        'regime',
      ] as const)
        assert.equal(json[key], statement[key]);
      assert.deepEqual([json['format'], json['v']], ['tocsin-statement', 2]);
      assert.equal(createHash('sha256').update(json['text']!).digest('hex'), json['sha256']);
      const messages = json['messages'] as unknown as { id: string; levels: string[]; items: string[] }[];
      assert.deepEqual(
        messages.slice(0, 6).map(({ id, levels }) => [id, levels]),
        [
          ['connection', ['off', 'standard', 'extended']],
          ['consent-receipt-request', ['off', 'standard', 'extended']],
          ['tamper-alarm', ['off', 'standard', 'extended']],
          ['erasure-request', ['off', 'standard', 'extended']],
          ['lookup', ['standard', 'extended']],
          ['lookup-address', ['standard', 'extended']],
        ],
      );
      const items = json['items'] as unknown as Record<string, unknown>[];
      const ids = new Set(items.map(({ id }) => id));
      for (const message of messages) for (const id of message.items) assert.ok(ids.has(id), id);
      for (const item of items) {
        assert.match(String(item['fingerprint']), /^[0-9a-f]{12}$/);
        const proof = itemOf(String(item['id']))?.proof;
        assert.ok(Number(item['retentionDays']) <= 60 || proof !== undefined);
        assert.equal(item['retentionFrom'], proof === 'in-force' ? 'end-of-force' : 'arrival');
        assert.ok((item['messages'] as string[]).length > 0, String(item['id']));
      }
    }
});
