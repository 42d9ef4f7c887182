// A document as Markdown (CommonMark with the tables of GitHub). Text is escaped: whatever an operator wrote into
// his terms stays text. No I/O.
import { never } from '../../protocol/errors.ts';
import type { Block, Document, Fact, Rich, Section, Segment } from './document.ts';

export function renderMarkdown(document: Document): string {
  return `${[`# ${inline(document.title)}`, factsOf(document.facts), ...document.sections.flatMap(sectionParts)].join('\n\n')}\n`;
}

/** One block, for documents that are put together elsewhere (dictionary). */
export function blockAsMarkdown(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return line(block.text);
    case 'list':
      return block.items.map((item) => `- ${line(item)}`).join('\n');
    case 'facts':
      return factsOf(block.rows);
    case 'table':
      return tableOf(block.head, block.rows);
    case 'item': {
      const mark = block.mark === null ? '' : ` *(${inline(block.mark)})*`;
      const anchor = `<a id="item-${block.id}"></a>`;
      return [`${anchor}**${code(block.id)}**${mark}: ${inline(block.what)}`, factsOf(block.rows)].join(
        '\n\n',
      );
    }
    default:
      return never(block);
  }
}

function sectionParts(section: Section): readonly string[] {
  const level = section.number.includes('.') ? '###' : '##';
  return [
    `<a id="${section.anchor}"></a>`,
    `${level} ${section.number} ${inline(section.title)}`,
    ...section.blocks.map(blockAsMarkdown),
    ...section.sections.flatMap(sectionParts),
  ];
}

function factsOf(rows: readonly Fact[]): string {
  return rows.map(([name, value]) => `- **${inline(name)}:** ${inline(value)}`).join('\n');
}

function tableOf(head: readonly Rich[], rows: readonly (readonly Rich[])[]): string {
  const row = (cells: readonly Rich[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [row(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(row)].join('\n');
}

/** A bar ends a cell even within code. */
function cell(text: Rich): string {
  return text
    .map((segment) =>
      typeof segment === 'string' ? inlineSegment(segment) : inlineSegment(segment).replaceAll('|', '\\|'),
    )
    .join('');
}

export function inline(text: Rich): string {
  return text.map(inlineSegment).join('');
}

/** Text at the start of a line, where a few characters would mean more than elsewhere. */
function line(text: Rich): string {
  return inline(text)
    .replace(/^([0-9]+)([.)])/, '$1\\$2')
    .replace(/^([-+])/, '\\$1');
}

function inlineSegment(segment: Segment): string {
  if (typeof segment === 'string') return segment.replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&');
  if ('code' in segment) return code(segment.code);
  return segment.ref === undefined
    ? code(segment.id)
    : `[${code(segment.id)}](#${segment.ref}-${segment.id})`;
}

/** Backquotes around, one more than there are within. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}
