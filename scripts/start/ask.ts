// The one question of npm start: how much may leave this machine. Whatever is no clear yes is a no.
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export type Asked =
  | { readonly kind: 'level'; readonly level: 'off' | 'standard' | 'extended' }
  /** Ctrl-C: the person wants none of all this. */
  | { readonly kind: 'stopped' };

const OFF: Asked = { kind: 'level', level: 'off' };

/** Asks at a terminal. Enter, Ctrl-D, the end of input and every other word mean `off`. */
export async function askLevel(input: Readable, output: Writable): Promise<Asked> {
  const ask = createInterface({ input, output, terminal: true });
  const ended = new Promise<Asked>((done) => {
    ask.once('SIGINT', () => done({ kind: 'stopped' }));
    ask.once('close', () => done(OFF));
  });
  const answered = ask
    .question('\nTake part? off, standard or extended (Enter: off) ')
    .then((answer) => levelOf(answer))
    // Ctrl-D gives the question up; `ended` has answered for it.
    .catch(() => OFF);
  try {
    return await Promise.race([ended, answered]);
  } finally {
    ask.close();
    output.write('\n');
  }
}

function levelOf(answer: string): Asked {
  const word = answer.trim().toLowerCase();
  return word === 'standard' || word === 'extended' ? { kind: 'level', level: word } : OFF;
}
