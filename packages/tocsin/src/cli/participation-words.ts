// Participation in a person's words. No I/O.
import type { ParticipationLevel } from '../catalog/consent.ts';
import type { Choice } from '../catalog/consent-record.ts';
import { liveUntil } from '../catalog/policy.ts';
import { plain, renderText } from '../catalog/statement/render-text.ts';
import type { Service } from '../catalog/statement/services.ts';
import { servicesAt, servicesEnding } from '../catalog/statement/services.ts';
import type { Statement } from '../catalog/statement/statement.ts';
import { termsDiffWords } from '../catalog/statement/terms-diff.ts';
import type { Language } from '../catalog/statement/words.ts';
import { wordsIn } from '../catalog/statement/words.ts';
import type { Partner, Terms } from '../catalog/terms.ts';
import { policyAllows } from '../client/consent/policy-apply.ts';
import type { ConsentState, PolicyState } from '../client/consent/state.ts';
import type { UseState } from '../client/consent/use.ts';
import { alarmWords } from '../client/self-defence/alarm-words.ts';
import { never } from '../protocol/errors.ts';
import { counted, moment, printable } from './words.ts';

/** Ids of new items that are named one by one. */
const SHOWN_ITEMS = 5;

/** What a level means, in one clause. */
export function levelWords(level: ParticipationLevel): string {
  switch (level) {
    case 'off':
      return 'no look-up leaves this machine; it answers from its own lists';
    case 'standard':
      return 'what nobody here knows is asked of the hub by the first bits of its digest, and the short list of the Statement is reported';
    case 'extended':
      return 'all that the Statement lists may leave, single files that the hub asks for included';
    default:
      return never(level);
  }
}

/**
 * How it came to be so, and what holds it back; a line each. `accepted`: the terms under which the choice was made,
 * null where they are not kept. An alarm is told by `alarmWords`.
 */
export function participationWords(
  state: ConsentState,
  accepted: Terms | null = null,
  language: Language = 'en',
): readonly string[] {
  if (state.kind === 'alarm') return [`ALARM: ${alarmWords(state.alarm)}`];
  if (state.kind === 'outbox-unread')
    return [`Off, whatever was chosen, until the outbox is read. ${state.why}.`];
  return [
    ...originWords(state),
    ...policyWords(state),
    ...termsWords(state, accepted, language),
    ...waitingWords(state),
    ...useWords(state),
  ];
}

function originWords(state: ConsentState): readonly string[] {
  const { chosen } = state;
  if (state.kind === 'unset' || chosen === null) return ['Nobody has chosen yet.'];
  const { at, value, by, statement } = chosen.record;
  const day = moment(Date.parse(at));
  const kept = state.settings?.level ?? value;
  if (state.kind === 'chosen' && kept !== value)
    return [
      `No more than '${kept}' is in force, though the last choice on record was '${value}': choose anew. 'tocsin participation off' has the hub erase.`,
    ];
  const under = statement === null ? '' : `, under Statement ${statement.version}`;
  if (state.kind === 'withdrawing')
    return [
      `Off: the hub was asked to erase what it has, and has not confirmed it yet (last choice: ${value}).`,
    ];
  if (by === 'policy') return [`Decided by the policy of the hub's operator on ${day}${under}.`];
  if (by === 'migration')
    return [`Chosen with an earlier release (${value === 'off' ? 'off' : 'look-ups only'}).`];
  return [`Chosen on ${day}${under}.`];
}

function policyWords(state: ConsentState): readonly string[] {
  const { policy: held, chosen } = state;
  if (held === null) return [];
  const { policy, live, needsPerson } = held;
  const until = moment(liveUntil(policy));
  const lines = [
    live
      ? `The policy for '${printable(policy.group)}' counts until ${until}${grantWords(held)}.`
      : `The policy for '${printable(policy.group)}' ended on ${until}: what it granted is off, what it limits stays.`,
  ];
  if (needsPerson) lines.push("It needs your own yes as well: run 'tocsin participation'.");
  const value = chosen?.record.value ?? 'off';
  if (!policyAllows(policy, value))
    lines.push(`The choice was '${value}'; the policy does not allow that much.`);
  return lines;
}

function grantWords({ policy: { participation, maxLevel } }: PolicyState): string {
  const grant = participation === null ? '' : `, and sets '${participation.level}'`;
  return maxLevel === null ? grant : `${grant}, with '${maxLevel}' as the most`;
}

/** Changed terms in substance: each field that differs, with what it is now and was. */
function termsWords(
  { termsChanged, place }: ConsentState,
  accepted: Terms | null,
  language: Language,
): readonly string[] {
  if (!termsChanged) return [];
  const { terms } = place;
  const entries =
    accepted === null || terms === null ? [] : termsDiffWords(accepted, terms, wordsIn(language));
  return [
    `The operator's terms have changed: nothing leaves until the new Statement is accepted${entries.length === 0 ? '.' : ':'}`,
    ...entries.map((entry) => `  - ${printable(plain(entry))}`),
  ];
}

function waitingWords({ newItems, regime }: ConsentState): readonly string[] {
  const lines: string[] = [];
  if (newItems.length > 0) {
    const named = newItems.slice(0, SHOWN_ITEMS).map(({ id }) => id);
    const more = newItems.length > named.length ? ', …' : '';
    const what = `${counted(newItems.length, 'item')} (${named.join(', ')}${more})`;
    lines.push(
      regime === 'opt-in'
        ? `The Statement lists ${what} that the accepted one did not: they stay here until you accept it.`
        : `The Statement lists ${what} that the former one did not: they may leave, unless you object.`,
    );
  }
  return lines;
}

function useWords({ sharing, commercial, consent, chosen }: ConsentState): readonly string[] {
  if (consent.level === 'off' && chosen === null && sharing.by === 'default' && commercial.by === 'default')
    return [];
  const idle = consent.level === 'off' ? '; nothing is used while participation is off' : '';
  return [
    `Sharing with third parties: ${useValue(sharing)}. Commercial use: ${useValue(commercial)}${idle}.`,
  ];
}

/** What takes a person to the new Statement; null where nothing waits for that. */
export function acceptCommand(state: ConsentState): string | null {
  const { newItems, termsChanged, chosen, consent } = state;
  const held = (['sharing', 'commercial'] as const).filter((use) => state[use].heldByTerms);
  if (newItems.length === 0 && !termsChanged && held.length === 0) return null;
  const again = held.filter((use) => state[use].by !== 'default').map((use) => ` --${use} yes`);
  return `tocsin participation ${chosen?.record.value ?? consent.level}${again.join('')}`;
}

function useValue({ value, by, heldByTerms }: UseState): string {
  if (heldByTerms) return "no (until you have seen the operator's new terms)";
  return by === 'default' ? `${value} (not chosen)` : by === 'policy' ? `${value} (by policy)` : value;
}

/** Which services a change ends and which stay, derived from the messages on which they live. */
export function serviceLines(
  { consent }: ConsentState,
  to: ParticipationLevel,
  language: Statement['language'] = 'en',
): readonly string[] {
  const { edition, level } = consent;
  const ending = servicesEnding(edition, level, to, language).filter(isThere);
  const { stay } = servicesAt(edition, to, language);
  const list = (services: readonly Service[]): readonly string[] =>
    services.length === 0 ? ['  - none'] : services.map(({ words }) => `  - ${words}`);
  return [
    'This ends:',
    ...list(ending),
    'This stays:',
    '  - protection by the lists of this machine',
    ...list(stay.filter(isThere)),
  ];
}

/** A service that no release provides yet can neither end nor stay. */
function isThere({ planned }: Service): boolean {
  return !planned;
}

/** The Statement in short: its head, what it says first, and who is responsible. */
export function summaryText(statement: Statement): string {
  const { content } = statement;
  return renderText({ ...content, sections: content.sections.slice(0, 2) });
}

/** Who would receive what, told before the first yes. */
export function partnerLines(use: Exclude<Choice, 'participation'>, terms: Terms | null): readonly string[] {
  const partners = terms?.partners.filter((partner) => partner.use === use) ?? [];
  const what = use === 'sharing' ? 'Shared with third parties' : 'Used commercially';
  if (partners.length === 0)
    return [`${what}: nobody so far; the operator names none. New ones are shown before they get anything.`];
  const lines = partners.map(
    ({ name, country, purpose }: Partner) => `  - ${printable(name)} (${country}): ${printable(purpose)}`,
  );
  return [`${what}, of what this machine sends at the level that is chosen:`, ...lines];
}
