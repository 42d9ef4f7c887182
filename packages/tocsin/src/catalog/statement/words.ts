// The words of one language: texts by key, with values put in, as pieces of running text. Knows no section and no
// rule; the texts are in ../text/, the English words of items and messages in their declarations.
import { ITEMS, MESSAGES } from '../catalog.ts';
import { textsOf } from '../lint/text-rules.ts';
import { CATALOG_DE } from '../text/de/catalog.ts';
import type { TextKey, Texts } from '../text/texts.ts';
import { TEXTS } from '../text/texts.ts';
import type { Rich, Segment } from './document.ts';
import { marked } from './document.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export type Value = string | number | Rich;
export type Values = Readonly<Record<string, Value>>;

export interface Words {
  readonly language: Language;
  /** The text of a key; `{name}` in it stands for a value. Throws RangeError where text and values do not fit. */
  readonly say: (key: TextKey, values?: Values) => Rich;
  /** The text of `family.name`, for names that come from the catalog. Throws RangeError for one without a text. */
  readonly term: (family: string, name: string, values?: Values) => Rich;
  /** What an item is; `message.<id>.title` and so on: words of a message (lint/text-rules.ts). */
  readonly catalog: (key: string) => Rich;
  /** True where `catalog` has words for a key. */
  readonly knows: (key: string) => boolean;
}

/** English words of the catalog by key, as textsOf says. */
const CATALOG_EN: ReadonlyMap<string, string> = textsOf({
  items: ITEMS,
  messages: MESSAGES,
  rows: {},
  german: {},
  today: '',
});

export function wordsIn(language: Language, texts: Texts = TEXTS[language]): Words {
  const term = (key: string, values: Values = {}): Rich => {
    const template = Object.hasOwn(texts, key) ? texts[key as TextKey] : undefined;
    if (template === undefined) throw new RangeError(`no ${language} text '${key}'`);
    return filled(key, template, values, language);
  };
  return {
    language,
    say: term,
    term: (family, name, values) => term(`${family}.${name}`, values),
    knows: (key) => CATALOG_EN.has(key),
    catalog: (key) => {
      const text = language === 'en' ? CATALOG_EN.get(key) : CATALOG_DE[key];
      if (text === undefined) throw new RangeError(`no ${language} text '${key}' in the catalog`);
      return withCode(text);
    },
  };
}

/** A number as people of the language write it: 12,345 or 12.345. */
export function numberIn(language: Language, value: number): string {
  const [whole, fraction] = String(value).split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === 'en' ? ',' : '.');
  return fraction === undefined ? grouped : `${grouped}${language === 'en' ? '.' : ','}${fraction}`;
}

/** `code` in backquotes becomes a piece of its own. Only for our own texts: values are never read this way. */
export function withCode(text: string): Rich {
  return text
    .split('`')
    .map((part, index): Segment => (index % 2 === 1 ? { code: part } : part))
    .filter((part) => part !== '');
}

const PLACEHOLDER = /\{([a-z]+)\}/g;

function filled(key: string, template: string, values: Values, language: Language): Rich {
  const used = new Set<string>();
  const put = (name: string): Rich => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`text '${key}' wants a value '${name}'`);
    used.add(name);
    if (typeof value === 'number') return [numberIn(language, value)];
    return typeof value === 'string' ? [value] : value;
  };
  const codeFilled = (segment: Exclude<Segment, string>): Segment =>
    'code' in segment ? { code: segment.code.replace(PLACEHOLDER, (_, name) => marked(put(name))) } : segment;
  const rich = withCode(template).flatMap((segment): Rich => {
    if (typeof segment !== 'string') return [codeFilled(segment)];
    return segment.split(PLACEHOLDER).flatMap((part, index): Rich => (index % 2 === 1 ? put(part) : [part]));
  });
  const left = Object.keys(values).find((name) => !used.has(name));
  if (left !== undefined) throw new RangeError(`text '${key}' has no place for the value '${left}'`);
  return rich.filter((part) => part !== '');
}
