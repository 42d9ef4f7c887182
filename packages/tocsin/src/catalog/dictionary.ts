// The data dictionary: every message and item with all that is declared of it, as Markdown (docs/data-dictionary.md).
// For people who write, check or operate the software; the Statement is for those at the machines. No I/O.
import { ITEMS, MESSAGES, messagesWith } from './catalog.ts';
import { fingerprint } from './fingerprint.ts';
import type { Item, ItemType } from './item.ts';
import { EDITIONS } from './item.ts';
import { grouped, isPlanned } from './statement/context.ts';
import type { Block, Document, Fact, Rich } from './statement/document.ts';
import { ids, joined, list, numbered, paragraph } from './statement/document.ts';
import { renderMarkdown } from './statement/render-markdown.ts';
import { leavesWords, natureWords } from './statement/sections/data.ts';
import { exampleText, typeWords } from './statement/type-words.ts';
import type { Language, Words } from './statement/words.ts';
import { withCode, wordsIn } from './statement/words.ts';
import { NEWEST_VERSION } from './versions/versions.ts';

export function dictionaryAsMarkdown(language: Language): string {
  return renderMarkdown(dictionary(wordsIn(language)));
}

export function dictionary(words: Words): Document {
  const { say, term, language } = words;
  const { number, date } = NEWEST_VERSION;
  const groups = [...grouped(ITEMS)].map(([group, members]) => ({
    anchor: `group-${group}`,
    title: term('group', group),
    blocks: members.map((item) => itemBlock(item, words)),
  }));
  return {
    language,
    title: say('dictionary.title'),
    facts: [
      [say('label.version'), [String(number)]],
      [say('label.date'), [date]],
    ],
    sections: numbered([
      {
        anchor: 'messages',
        title: say('dictionary.messages'),
        blocks: [
          paragraph(say('dictionary.intro', { version: String(number), date })),
          ...messageBlocks(words),
        ],
      },
      { anchor: 'items', title: say('dictionary.tables'), blocks: [], sections: groups },
    ]),
  };
}

function messageBlocks(words: Words): readonly Block[] {
  const { say } = words;
  const rows = MESSAGES.map((message): readonly Rich[] => [
    [{ id: message.id }],
    words.catalog(`message.${message.id}.title`),
    [message.attribution],
    [{ id: message.from }],
    [String(message.items.length)],
    ids(Object.keys(message.reasons)),
  ]);
  const head = [
    say('label.name'),
    say('dictionary.message'),
    say('dictionary.manner'),
    say('dictionary.from'),
    say('dictionary.items'),
    say('dictionary.reasons'),
  ];
  const carried = MESSAGES.map(({ id, items }): Rich => [{ id }, ': ', ...ids(items, 'item')]);
  return [{ kind: 'table', caption: say('dictionary.messages-caption'), head, rows }, list(carried)];
}

function itemBlock(item: Item, words: Words): Block {
  const { say } = words;
  return {
    kind: 'item',
    id: item.id,
    mark: isPlanned(item) ? say('mark.planned') : null,
    what: words.catalog(item.id),
    rows: [...useFacts(item, words), ...sourceFacts(item, words)],
  };
}

function useFacts(item: Item, words: Words): readonly Fact[] {
  const { say, term } = words;
  const patterns = patternsOf(item.type);
  const pattern: readonly Fact[] = patterns.length === 0 ? [] : [[say('dictionary.pattern'), ids(patterns)]];
  const editions = item.editions.length === EDITIONS.length ? EDITIONS : item.editions;
  return [
    [say('label.form'), typeWords(item.type, words)],
    ...pattern,
    [
      say('label.purpose'),
      joined(
        item.purposes.map((purpose) => term('purpose', purpose)),
        '; ',
      ),
    ],
    [say('label.nature'), natureWords(item, words)],
    [say('label.leaves'), leavesWords(item, words)],
    [say('dictionary.editions'), ids(editions)],
    [say('dictionary.changed'), term('transform', item.transform)],
    [
      say('dictionary.kept'),
      say(item.proof === 'in-force' ? 'kept.in-force' : 'dictionary.days', { days: item.retentionDays }),
    ],
    [say('label.messages'), ids(messagesWith(item.id))],
  ];
}

function sourceFacts(item: Item, { say }: Words): readonly Fact[] {
  const difference: readonly Fact[] =
    item.difference === undefined ? [] : [[say('dictionary.difference'), withCode(item.difference)]];
  return [
    ...difference,
    [say('dictionary.read'), withCode(item.collector.reads)],
    [say('dictionary.rows'), item.statement.length === 0 ? say('dictionary.no-rows') : ids(item.statement)],
    [say('dictionary.owner'), [item.owner]],
    [say('dictionary.since'), [`${item.since}, ${item.expires}`]],
    [say('dictionary.print'), [{ id: fingerprint(item) }]],
    [say('label.example'), [{ id: exampleText(item) }]],
  ];
}

/** Patterns of texts, wherever they stand in a type. */
function patternsOf(type: ItemType): readonly string[] {
  switch (type.kind) {
    case 'text':
      return type.pattern === undefined ? [] : [type.pattern];
    case 'list':
      return patternsOf(type.of);
    case 'record':
      return Object.values(type.fields).flatMap(patternsOf);
    default:
      return [];
  }
}
