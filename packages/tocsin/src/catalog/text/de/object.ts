// German texts of the object group and its messages. Only gathers its files.
import { OBJECT_FILE_DE } from './object-file.ts';
import { OBJECT_JUDGEMENT_DE } from './object-judgement.ts';
import { OBJECT_MESSAGES_DE } from './object-messages.ts';

export const OBJECT_DE: Readonly<Record<string, string>> = {
  ...OBJECT_FILE_DE,
  ...OBJECT_JUDGEMENT_DE,
  ...OBJECT_MESSAGES_DE,
};
