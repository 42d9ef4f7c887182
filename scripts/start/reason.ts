// Why a command ended, from what it printed on stderr: its own sentence, never a line that only tells what it did.
import { stripVTControlCharacters } from 'node:util';

/** The sentence of a line that tells an error, as both programs print them; null for any other line. */
export function errorSentence(line: string): string | null {
  return /^(?:error|tocsin): (.+)$/.exec(stripVTControlCharacters(line).trim())?.[1] ?? null;
}

/** The error that a command told, else how it ended. */
export function reasonOf(errors: string, status: number | null, signal: NodeJS.Signals | null): string {
  for (const line of errors.split('\n').reverse()) {
    const sentence = errorSentence(line);
    if (sentence !== null) return sentence;
  }
  return signal === null ? `it ended with status ${status ?? 'unknown'}` : `it was ended by ${signal}`;
}
