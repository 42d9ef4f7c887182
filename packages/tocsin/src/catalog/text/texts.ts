// Every text of the documents in each language. English decides which keys there are: another language that lacks
// one, or has one too many, does not compile. Texts of single items and messages: de/catalog.ts and the declarations.
import { DOCUMENTS_DE } from './de/documents.ts';
import { DOCUMENTS_EN } from './en/documents.ts';

export type TextKey = keyof typeof DOCUMENTS_EN;
export type Texts = Readonly<Record<TextKey, string>>;

export const TEXTS: Readonly<Record<'en' | 'de', Texts>> = { en: DOCUMENTS_EN, de: DOCUMENTS_DE };
