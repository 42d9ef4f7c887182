// The register of processing activities (GDPR Article 30(1)), one row a message, from the catalog and the operator's
// terms. Columns (a) to (g) are those of the article. Nothing is stored here; no I/O.
import { MESSAGES } from './catalog.ts';
import type { Edition, Item } from './item.ts';
import { PURPOSES, SENSITIVITIES } from './item.ts';
import { isEnvelopeItem } from './items/envelope.ts';
import { jurisdictionName } from './jurisdictions.ts';
import type { Message } from './message.ts';
import { OPT_IN_LAWS } from './opt-in-laws.ts';
import { itemsOfStatement, keptDays, messagesOfStatement } from './statement/context.ts';
import { plain } from './statement/render-text.ts';
import type { Words } from './statement/words.ts';
import type { Terms } from './terms.ts';

export interface RegisterRow {
  readonly message: string;
  readonly activity: string;
  /** (a) to (g), in words. */
  readonly controller: string;
  readonly purposes: string;
  readonly categories: string;
  readonly recipients: string;
  readonly transfers: string;
  readonly erasure: string;
  readonly security: string;
}

const COLUMNS = [
  'activity',
  'controller',
  'purposes',
  'categories',
  'recipients',
  'transfers',
  'erasure',
  'security',
] as const;

/** One row for each message that can arrive from machines of these editions; the operator's own where none are named. */
export function registerOf(
  terms: Terms,
  words: Words,
  editions: readonly Edition[] = [terms.edition],
): readonly RegisterRow[] {
  const messages = new Set(editions.flatMap(messagesOfStatement).map(({ id }) => id));
  const items = new Map(
    editions.flatMap((edition) => itemsOfStatement(edition, 'extended')).map((item) => [item.id, item]),
  );
  return MESSAGES.filter(({ id }) => messages.has(id)).map((message) => {
    const carried = message.items.map((id) => items.get(id)).filter((item) => item !== undefined);
    return rowOf(message, carried, terms, words);
  });
}

function rowOf(message: Message, items: readonly Item[], terms: Terms, words: Words): RegisterRow {
  const title = plain(words.catalog(`message.${message.id}.title`));
  return {
    message: message.id,
    activity: `${title} (${message.id})`,
    controller: controllerWords(terms, words),
    purposes: purposeWords(items, words),
    categories: categoryWords(items, words),
    recipients: recipientWords(message, terms, words),
    transfers: transferWords(message, terms, words),
    erasure: erasureWords(items, terms, words),
    security: securityWords(message, items, words),
  };
}

function controllerWords(terms: Terms, { say }: Words): string {
  const { controller, representative, privacyContact } = terms;
  return lines([
    [controller.name ?? plain(say('operator.no-name')), controller.address, controller.contact]
      .filter((part) => part !== null)
      .join(', '),
    representative === null ? null : plain(say('register.representative', { name: representative })),
    privacyContact === null ? null : plain(say('register.officer', { name: privacyContact })),
  ]);
}

function purposeWords(items: readonly Item[], { term }: Words): string {
  const own = items.filter(({ id }) => !isEnvelopeItem(id));
  return lines(
    PURPOSES.filter((purpose) => own.some(({ purposes }) => purposes.includes(purpose))).map((purpose) =>
      plain(term('purpose', purpose)),
    ),
  );
}

function categoryWords(items: readonly Item[], { say, term }: Words): string {
  const persons = say(items.some(({ personal }) => personal) ? 'register.persons' : 'register.no-persons');
  const data = SENSITIVITIES.map((sensitivity) => {
    const of = items.filter((item) => item.sensitivity === sensitivity).map(({ id }) => id);
    const names = of.join(', ');
    return of.length === 0
      ? null
      : plain(say('register.nature', { sensitivity: term('sensitivity', sensitivity), items: names }));
  });
  return plain(say('register.data', { persons, data: lines(data) }));
}

/** Questions and what the connection shows are passed on to nobody. */
function recipientWords({ attribution }: Message, { partners }: Terms, { say }: Words): string {
  const named = partners.map(({ name, purpose, use }) => `${name} (${use}: ${purpose})`).join(', ');
  const shared = attribution === 'attributed' && partners.length > 0;
  return lines([
    plain(say('register.hub')),
    shared ? plain(say('register.partners', { partners: named })) : null,
    plain(say('register.authorities')),
  ]);
}

/** Places outside the Union and the EEA: of storage, and of partners. */
function transferWords({ attribution }: Message, { storage, partners }: Terms, words: Words): string {
  const { say, language } = words;
  const outside = (country: string): boolean => OPT_IN_LAWS.get(country) !== 'GDPR';
  const told = (place: string, country: string, safeguard: string | null): string =>
    plain(
      say('register.transfer', {
        place,
        country: jurisdictionName(country, language),
        safeguard: safeguard ?? say('register.no-safeguard'),
      }),
    );
  const places = storage.filter(({ country }) => outside(country));
  const others = attribution === 'attributed' ? partners.filter(({ country }) => outside(country)) : [];
  const all = [
    ...places.map(({ place, country, safeguard }) => told(place, country, safeguard)),
    ...others.map(({ name, country }) => told(name, country, null)),
  ];
  return all.length === 0 ? plain(say('register.no-transfers')) : lines(all);
}

function erasureWords(items: readonly Item[], terms: Terms, { say }: Words): string {
  const { true: inForce = [], false: others = [] } = Object.groupBy(items, ({ proof }) =>
    proof === 'in-force' ? 'true' : 'false',
  );
  const days = Math.max(0, ...others.map((item) => keptDays(item, terms)));
  return lines([
    days === 0 ? plain(say('register.at-once')) : plain(say('register.until', { days })),
    days === 0 ? null : plain(say('register.at-request')),
    ...inForce.map((item) => plain(say('register.in-force', { item: item.id, days: item.retentionDays }))),
  ]);
}

function securityWords(message: Message, items: readonly Item[], { say, term }: Words): string {
  const transforms = [...new Set(items.map(({ transform }) => transform))].filter((name) => name !== 'none');
  const changed = transforms.map((name) => plain(term('transform', name))).join(', ');
  return lines([
    plain(say('register.channel')),
    message.attribution === 'attributed' ? plain(say('register.sealed')) : null,
    message.attribution === 'anonymous'
      ? plain(say(transforms.includes('prefix') ? 'register.vague' : 'register.unkept'))
      : null,
    plain(say('register.gate')),
    transforms.length === 0 ? null : plain(say('register.transforms', { transforms: changed })),
    plain(say('register.access')),
  ]);
}

function lines(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join('; ');
}

/** RFC 4180: CRLF, a head row, cells in quotes where they need them. A cell that a spreadsheet would run is not. */
export function registerAsCsv(rows: readonly RegisterRow[], { term }: Words): string {
  const head = COLUMNS.map((column) => plain(term('register', column)));
  return [head, ...rows.map((row) => COLUMNS.map((column) => row[column]))]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function registerAsJson(rows: readonly RegisterRow[], terms: Terms, { language }: Words): string {
  const { number, issued, controller, privacyContact, securityContact, representative, authority } = terms;
  const operator = { controller, privacyContact, securityContact, representative, authority };
  const date = new Date(issued * 1000).toISOString().slice(0, 10);
  const head = { format: 'tocsin-register', v: 1, language, terms: { number, date }, ...operator };
  return `${JSON.stringify({ ...head, activities: rows }, null, 2)}\n`;
}
