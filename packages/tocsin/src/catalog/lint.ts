// The rules that a catalog must hold, one small named check each, and the function that asks them all. Judges
// declarations only: what may leave for a given consent is decided by the gate.
//
//   items, messages, texts ──► each rule of RULES ──► complaints (none: the catalog may be released)
import type { Item } from './item.ts';
import { ITEM_RULES } from './lint/item-rules.ts';
import { MESSAGE_RULES } from './lint/message-rules.ts';
import { ROW_RULES } from './lint/row-rules.ts';
import { TEXT_RULES } from './lint/text-rules.ts';
import { TYPE_RULES } from './lint/type-rules.ts';
import type { Message } from './message.ts';

export interface CatalogToLint {
  readonly items: readonly Item[];
  readonly messages: readonly Message[];
  /** Row of the table -> its editions, in the table's words. */
  readonly rows: Readonly<Record<string, string>>;
  /** German texts by key (text/de/catalog.ts). */
  readonly german: Readonly<Record<string, string>>;
  /** YYYY-MM-DD */
  readonly today: string;
}

/** What is wrong, by a rule: with which item, message, row or text, and the words for a person. */
export interface Complaint {
  readonly about: string;
  readonly words: string;
}

export interface LintRule {
  readonly name: string;
  readonly check: (catalog: CatalogToLint) => readonly Complaint[];
}

export const RULES: readonly LintRule[] = [
  ...ITEM_RULES,
  ...TYPE_RULES,
  ...ROW_RULES,
  ...MESSAGE_RULES,
  ...TEXT_RULES,
];

/** Everything that is wrong with a catalog, with the rule that says so; empty where nothing is. */
export function lint(catalog: CatalogToLint): readonly (Complaint & { readonly rule: string })[] {
  return RULES.flatMap(({ name, check }) =>
    check(catalog).map((complaint) => ({ rule: name, ...complaint })),
  );
}
