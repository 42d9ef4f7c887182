// The few words of the hub's public pages around the documents, in the languages of the documents.
import type { Language } from './documents.ts';

export interface PageWords {
  readonly other: string;
  readonly languages: string;
  readonly editions: string;
  readonly place: string;
  readonly unknown: string;
  readonly forms: string;
  readonly versions: string;
  /** The version that is in force. */
  readonly current: string;
  readonly since: (version: string) => string;
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
  readonly same: string;
  readonly first: string;
  readonly documents: Readonly<Record<'statement' | 'privacy-policy', string>>;
}

export const PAGE_WORDS: Readonly<Record<Language, PageWords>> = {
  en: {
    other: 'This text in other forms',
    languages: 'Languages',
    editions: 'Lists of data',
    place: 'Place',
    unknown: 'not known',
    forms: 'Formats',
    versions: 'Versions',
    current: 'in force',
    since: (version) => `What changed since version ${version}`,
    added: 'Added',
    removed: 'Removed',
    changed: 'Changed',
    same: 'Nothing in the list of items; the words or the terms of the operator did.',
    first: 'This is the first version of this hub.',
    documents: { statement: 'Statement', 'privacy-policy': 'Privacy policy' },
  },
  de: {
    other: 'Dieser Text in anderen Formen',
    languages: 'Sprachen',
    editions: 'Datenlisten',
    place: 'Ort',
    unknown: 'nicht bekannt',
    forms: 'Formate',
    versions: 'Fassungen',
    current: 'gültig',
    since: (version) => `Was sich seit Fassung ${version} geändert hat`,
    added: 'Hinzugekommen',
    removed: 'Weggefallen',
    changed: 'Geändert',
    same: 'Nichts an der Liste der Angaben; der Wortlaut oder die Bedingungen des Betreibers schon.',
    first: 'Dies ist die erste Fassung dieses Hubs.',
    documents: { statement: 'Erklärung', 'privacy-policy': 'Datenschutzrichtlinie' },
  },
};
