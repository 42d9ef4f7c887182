// Every English text of the documents: Statement, privacy policy, dictionary, register. Only gathers its files.
// `{name}` stands for a value, backquotes for code; the German ones have the same keys (de/documents.ts).
import { PRIVACY_EN } from './privacy.ts';
import { RECORDS_EN } from './records.ts';
import { CHOICES_EN } from './statement-choices.ts';
import { DATA_EN } from './statement-data.ts';
import { DISCLOSURE_EN } from './statement-disclosure.ts';
import { PROTECTION_EN } from './statement-protection.ts';
import { WHO_EN } from './statement-who.ts';
import { TERMS_EN } from './terms.ts';
import { TYPES_EN } from './types.ts';

export const DOCUMENTS_EN = {
  ...TERMS_EN,
  ...TYPES_EN,
  ...WHO_EN,
  ...DATA_EN,
  ...PROTECTION_EN,
  ...DISCLOSURE_EN,
  ...CHOICES_EN,
  ...PRIVACY_EN,
  ...RECORDS_EN,
} as const;
