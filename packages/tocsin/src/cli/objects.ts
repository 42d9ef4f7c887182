// What a person means by a word: a file here, or an object by its name (a digest, an address). Files are only
// hashed; nothing is looked up.
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { createReadStream, statSync } from 'node:fs';
import { TocsinError } from '../protocol/errors.ts';
import { fileKey } from '../protocol/keys-of.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import { formatKey, formatObject, objectKey, parseObject, questionsOf } from '../protocol/objects.ts';
import { HintedError } from './failure.ts';
import { printable } from './words.ts';

/** A word that was understood. */
export interface Asked {
  /** Text form of the object, which can be typed again: `sha256:…`, `url:…`. */
  readonly object: string;
  /** Where it lies, for a file of this machine; else null. */
  readonly path: string | null;
  readonly size: number | null;
  /** The one key under which a decision about this very object stands. */
  readonly key: ObjectKey;
  /** All keys to ask for, the most exact first. */
  readonly keys: readonly ObjectKey[];
  /** What each of `keys` stands for, in words that can be read. */
  readonly expressions: readonly string[];
}

/** The object that `word` names; a file here is hashed by each of `algorithms`. Throws `input`, `io`. */
export async function askedFor(word: string, algorithms: readonly FileAlgorithm[]): Promise<Asked> {
  const isNamed =
    /^(sha256|sha1|md5|url|host|ip|certificate|certificate-tbs|wifi):/i.test(word) || word.includes('://');
  const stats = isNamed ? undefined : statOf(word);
  if (stats?.isFile()) return fileAsked(word, stats.size, algorithms);
  if (stats?.isDirectory())
    throw new HintedError(
      'input',
      `Cannot check '${printable(word)}': it is a directory, want a file or another object`,
      `run 'tocsin scan ${printable(word)}'`,
    );
  if (stats !== undefined)
    throw new TocsinError('input', `Cannot check '${printable(word)}': it is no regular file, want one`);
  if (/^[.~]?\.?\//.test(word))
    throw new TocsinError(
      'input',
      `Cannot check '${printable(word)}': there is no such file, want one that exists`,
    );
  const object = parseObject(word);
  const questions = questionsOf(object);
  return {
    object: formatObject(object),
    path: null,
    size: null,
    key: objectKey(object),
    keys: questions.map(({ key }) => key),
    expressions: questions.map(({ expression }) => expression),
  };
}

export type FileAlgorithm = 'sha256' | 'sha1' | 'md5';

function statOf(word: string): Stats | undefined {
  try {
    return statSync(word, { throwIfNoEntry: false });
  } catch {
    return undefined; // a word with a NUL, or below a file: no file here
  }
}

async function fileAsked(path: string, size: number, algorithms: readonly FileAlgorithm[]): Promise<Asked> {
  const hashes = algorithms.map((algorithm) => createHash(algorithm));
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      for (const hash of hashes) hash.update(chunk as Buffer);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'failed';
    throw new TocsinError(
      'io',
      `Cannot read '${printable(path)}': the system says ${code}, want a readable file`,
      { cause },
    );
  }
  const keys = hashes.map((hash, i) => fileKey(`file-${algorithms[i]!}`, new Uint8Array(hash.digest())));
  const key = keys[0]!;
  const expressions = keys.map(({ kind, bytes }) => formatKey(kind, bytes));
  return { object: expressions[0]!, path, size, key, keys, expressions };
}
