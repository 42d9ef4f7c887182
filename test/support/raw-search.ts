// Looks for words in the raw bytes of every file below a directory, in any spelling that a disk could hold. For tests.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Needle {
  /** What a failure calls it. */
  readonly name: string;
  readonly bytes: readonly Buffer[];
}

/** A text as UTF-8, as UTF-16, and in base64. */
export function wordNeedle(word: string): Needle {
  // Base64 has three spellings of a text, by where it begins; their middles are enough.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.from(`${'-'.repeat(before)}${word}`)
      .toString('base64')
      .slice(4, 12),
  );
  const texts = [word, ...base64].map((text) => Buffer.from(text));
  return { name: word, bytes: [...texts, Buffer.from(word, 'utf16le')] };
}

/** A digest as it is, and as its text. */
export function digestNeedle(name: string, digest: Buffer): Needle {
  const hex = digest.toString('hex');
  const texts = [hex, hex.toUpperCase(), digest.toString('base64').slice(0, 40)];
  return { name: `the digest of ${name}`, bytes: [digest, ...texts.map((text) => Buffer.from(text))] };
}

/**
 * Asserts that no needle stands in any file below the directory, and returns their names. Files may come and go
 * meanwhile. `excused`: a needle that a file may hold, for what came from elsewhere.
 */
export function searchBelow(
  directory: string,
  needles: readonly Needle[],
  excused: (file: string, needle: Needle) => boolean = () => false,
): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return files.flatMap((path) => {
    const bytes = readIfThere(path);
    if (bytes === null) return [];
    const name = path.slice(directory.length + 1);
    for (const needle of needles)
      for (const spelling of needle.bytes)
        if (bytes.includes(spelling) && !excused(name, needle))
          assert.fail(`${name} holds ${needle.name}, as ${JSON.stringify(spelling.toString('latin1'))}`);
    return [name];
  });
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
