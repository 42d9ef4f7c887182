// How the hub's commands speak: results on stdout, everything else on stderr, one sentence for an error.
import { styleText } from 'node:util';
import { errorWords } from 'tocsin/protocol/errors.ts';

export { printable } from 'tocsin/protocol/errors.ts';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** As it is, for texts that end with a line of their own. */
export function write(text: string): void {
  process.stdout.write(text);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Colour where the stream is a terminal that wants it (`NO_COLOR` is honoured by styleText). */
export function paint(format: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

export function fail(error: unknown): void {
  process.stderr.write(`${styleText('red', 'error:', { stream: process.stderr })} ${errorWords(error)}\n`);
  process.exitCode = 2;
}

/** Thousands separated, for a person. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}
