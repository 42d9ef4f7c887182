// What a document is rendered for, and what follows from it: which items and messages it lists, how long each item
// is kept. No words: those come from words.ts.
import { allows, ITEMS, itemOf, itemsFor, MESSAGES } from '../catalog.ts';
import type { ParticipationLevel, Regime } from '../consent.ts';
import { PARTICIPATION_LEVELS } from '../consent.ts';
import type { Edition, Item, ItemLevel } from '../item.ts';
import { isEnvelopeItem } from '../items/envelope.ts';
import type { RegimeReason } from '../jurisdictions.ts';
import { regimeOf, regimeReason } from '../jurisdictions.ts';
import type { Message } from '../message.ts';
import type { Terms } from '../terms.ts';
import type { Language, Words } from './words.ts';

export interface StatementContext {
  /** Null before a machine has joined a hub: the operator's part says so. */
  readonly terms: Terms | null;
  readonly edition: Edition;
  readonly jurisdiction: string | null;
  readonly language: Language;
}

/** A context with all that sections want of it. */
export interface View extends StatementContext {
  readonly words: Words;
  readonly regime: Regime;
  readonly reason: RegimeReason;
  readonly items: readonly Item[];
  readonly messages: readonly Message[];
}

export function viewOf(context: StatementContext, words: Words): View {
  const { terms, edition, jurisdiction } = context;
  return {
    ...context,
    words,
    regime: regimeOf(jurisdiction, terms),
    reason: regimeReason(jurisdiction, terms),
    items: itemsOfStatement(edition, 'extended'),
    messages: messagesOfStatement(edition),
  };
}

/** Items that the Statement of an edition lists at a level: what accepting it allows. */
export function itemsOfStatement(edition: Edition, level: ParticipationLevel): readonly Item[] {
  const ids = new Set(itemsFor(edition, level));
  return ITEMS.filter((item) => ids.has(item.id));
}

/** Messages that can leave in an edition: their required items are in it, and at least one that is not of the envelope. */
export function messagesOfStatement(edition: Edition): readonly Message[] {
  const ids = new Set(itemsFor(edition, 'extended'));
  return MESSAGES.filter(
    ({ items, required }) =>
      required.every((id) => ids.has(id)) && items.some((id) => ids.has(id) && !isEnvelopeItem(id)),
  );
}

/** Ids of a message's own items in an edition that leave at a level and not below it, in the message's order. */
export function itemsOfMessage(message: Message, edition: Edition, level: ItemLevel): readonly string[] {
  return message.items.filter((id) => {
    const item = itemOf(id);
    if (item === undefined || !item.editions.includes(edition)) return false;
    if (isEnvelopeItem(id) && message.attribution === 'attributed') return false;
    const at: ItemLevel = allowsLevel(message.from, item.participation) ? message.from : item.participation;
    return at === level;
  });
}

/** True where whoever may send what needs `reached` may also send what needs `least`. */
function allowsLevel(reached: ItemLevel, least: ItemLevel): boolean {
  return allows(reached === 'connection' ? 'off' : reached, least);
}

/** The levels at which something that needs `from` leaves. */
export function levelsOf(from: ItemLevel): readonly ParticipationLevel[] {
  return PARTICIPATION_LEVELS.filter((level) => allows(level, from));
}

/** True where nothing of this release makes it yet. */
export function isPlanned(declared: Item | Message): boolean {
  return ('collector' in declared ? declared.collector.state : declared.producer) === 'planned';
}

/** Days for which the hub keeps an item: as declared, or shorter where the operator's terms say so and may. */
export function keptDays({ retentionDays, proof }: Item, terms: Pick<Terms, 'retentionDays'> | null): number {
  return proof === undefined
    ? Math.min(retentionDays, terms?.retentionDays ?? Number.POSITIVE_INFINITY)
    : retentionDays;
}

/** Of items that are no proof. */
export function longestKept(items: readonly Item[], terms: Terms | null): number {
  return Math.max(
    0,
    ...items.filter(({ proof }) => proof === undefined).map((item) => keptDays(item, terms)),
  );
}

/** Items in their groups (what stands before the dot), in the order in which a group first appears. */
export function grouped(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  return Map.groupBy(items, ({ id }) => id.slice(0, id.indexOf('.')));
}
