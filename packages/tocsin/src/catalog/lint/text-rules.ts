// Rules of the lint about words: English ones that read well in one sentence, and a German one for each.
import type { CatalogToLint, Complaint, LintRule } from '../lint.ts';

export const TEXT_LIMITS = { what: 600 } as const;

/** Every text of a catalog that is translated, with its English words. */
export function textsOf({ items, messages }: CatalogToLint): ReadonlyMap<string, string> {
  const texts = new Map(items.map(({ id, what }) => [id, what]));
  for (const { id, title, reasons, schedule, service } of messages) {
    texts.set(`message.${id}.title`, title);
    texts.set(`message.${id}.when`, schedule.when);
    if (service !== null) texts.set(`message.${id}.service`, service);
    for (const [code, words] of Object.entries(reasons)) texts.set(`message.${id}.reason.${code}`, words);
  }
  return texts;
}

function eachText(name: string, fault: (words: string) => string | null): LintRule {
  return {
    name,
    check: (catalog) =>
      [...textsOf(catalog), ...Object.entries(catalog.german)].flatMap(([about, text]): Complaint[] => {
        const words = fault(text);
        return words === null ? [] : [{ about, words }];
      }),
  };
}

export const TEXT_RULES: readonly LintRule[] = [
  eachText('words', (text) => {
    if (text.trim() !== text || text === '' || /[\r\n]| {2}/.test(text))
      return 'empty, or spaces where none belong';
    if (/[.:;,]$/.test(text) && !text.endsWith('...')) return 'no stop at the end';
    return text.length > TEXT_LIMITS.what ? `longer than ${TEXT_LIMITS.what} characters` : null;
  }),
  {
    name: 'german',
    check: (catalog) =>
      [...textsOf(catalog)]
        .filter(([key, english]) => !Object.hasOwn(catalog.german, key) || catalog.german[key] === english)
        .map(([about]) => ({ about, words: 'has no German text' })),
  },
  {
    name: 'german-left-over',
    check: (catalog) =>
      Object.keys(catalog.german)
        .filter((key) => !textsOf(catalog).has(key))
        .map((about) => ({ about, words: 'a German text of nothing' })),
  },
];
