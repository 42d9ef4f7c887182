// A document for programs: its text and hash, its sections, and the messages and items one by one in the words of
// its language (spec/statement.md, section 5). No I/O.
import { never } from '../../protocol/errors.ts';
import { messagesWith } from '../catalog.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Item } from '../item.ts';
import type { Message } from '../message.ts';
import type { View } from './context.ts';
import { isPlanned, keptDays, levelsOf, viewOf } from './context.ts';
import type { Block, Rich, Section } from './document.ts';
import { marked } from './document.ts';
import { plain } from './render-text.ts';
import type { Statement } from './statement.ts';
import { exampleText, typeWords } from './type-words.ts';
import { wordsIn } from './words.ts';

export const STATEMENT_FORMAT = { format: 'tocsin-statement', v: 2 } as const;

/** One JSON object and LF. */
export function statementAsJson(statement: Statement): string {
  const { document, version, date, language, edition, jurisdiction, regime, sha256, text, content } =
    statement;
  const view = viewOf(statement, wordsIn(language));
  const { messages, items } = view;
  const visible = new Set(messages.map(({ id }) => id));
  const json = {
    ...STATEMENT_FORMAT,
    ...{ document, version, date, language, edition, jurisdiction, regime, sha256, text },
    title: marked(content.title),
    sections: content.sections.map(sectionJson),
    messages: messages.map((message) => messageJson(message, view)),
    items: items.map((item) => itemJson(item, view, visible)),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function sectionJson({ number, anchor, title, blocks, sections }: Section): object {
  return {
    number,
    anchor,
    title: marked(title),
    blocks: blocks.map(blockJson),
    sections: sections.map(sectionJson),
  };
}

function blockJson(block: Block): object {
  const facts = (rows: readonly (readonly [Rich, Rich])[]): object[] =>
    rows.map(([name, value]) => ({ name: marked(name), value: marked(value) }));
  switch (block.kind) {
    case 'paragraph':
      return { kind: block.kind, text: marked(block.text) };
    case 'list':
      return { kind: block.kind, items: block.items.map(marked) };
    case 'facts':
      return { kind: block.kind, facts: facts(block.rows) };
    case 'table': {
      const { kind, caption, head, rows } = block;
      const cells = rows.map((row) => row.map(marked));
      return { kind, caption: marked(caption), head: head.map(marked), rows: cells };
    }
    case 'item':
      return { kind: block.kind, id: block.id };
    default:
      return never(block);
  }
}

function messageJson(message: Message, { words, items }: View): object {
  const text = (part: string): string => plain(words.catalog(`message.${message.id}.${part}`));
  const listed = new Set(items.map(({ id }) => id));
  return {
    id: message.id,
    title: text('title'),
    attribution: message.attribution,
    from: message.from,
    levels: levelsOf(message.from),
    planned: isPlanned(message),
    reasons: Object.fromEntries(Object.keys(message.reasons).map((code) => [code, text(`reason.${code}`)])),
    schedule: { when: text('when'), atMostPerDay: message.schedule.atMostPerDay },
    service: message.service === null ? null : text('service'),
    maxBytes: message.maxBytes,
    required: message.required,
    items: message.items.filter((id) => listed.has(id)),
  };
}

function itemJson(item: Item, { words, terms }: View, visible: ReadonlySet<string>): object {
  const { id, type, purposes, sensitivity, personal, participation, transform, recipients } = item;
  const text = (family: string, name: string): string => plain(words.term(family, name));
  return {
    id,
    fingerprint: fingerprint(item),
    what: plain(words.catalog(id)),
    type,
    form: plain(typeWords(type, words)),
    purposes: purposes.map((purpose) => ({ id: purpose, words: text('purpose', purpose) })),
    sensitivity,
    personal,
    participation,
    levels: levelsOf(participation),
    transform: { id: transform, words: text('transform', transform) },
    retentionDays: keptDays(item, terms),
    retentionFrom: item.proof === 'in-force' ? 'end-of-force' : 'arrival',
    recipients,
    planned: isPlanned(item),
    messages: messagesWith(id).filter((message) => visible.has(message)),
    example: item.example,
    exampleText: exampleText(item),
  };
}
