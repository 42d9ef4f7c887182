// Every German text of the documents, by the keys of the English ones (../en/documents.ts). Only gathers its files.
import type { DOCUMENTS_EN } from '../en/documents.ts';
import { PRIVACY_DE } from './privacy.ts';
import { RECORDS_DE } from './records.ts';
import { CHOICES_DE } from './statement-choices.ts';
import { DATA_DE } from './statement-data.ts';
import { DISCLOSURE_DE } from './statement-disclosure.ts';
import { PROTECTION_DE } from './statement-protection.ts';
import { WHO_DE } from './statement-who.ts';
import { TERMS_DE } from './terms.ts';
import { TYPES_DE } from './types.ts';

export const DOCUMENTS_DE: Readonly<Record<keyof typeof DOCUMENTS_EN, string>> = {
  ...TERMS_DE,
  ...TYPES_DE,
  ...WHO_DE,
  ...DATA_DE,
  ...PROTECTION_DE,
  ...DISCLOSURE_DE,
  ...CHOICES_DE,
  ...PRIVACY_DE,
  ...RECORDS_DE,
};
