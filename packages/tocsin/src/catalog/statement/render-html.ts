// A document as one HTML page: no script, nothing from elsewhere, one style that the page's own policy names by its
// digest. Everything that is not a tag of this file is escaped. No I/O.
import { createHash } from 'node:crypto';
import { never } from '../../protocol/errors.ts';
import type { Block, Document, Fact, Rich, Section, Segment } from './document.ts';
import { HTML_STYLE } from './html-style.ts';

/** Policy under which the page works: also to be sent as the header `content-security-policy`. */
export const HTML_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(HTML_STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

export interface HtmlLabels {
  readonly contents: string;
  readonly skip: string;
}

/** The whole page, ending in LF: the first section (a summary), the contents, the rest; `foot` at the end. */
export function renderHtml(document: Document, labels: HtmlLabels, foot: Rich): string {
  const title = escapeHtml(document.title.map(textOf).join(''));
  const [first, ...rest] = document.sections;
  return `<!doctype html>
<html lang="${escapeHtml(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${escapeHtml(HTML_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<a class="skip" href="#text">${escapeHtml(labels.skip)}</a>
<header>
<h1>${inline(document.title)}</h1>
${facts(document.facts)}
</header>
<main id="text">
${first === undefined ? '' : sectionOf(first, 2)}
<nav aria-labelledby="contents">
<h2 id="contents">${escapeHtml(labels.contents)}</h2>
${contents(document.sections)}
</nav>
${rest.map((section) => sectionOf(section, 2)).join('\n')}
</main>
<footer>
<p>${inline(foot)}</p>
</footer>
</body>
</html>
`;
}

function contents(sections: readonly Section[]): string {
  const entries = sections.map(
    ({ anchor, number, title, sections: below }) =>
      `<li><a href="#${escapeHtml(anchor)}">${number} ${inline(title)}</a>${below.length === 0 ? '' : `\n${contents(below)}`}</li>`,
  );
  return `<ul>\n${entries.join('\n')}\n</ul>`;
}

function sectionOf(section: Section, level: 2 | 3): string {
  const { anchor, number, title, blocks, sections } = section;
  return [
    `<section aria-labelledby="${escapeHtml(anchor)}">`,
    `<h${level} id="${escapeHtml(anchor)}">${number} ${inline(title)}</h${level}>`,
    ...blocks.map((block) => blockOf(block, level + 1)),
    ...sections.map((below) => sectionOf(below, 3)),
    '</section>',
  ].join('\n');
}

function blockOf(block: Block, level: number): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${inline(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</ul>`;
    case 'facts':
      return facts(block.rows);
    case 'table':
      return table(block);
    case 'item': {
      const mark = block.mark === null ? '' : ` <span class="mark">${inline(block.mark)}</span>`;
      const id = escapeHtml(block.id);
      return [
        `<section class="item" aria-labelledby="item-${id}">`,
        `<h${level} id="item-${id}"><code>${broken(id)}</code>${mark}</h${level}>`,
        `<p>${inline(block.what)}</p>`,
        facts(block.rows),
        '</section>',
      ].join('\n');
    }
    default:
      return never(block);
  }
}

function facts(rows: readonly Fact[]): string {
  const entries = rows.map(([name, value]) => `<div><dt>${inline(name)}</dt><dd>${inline(value)}</dd></div>`);
  return `<dl>\n${entries.join('\n')}\n</dl>`;
}

/** The first cell of each row is its heading. */
function table({ caption, head, rows }: Extract<Block, { kind: 'table' }>): string {
  const body = rows.map(
    ([first = [], ...rest]) =>
      `<tr><th scope="row">${inline(first)}</th>${rest.map((cell) => `<td>${inline(cell)}</td>`).join('')}</tr>`,
  );
  return [
    '<div class="table" tabindex="0" role="region" aria-label="',
    escapeHtml(caption.map(textOf).join('')),
    '"><table>\n<caption>',
    inline(caption),
    '</caption>\n<thead><tr>',
    ...head.map((cell) => `<th scope="col">${inline(cell)}</th>`),
    '</tr></thead>\n<tbody>\n',
    body.join('\n'),
    '\n</tbody>\n</table></div>',
  ].join('');
}

function inline(text: Rich): string {
  return text.map(inlineSegment).join('');
}

function inlineSegment(segment: Segment): string {
  if (typeof segment === 'string') return escapeHtml(segment);
  if ('code' in segment) return `<code>${escapeHtml(segment.code)}</code>`;
  const code = `<code>${broken(escapeHtml(segment.id))}</code>`;
  return segment.ref === undefined ? code : `<a href="#${segment.ref}-${escapeHtml(segment.id)}">${code}</a>`;
}

/** Long ids may go on in the next line behind a full stop or underscore. */
function broken(escapedText: string): string {
  return escapedText.replace(/[._](?=[a-z])/g, '$&<wbr>');
}

function textOf(segment: Segment): string {
  return typeof segment === 'string' ? segment : 'code' in segment ? segment.code : segment.id;
}

/** Safe as text and in an attribute that stands in quotes. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  };
  return text.replace(/[&<>"']/g, (character) => `&${names[character]};`);
}
