// A file of lines that only grows: read whole, appended to durably. What a crash left behind the last whole line was
// never acknowledged; the next append cuts it off. It knows nothing of what the lines say.
import { closeSync, constants, existsSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory, writeWhole } from '../../lists/files.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { causeWords } from '../../protocol/system-errors.ts';
import { PRIVATE_FILE, readSmallFile } from './home.ts';

export interface Lines {
  /** Without their ends; bytes beyond ASCII as they are in latin1. */
  readonly lines: readonly string[];
  /** Bytes of the whole lines. */
  readonly end: number;
  /** Bytes behind them. */
  readonly torn: number;
}

/** Null where there is no such file. Throws `limit` beyond `maxBytes`, `io` where it cannot be read. */
export function readLines(path: string, maxBytes: number): Lines | null {
  const bytes = readSmallFile(path, maxBytes);
  return bytes === null ? null : splitLines(bytes);
}

export function splitLines(bytes: Uint8Array): Lines {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const end = text.lastIndexOf('\n') + 1;
  return { lines: end === 0 ? [] : text.slice(0, end - 1).split('\n'), end, torn: bytes.length - end };
}

/**
 * Adds lines behind the `end` of those that were read; durable on return, each with those before it. Throws `io`;
 * `what` names the file in words.
 */
export function appendLines(path: string, end: number, lines: readonly string[], what: string): void {
  const isNew = !existsSync(path);
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_APPEND } = constants;
  try {
    const file = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_APPEND, PRIVATE_FILE);
    try {
      ftruncateSync(file, end);
      writeWhole(file, Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'), path);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (isNew) syncDirectory(dirname(path));
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    throw new TocsinError('io', `Cannot write ${what}: ${causeWords(cause, 'want a writable disk')}`, {
      cause,
    });
  }
}
