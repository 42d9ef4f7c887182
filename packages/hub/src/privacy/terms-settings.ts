// What an operator says in the settings of himself and of the data, from text or JSON to values of the terms. Each
// parser throws an Error whose words say what is there and what is wanted; config.ts puts the place in front.
import type { Edition } from 'tocsin/catalog/item.ts';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import { JURISDICTION_NAMES } from 'tocsin/catalog/jurisdiction-names.ts';
import type { Partner, StoragePlace, Terms } from 'tocsin/catalog/terms.ts';
import { PARTNER_USES, TERMS_LIMITS } from 'tocsin/catalog/terms.ts';

/** The settings that the terms are made of, by their names. */
export interface TermsSettings {
  readonly operatorName: string | null;
  readonly operatorAddress: string | null;
  readonly operatorContact: string | null;
  readonly privacyContact: string | null;
  readonly securityContact: string | null;
  readonly representative: string | null;
  readonly authority: string | null;
  readonly storagePlaces: readonly StoragePlace[];
  readonly retentionDays: number | null;
  readonly partners: readonly Partner[];
  readonly jurisdiction: string | null;
  readonly optInEverywhere: boolean;
  readonly edition: Edition;
}

/** Terms before they have a number and a date. */
export type TermsContent = Omit<Terms, 'v' | 'number' | 'issued'>;

/** The terms that the settings amount to. */
export function termsFrom(settings: TermsSettings): TermsContent {
  const { operatorName, operatorAddress, operatorContact, storagePlaces, partners } = settings;
  return {
    controller: { name: operatorName, address: operatorAddress, contact: operatorContact },
    privacyContact: settings.privacyContact,
    securityContact: settings.securityContact,
    representative: settings.representative,
    authority: settings.authority,
    storage: storagePlaces,
    retentionDays: settings.retentionDays,
    partners,
    jurisdiction: settings.jurisdiction,
    optInEverywhere: settings.optInEverywhere,
    edition: settings.edition,
  };
}

/** Names of the settings without which people cannot know to whom they say yes. */
export function missingTerms(settings: TermsSettings): readonly string[] {
  const wanted = ['operatorName', 'operatorAddress', 'operatorContact', 'storagePlaces'] as const;
  return wanted.filter((name) => settings[name] === null || settings[name].length === 0);
}

/** One line that a person can read. */
export function parseLine(text: string): string {
  const line = text.trim();
  if (line === '') throw new Error('it is empty, want one line of text');
  if (line.length > TERMS_LIMITS.maxText)
    throw new Error(`it has ${line.length} characters, want at most ${TERMS_LIMITS.maxText}`);
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(line))
    throw new Error('it holds a control character, want one line of text');
  return line;
}

/** Two letters, or `unknown`. */
export function parseJurisdiction(text: string): string | null {
  return text === 'unknown' ? null : parseCountry(text);
}

export function parseEdition(text: string): Edition {
  const edition = EDITIONS.find((each) => each === text);
  if (edition === undefined) throw new Error(`it is no edition, want one of ${EDITIONS.join(', ')}`);
  return edition;
}

export function parseYesNo(text: string): boolean {
  if (['yes', 'true', 'on', '1'].includes(text)) return true;
  if (['no', 'false', 'off', '0'].includes(text)) return false;
  throw new Error('it is neither, want yes or no');
}

export function yesNoOfJson(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error('want true or false');
}

/** `PLACE (CC)[: SAFEGUARD]`, several with semicolons between. */
export function parsePlaces(text: string): readonly StoragePlace[] {
  return entriesOf(text, TERMS_LIMITS.maxPlaces, 'places', (entry) => {
    const [, place, country, safeguard] = /^(.+?)\s*\(([A-Za-z]{2})\)(?:\s*:\s*(.+))?$/.exec(entry) ?? [];
    if (place === undefined || country === undefined)
      throw new Error(`'${shownEntry(entry)}' is no place, want PLACE (CC) or PLACE (CC): SAFEGUARD`);
    return {
      place: parseLine(place),
      country: parseCountry(country),
      safeguard: safeguard === undefined ? null : parseLine(safeguard),
    };
  });
}

/** `NAME (CC) for PURPOSE [sharing]` or `[commercial]`, several with semicolons between. */
export function parsePartners(text: string): readonly Partner[] {
  return entriesOf(text, TERMS_LIMITS.maxPartners, 'partners', (entry) => {
    const [, name, country, purpose, use] =
      /^(.+?)\s*\(([A-Za-z]{2})\)\s+for\s+(.+?)\s*\[([a-z]+)\]$/.exec(entry) ?? [];
    const known = PARTNER_USES.find((each) => each === use);
    if (name === undefined || country === undefined || purpose === undefined || known === undefined)
      throw new Error(
        `'${shownEntry(entry)}' is no partner, want NAME (CC) for PURPOSE [sharing] or [commercial]`,
      );
    return {
      name: parseLine(name),
      country: parseCountry(country),
      purpose: parseLine(purpose),
      use: known,
    };
  });
}

/** An array of {place, country, safeguard?}. */
export function placesOfJson(value: unknown): readonly StoragePlace[] {
  return listOfJson(value, TERMS_LIMITS.maxPlaces, 'places', (entry) => ({
    place: lineOf(entry, 'place'),
    country: parseCountry(lineOf(entry, 'country')),
    safeguard: (entry['safeguard'] ?? null) === null ? null : lineOf(entry, 'safeguard'),
  }));
}

/** An array of {name, country, purpose, use}. */
export function partnersOfJson(value: unknown): readonly Partner[] {
  return listOfJson(value, TERMS_LIMITS.maxPartners, 'partners', (entry) => {
    const use = PARTNER_USES.find((each) => each === entry['use']);
    if (use === undefined) throw new Error(`a partner has no use, want one of ${PARTNER_USES.join(', ')}`);
    return {
      name: lineOf(entry, 'name'),
      country: parseCountry(lineOf(entry, 'country')),
      purpose: lineOf(entry, 'purpose'),
      use,
    };
  });
}

function parseCountry(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text))
    throw new Error('it is no country, want two letters of ISO 3166-1 as DE, or unknown');
  const code = text.toUpperCase();
  if (JURISDICTION_NAMES.has(code)) return code;
  throw new Error(`no country of ISO 3166-1 has the code ${code}, want one as DE, GB or US`);
}

function entriesOf<T>(text: string, max: number, what: string, parse: (entry: string) => T): readonly T[] {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length > max) throw new Error(`it names ${entries.length} ${what}, want at most ${max}`);
  return entries.map(parse);
}

function listOfJson<T>(
  value: unknown,
  max: number,
  what: string,
  parse: (entry: Readonly<Record<string, unknown>>) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw new Error(`it is neither text nor an array, want an array of ${what}`);
  if (value.length > max) throw new Error(`it names ${value.length} ${what}, want at most ${max}`);
  return value.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      throw new Error(`one of its ${what} is no object, want objects`);
    return parse(entry as Record<string, unknown>);
  });
}

function lineOf(entry: Readonly<Record<string, unknown>>, field: string): string {
  const value = entry[field];
  if (typeof value !== 'string') throw new Error(`an entry has no text '${field}', want one`);
  return parseLine(value);
}

function shownEntry(entry: string): string {
  return entry.slice(0, 60).replace(/\p{C}/gu, '?');
}
