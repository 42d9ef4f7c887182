// The canonical plain text of a document (spec/statement.md): what is hashed and accepted. A change here changes
// every hash, so it needs a new version of the catalog. No I/O.
import { never } from '../../protocol/errors.ts';
import type { Block, Document, Fact, Rich, Section } from './document.ts';

/** Columns of a line; a column is a Unicode code point. */
export const TEXT_WIDTH = 78;
/** The column in which the values of facts begin is at most this, whatever the longest name. */
const MAX_LABEL = 24;
/** No column of a table is narrower. */
const MIN_CELL = 6;

/** UTF-8, LF, ends with LF, no line wider than TEXT_WIDTH, no space at the end of a line. */
export function renderText(document: Document): string {
  const parts = [
    underlined(wrapped(plain(document.title)), '='),
    factLines(document.facts, 0).join('\n'),
    ...document.sections.flatMap((section) => sectionParts(section, '=')),
  ];
  return `${parts.map((part) => part.replace(/ +$/gm, '')).join('\n\n')}\n`;
}

/** The characters as they are read: code in quotes, ids bare. */
export function plain(text: Rich): string {
  return text
    .map((segment) =>
      typeof segment === 'string' ? segment : 'code' in segment ? `'${segment.code}'` : segment.id,
    )
    .join('');
}

function sectionParts(section: Section, underline: string): readonly string[] {
  const heading = wrapped(plain(section.title), `${section.number}  `);
  return [
    underlined(heading, underline),
    ...section.blocks.map((block) => blockLines(block).join('\n')),
    ...section.sections.flatMap((below) => sectionParts(below, '-')),
  ];
}

function underlined(heading: readonly string[], line: string): string {
  return [...heading, line.repeat(Math.max(...heading.map(columns)))].join('\n');
}

function blockLines(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
      return wrapped(plain(block.text));
    case 'list':
      return block.items.flatMap((item) => wrapped(plain(item), '- '));
    case 'facts':
      return factLines(block.rows, 0);
    case 'table':
      return tableLines(block.head, block.rows);
    case 'item': {
      const mark = block.mark === null ? '' : ` [${plain(block.mark)}]`;
      return [
        ...wrapped(`${block.id}${mark}`),
        ...wrapped(plain(block.what), '  '),
        ...factLines(block.rows, 2),
      ];
    }
    default:
      return never(block);
  }
}

function factLines(rows: readonly Fact[], indent: number): readonly string[] {
  const names = rows.map(([name]) => plain(name));
  const width = Math.min(MAX_LABEL, Math.max(0, ...names.map(columns)));
  return rows.flatMap(([, value], index) => {
    const name = names[index]!;
    const lead = `${' '.repeat(indent)}${padded(name, width)}  `;
    if (columns(name) <= width) return wrapped(plain(value), lead);
    return [...wrapped(name, ' '.repeat(indent)), ...wrapped(plain(value), ' '.repeat(indent + width + 2))];
  });
}

/** Columns side by side, two spaces between, a line of hyphens below the head, a cell's text wrapped within it. */
function tableLines(head: readonly Rich[], rows: readonly (readonly Rich[])[]): readonly string[] {
  const cells = [head, ...rows].map((row) => row.map(plain));
  const widths = columnWidths(cells);
  const lines = cells.map((row) => {
    const wrappedCells = row.map((cell, column) => wrapped(cell, '', widths[column]!));
    const height = Math.max(...wrappedCells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      wrappedCells
        .map((cell, column) => padded(cell[line] ?? '', widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  });
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [...lines[0]!, rule, ...lines.slice(1).flat()];
}

/** The widths that the cells want; where they do not fit, the widest gives way, one column at a time. */
function columnWidths(cells: readonly (readonly string[])[]): readonly number[] {
  const count = cells[0]!.length;
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(MIN_CELL, ...cells.map((row) => columns(row[column] ?? ''))),
  );
  const room = TEXT_WIDTH - 2 * (count - 1);
  const sum = (): number => widths.reduce((all, width) => all + width, 0);
  while (sum() > room && Math.max(...widths) > MIN_CELL) widths[widths.indexOf(Math.max(...widths))]! -= 1;
  return widths;
}

/** Fills lines up to a width, one space between words; the first begins with `lead`, the others are indented by it. */
function wrapped(text: string, lead = '', width = TEXT_WIDTH): readonly string[] {
  const room = width - columns(lead);
  const lines: string[] = [];
  let line = '';
  const words = text.split(' ').filter((word) => word !== '');
  for (const word of words.flatMap((long) => broken(long, room))) {
    if (line !== '' && columns(line) + 1 + columns(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  const indent = ' '.repeat(columns(lead));
  return [...lines, line].map((filled, index) => `${index === 0 ? lead : indent}${filled}`);
}

/** A word that is wider than a line goes on in the next one. */
function broken(word: string, room: number): readonly string[] {
  if (columns(word) <= room) return [word];
  const points = [...word];
  return Array.from({ length: Math.ceil(points.length / room) }, (_, part) =>
    points.slice(part * room, (part + 1) * room).join(''),
  );
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

function columns(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
