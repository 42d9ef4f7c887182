// A yes before something large: asked at a terminal, given by --yes elsewhere.
import { createInterface } from 'node:readline/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';

export interface Asking {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * True where the person said yes. Throws `input` where nobody can be asked: a script must say --yes. `what` completes
 * "Cannot ...".
 */
export async function confirmed(what: string, yes: boolean, asking: Asking = process): Promise<boolean> {
  const { stdin, stderr } = asking;
  if (yes) return true;
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    throw new TocsinError(
      'input',
      `Cannot ${what}: nobody can be asked here, want --yes where that is meant`,
    );
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    const answer = await Promise.race([reader.question(`${what}? [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
