// The Statement about data: messages, items, content, what stays, how values are changed, purposes.
import type { Item } from '../../item.ts';
import { PURPOSES, TRANSFORMS } from '../../item.ts';
import { isEnvelopeItem } from '../../items/envelope.ts';
import type { Message } from '../../message.ts';
import type { View } from '../context.ts';
import { grouped, isPlanned, itemsOfMessage, keptDays, levelsOf, longestKept } from '../context.ts';
import type { Block, Draft, Fact, Rich } from '../document.ts';
import { ids, joined, list, paragraph } from '../document.ts';
import { exampleText, sizeWords, typeWords } from '../type-words.ts';
import type { Words } from '../words.ts';

export function messagesSection(view: View): Draft {
  const { words, items, messages } = view;
  const around = items.filter(({ id }) => isEnvelopeItem(id)).map(({ id }) => id);
  return {
    anchor: 'messages',
    title: words.say('messages.title'),
    blocks: [
      paragraph(words.say('messages.intro')),
      paragraph(words.say('messages.around', { items: ids(around, 'item') })),
    ],
    sections: messages.map((message) => ({
      anchor: `message-${message.id}`,
      title: words.catalog(`message.${message.id}.title`),
      blocks: messageBlocks(message, view),
    })),
  };
}

function messageBlocks(message: Message, { words, edition }: View): readonly Block[] {
  const { say } = words;
  const text = (part: string): Rich => words.catalog(`message.${message.id}.${part}`);
  const reasons = Object.keys(message.reasons).map(
    (code): Rich => [{ id: code }, ': ', ...text(`reason.${code}`)],
  );
  const size = sizeWords(message.maxBytes, words);
  const own = itemsOfMessage(message, edition, message.from);
  const more = message.from === 'extended' ? [] : itemsOfMessage(message, edition, 'extended');
  const rows: Fact[] = [
    [say('label.name'), [{ id: message.id }]],
    [say('label.levels'), ids(levelsOf(message.from))],
    [say('label.manner'), words.term('attribution', message.attribution)],
    [say('label.when'), text('when')],
    [say('label.limit'), say('value.size', { size, count: message.schedule.atMostPerDay })],
    [say('label.items-standard'), ids(own, 'item')],
    ...(more.length === 0 ? [] : [[say('label.items-extended'), ids(more, 'item')] as const]),
    [say('label.service'), message.service === null ? say('value.service-none') : text('service')],
  ];
  const planned = isPlanned(message) ? [paragraph(['[', ...say('mark.planned'), ']'])] : [];
  return [...planned, { kind: 'facts', rows }, paragraph(say('messages.reasons')), list(reasons)];
}

export function itemsSection(view: View): Draft {
  const { words, items } = view;
  const { say } = words;
  return {
    anchor: 'items',
    title: say('items.title'),
    blocks: [
      paragraph(say('items.intro')),
      paragraph(say('items.receiver', { section: say('others.title') })),
      paragraph(say('items.marks', { mark: say('mark.planned') })),
    ],
    sections: [...grouped(items)].map(([group, members]) => ({
      anchor: `group-${group}`,
      title: words.term('group', group),
      blocks: members.map((item) => itemBlock(item, view)),
    })),
  };
}

function itemBlock(item: Item, { words, terms, messages }: View): Block {
  const { say, term } = words;
  const purposes = joined(
    item.purposes.map((purpose) => term('purpose', purpose)),
    '; ',
  );
  return {
    kind: 'item',
    id: item.id,
    mark: isPlanned(item) ? say('mark.planned') : null,
    what: words.catalog(item.id),
    rows: [
      [say('label.form'), typeWords(item.type, words)],
      [say('label.purpose'), purposes],
      [say('label.nature'), natureWords(item, words)],
      [say('label.leaves'), [...leavesWords(item, words), ', ', ...term('transform', item.transform)]],
      [say('label.kept'), keptWords(item, terms, words)],
      [say('label.messages'), carriedWords(item, messages, words)],
      [say('label.example'), [{ id: exampleText(item) }]],
    ],
  };
}

/** What stands around every attributed message is said in one word instead of a list of all of them. */
function carriedWords(item: Item, messages: View['messages'], words: Words): Rich {
  const carriers = messages.filter(({ items }) => items.includes(item.id));
  if (!isEnvelopeItem(item.id)) return messageIds(carriers);
  const others = carriers.filter(({ attribution }) => attribution !== 'attributed');
  const every = words.say('value.every-attributed');
  return others.length === 0 ? every : [...messageIds(others), ', ', ...every];
}

function messageIds(messages: readonly Message[]): Rich {
  return ids(
    messages.map(({ id }) => id),
    'message',
  );
}

export function natureWords({ sensitivity, personal }: Item, { say, term }: Words): Rich {
  return [...term('sensitivity', sensitivity), '; ', ...say(personal ? 'personal.yes' : 'personal.no')];
}

export function leavesWords({ participation }: Item, { say }: Words): Rich {
  return say(participation === 'connection' ? 'level.every' : `level.from-${participation}`);
}

export function keptWords(item: Item, terms: View['terms'], { say }: Words): Rich {
  const days = keptDays(item, terms);
  if (item.proof === 'in-force') return say('value.kept-in-force', { days });
  if (days === 0) return say('value.kept-answer');
  return days === 1 ? say('value.kept-day') : say('value.kept-days', { days });
}

/** Items with content of files, memory or disks: what is encrypted once more, and what goes with it. */
export function contentItems(items: readonly Item[]): readonly Item[] {
  return items.filter(({ id, transform }) => transform === 'sealed' || id.startsWith('submission.'));
}

export function contentSection({ words, items, terms }: View): Draft {
  const { say } = words;
  const content = contentItems(items);
  const names = ids(
    content.map(({ id }) => id),
    'item',
  );
  const planned = content.every(isPlanned) ? [paragraph(say('content.planned'))] : [];
  return {
    anchor: 'content',
    title: say('content.title'),
    blocks: [
      paragraph(say('content.when')),
      paragraph(say('content.infection')),
      paragraph(say('content.process')),
      paragraph(say('content.person')),
      paragraph(say('content.sealed', { days: longestKept(content, terms), items: names })),
      ...planned,
    ],
  };
}

export function staysSection({ words: { say } }: View): Draft {
  return {
    anchor: 'stays',
    title: say('stays.title'),
    blocks: [
      paragraph(say('stays.intro')),
      list([
        say('stays.off'),
        say('stays.people'),
        say('stays.secrets'),
        say('stays.addresses'),
        say('stays.machine'),
        say('stays.lists'),
        say('stays.content'),
        say('stays.senses'),
      ]),
    ],
  };
}

export function transformsSection({ words, items }: View): Draft {
  const { say, term } = words;
  const used = TRANSFORMS.filter(
    (transform) => transform !== 'none' && items.some((item) => item.transform === transform),
  );
  const entries = used.map((transform): Rich => {
    const of = items.filter((item) => item.transform === transform).map(({ id }) => id);
    return say('transforms.entry', {
      what: capital(term('transform', transform)),
      why: term('remark', transform),
      items: ids(of, 'item'),
    });
  });
  return {
    anchor: 'transforms',
    title: say('transforms.title'),
    blocks: [paragraph(say('transforms.intro')), list(entries)],
  };
}

function capital([first, ...rest]: Rich): Rich {
  return typeof first === 'string' ? [`${first.slice(0, 1).toUpperCase()}${first.slice(1)}`, ...rest] : [];
}

export function purposesSection({ words, items }: View): Draft {
  const { say, term } = words;
  const entries = PURPOSES.map((purpose) => ({
    purpose: term('purpose', purpose),
    count: items.filter(({ purposes }) => purposes.includes(purpose)).length,
  })).filter(({ count }) => count > 0);
  return {
    anchor: 'purposes',
    title: say('purposes.title'),
    blocks: [],
    sections: [
      {
        anchor: 'purposes-for',
        title: say('purposes.for'),
        blocks: [
          paragraph(say('purposes.intro')),
          list(entries.map((entry) => say('purposes.entry', entry))),
          paragraph(say('purposes.only')),
        ],
      },
      {
        anchor: 'purposes-not',
        title: say('purposes.not'),
        blocks: [list([say('purposes.no-marketing'), say('purposes.no-joining'), say('purposes.no-staff')])],
      },
    ],
  };
}
