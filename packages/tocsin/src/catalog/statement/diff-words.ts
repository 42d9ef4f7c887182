// What is new between two versions of the Statement, in words: item by item, for one edition, by the declarations
// (../versions/diff.ts), and field by field of the operator's terms, where both are known (terms-diff.ts).
import { never, shown, TocsinError } from '../../protocol/errors.ts';
import type { Edition } from '../item.ts';
import type { Terms } from '../terms.ts';
import type { Change, ItemsDiff } from '../versions/diff.ts';
import { diffItems, ofEdition } from '../versions/diff.ts';
import type { VersionEntry, VersionItem } from '../versions/version.ts';
import { itemsOfVersion, VERSIONS, versionOf } from '../versions/versions.ts';
import type { Block, Document, Draft, Rich } from './document.ts';
import { list, numbered, paragraph } from './document.ts';
import { renderText } from './render-text.ts';
import { diffTerms, termsDiffWords } from './terms-diff.ts';
import type { Language, Words } from './words.ts';
import { wordsIn } from './words.ts';

export interface VersionsDiff {
  readonly old: number;
  readonly new: number;
  readonly edition: Edition;
  readonly items: ItemsDiff;
  /** As they were asked for. */
  readonly versions: { readonly old: string; readonly new: string };
  readonly terms: TermsDiff;
}

export type TermsDiff =
  /** One of the versions names none. */
  | { readonly kind: 'not-named' }
  | { readonly kind: 'unknown'; readonly number: number }
  | { readonly kind: 'known'; readonly before: Terms; readonly after: Terms };

/** The number of the terms in a version such as `2.5`; null in `2`. */
export function termsNumber(version: string): number | null {
  const found = /^[0-9]{1,9}\.([0-9]{1,9})$/.exec(version);
  return found === null ? null : Number(found[1]);
}

/**
 * Either may be `2`, of the catalog alone, or `2.5`; `termsOf` has the terms of a number, null where they are not
 * kept. Throws `input`, `not-found`.
 */
export function diffVersions(
  older: string,
  newer: string,
  edition: Edition,
  termsOf: (number: number) => Terms | null = () => null,
): VersionsDiff {
  const [before, after] = [parseVersion(older), parseVersion(newer)];
  const items = diffItems(
    ofEdition(itemsOfVersion(before), edition),
    ofEdition(itemsOfVersion(after), edition),
  );
  const terms = compareTerms(termsNumber(older), termsNumber(newer), termsOf);
  return {
    old: before.number,
    new: after.number,
    edition,
    items,
    versions: { old: older, new: newer },
    terms,
  };
}

function compareTerms(
  older: number | null,
  newer: number | null,
  termsOf: (number: number) => Terms | null,
): TermsDiff {
  if (older === null || newer === null) return { kind: 'not-named' };
  const [before, after] = [termsOf(older), termsOf(newer)];
  if (before === null) return { kind: 'unknown', number: older };
  if (after === null) return { kind: 'unknown', number: newer };
  return { kind: 'known', before, after };
}

function parseVersion(text: string): VersionEntry {
  const found = /^([0-9]{1,9})(?:\.[0-9]{1,9})?$/.exec(text);
  if (found === null)
    throw new TocsinError(
      'input',
      `Cannot compare with version '${shown(text)}': it is no version, want a number such as ${VERSIONS.at(-1)!.number}`,
    );
  const version = versionOf(Number(found[1]));
  if (version !== undefined) return version;
  const known = VERSIONS.map(({ number }) => number).join(', ');
  throw new TocsinError(
    'not-found',
    `Cannot compare with version '${shown(text)}': this program knows no such catalog, want one of ${known}`,
  );
}

export function diffAsText(diff: VersionsDiff, language: Language): string {
  return renderText(diffDocument(diff, wordsIn(language)));
}

export function diffAsJson(diff: VersionsDiff): string {
  const { old, new: newer, edition, items, versions, terms } = diff;
  const { added, removed, changed } = items;
  const told = terms.kind === 'known' ? diffTerms(terms.before, terms.after) : null;
  const head = { format: 'tocsin-statement-diff', v: 1, old, new: newer, versions, edition };
  const json = { ...head, added, removed, changed, terms: told };
  return `${JSON.stringify(json, null, 2)}\n`;
}

export function diffDocument({ versions, edition, items, terms }: VersionsDiff, words: Words): Document {
  const { say, language } = words;
  const { added, removed, changed } = items;
  const parts: readonly (readonly [key: 'added' | 'removed' | 'changed', entries: readonly Rich[]])[] = [
    ['added', added.map((item) => namedWords(item, words))],
    ['removed', removed.map((item) => namedWords(item, words))],
    ['changed', changed.map(({ id, changes }) => [{ id }, ': ', ...changesWords(changes, words)])],
  ];
  const drafts = parts
    .filter(([, entries]) => entries.length > 0)
    .map(([key, entries]) => ({
      anchor: key,
      title: say(`diff.${key}`, { count: entries.length }),
      blocks: [list(entries)] as readonly Block[],
    }));
  const nothing = { anchor: 'nothing', title: say('diff.items'), blocks: [paragraph(say('diff.nothing'))] };
  return {
    language,
    title: say('diff.title', versions),
    facts: [[say('label.edition'), [{ id: edition }]]],
    sections: numbered([...(drafts.length === 0 ? [nothing] : drafts), ...termsDrafts(terms, words)]),
  };
}

function termsDrafts(terms: TermsDiff, words: Words): readonly Draft[] {
  const { say } = words;
  const draft = (block: Block): readonly Draft[] => [
    { anchor: 'terms', title: say('diff.terms'), blocks: [block] },
  ];
  switch (terms.kind) {
    case 'not-named':
      return [];
    case 'unknown':
      return draft(paragraph(say('diff.terms-unknown', { number: String(terms.number) })));
    case 'known': {
      const entries = termsDiffWords(terms.before, terms.after, words);
      return draft(entries.length === 0 ? paragraph(say('diff.terms-same')) : list(entries));
    }
    default:
      return never(terms);
  }
}

/** What an item is, where this program still declares it; else its id alone. */
function namedWords({ id }: VersionItem, words: Words): Rich {
  const what = words.knows(id) ? words.catalog(id) : null;
  return what === null ? [{ id }] : [{ id }, ': ', ...what];
}

function changesWords(changes: readonly Change[], words: Words): Rich {
  if (changes.length === 0) return words.say('diff.same');
  return changes.flatMap(({ what, before, after }, index): Rich => {
    const name = words.term('diff', what === 'retentionDays' ? 'retention' : what);
    const text = words.say('diff.was', { what: name, before: [{ id: before }], after: [{ id: after }] });
    return index === 0 ? text : ['; ', ...text];
  });
}
