// Rules of the lint about messages: what they carry is declared, can leave, and is sent for a reason.
import type { ItemLevel } from '../item.ts';
import type { CatalogToLint, Complaint, LintRule } from '../lint.ts';
import type { Message } from '../message.ts';

const ORDER: readonly ItemLevel[] = ['connection', 'standard', 'extended'];

/** True where `level` is `least` or needs more. */
function needs(level: ItemLevel, least: ItemLevel): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(least);
}

/** A rule that looks at one message at a time; each text says one thing that is wrong. */
function eachMessage(
  name: string,
  faults: (message: Message, catalog: CatalogToLint) => readonly string[],
): LintRule {
  return {
    name,
    check: (catalog) =>
      catalog.messages.flatMap((message) =>
        faults(message, catalog).map((words): Complaint => ({ about: message.id, words })),
      ),
  };
}

function when(wrong: boolean, words: string): readonly string[] {
  return wrong ? [words] : [];
}

export const MESSAGE_RULES: readonly LintRule[] = [
  eachMessage('message-id', ({ id }, { messages }) =>
    when(
      !/^[a-z]+(?:-[a-z]+)*$/.test(id) || messages.filter((other) => other.id === id).length > 1,
      'an id is words with hyphens, and declared once',
    ),
  ),
  eachMessage('items-known', (message, { items }) =>
    message.items
      .filter((id) => !items.some((item) => item.id === id))
      .map((id) => `'${id}' is declared nowhere`),
  ),
  eachMessage('items-once', (message) =>
    when(new Set(message.items).size !== message.items.length, 'names an item twice'),
  ),
  eachMessage('required-carried', (message) =>
    message.required
      .filter((id) => !message.items.includes(id))
      .map((id) => `requires '${id}' without carrying it`),
  ),
  eachMessage('required-leaves', (message, { items }) =>
    items
      .filter(({ id, participation }) => message.required.includes(id) && !needs(message.from, participation))
      .map(({ id }) => `requires '${id}', which needs more participation than the message`),
  ),
  eachMessage('reason', ({ reasons }) =>
    when(Object.keys(reasons).length === 0, 'sent for no reason').concat(
      Object.entries(reasons)
        .filter(([code, words]) => !/^[a-z]+(?:-[a-z]+)*$/.test(code) || words === '')
        .map(([code]) => `the reason '${code}' has no proper code or no words`),
    ),
  ),
  eachMessage('schedule', ({ schedule, maxBytes }) =>
    when(
      schedule.when === '' || !(schedule.atMostPerDay >= 1) || !(maxBytes >= 1),
      'says not when, how often, or how large',
    ),
  ),
  eachMessage('anonymous', (message, { items }) =>
    message.attribution === 'anonymous'
      ? items
          .filter(({ id, personal, retentionDays }) => {
            // Who asks for something by name decides what the question holds; nothing else sends what is personal.
            const byName = message.from === 'extended' && Object.keys(message.reasons).join() === 'asked';
            return message.items.includes(id) && ((personal && !byName) || retentionDays > 0);
          })
          .map(({ id }) => `carries '${id}', which is personal or kept, in the name of nobody`)
      : [],
  ),
  eachMessage('producer', ({ producer, required }, { items }) =>
    producer === 'planned'
      ? []
      : items
          .filter(({ id, collector }) => required.includes(id) && collector.state === 'planned')
          .map(({ id }) => `is made already, and requires '${id}', which nothing collects yet`),
  ),
  {
    name: 'item-sent',
    check: ({ items, messages }) =>
      items
        .filter(({ id, collector }) => {
          const carriers = messages.filter((message) => message.items.includes(id));
          return collector.state === 'built' && !carriers.some(({ producer }) => producer === 'built');
        })
        .map(({ id }) => ({ about: id, words: 'is collected, and no message that is made carries it' })),
  },
  {
    name: 'item-used',
    check: ({ items, messages }) =>
      items
        .filter(({ id }) => !messages.some((message) => message.items.includes(id)))
        .map(({ id }) => ({ about: id, words: 'travels in no message' })),
  },
  {
    name: 'item-leaves',
    check: ({ items, messages }) =>
      items
        .filter(({ id, participation }) => {
          const carriers = messages.filter((message) => message.items.includes(id));
          return carriers.length > 0 && !carriers.some(({ from }) => needs(participation, from));
        })
        .map(({ id }) => ({
          about: id,
          words: 'every message that carries it needs more participation than it does',
        })),
  },
];
