// File handling that writer, reader and builder share: whole reads and writes, durable renames, errors in our words.
// Names a file by its last part only: an error message never holds a user's path.
import { closeSync, fsyncSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { ErrorCode } from '../protocol/errors.ts';
import { TocsinError } from '../protocol/errors.ts';
import { systemState } from '../protocol/system-errors.ts';

/** Runs file calls on `path`; what the system throws comes out as TocsinError `not-found` or `io`. */
export function onFile<T>(verb: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const system = systemCode(cause);
    if (system === null) throw cause;
    const code: ErrorCode = system === 'ENOENT' ? 'not-found' : 'io';
    throw new TocsinError(code, `Cannot ${verb} '${basename(path)}': ${systemState(system)}`, { cause });
  }
}

function systemCode(error: unknown): string | null {
  if (
    !(error instanceof Error) ||
    error instanceof TocsinError ||
    !('code' in error) ||
    !('syscall' in error)
  )
    return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Creates a file that no other process or thread writes, mode 0600; `.part` marks it as unfinished. */
export function createPart(directory: string): { fd: number; path: string } {
  for (let n = 0; ; n++) {
    const path = join(directory, `${process.pid}-${threadId}-${n}.part`);
    try {
      return { fd: openSync(path, 'wx+', 0o600), path };
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST')
        return onFile('write', path, () => {
          throw cause;
        });
    }
  }
}

/** A file that is gone when the process is, however that ends. The path is only for error words. */
export function createNameless(directory: string): { fd: number; path: string } {
  const file = createPart(directory);
  onFile('remove', file.path, () => unlinkSync(file.path));
  return file;
}

/** Writes all of `bytes` at the end of what was written before, or throws. */
export function writeWhole(fd: number, bytes: Uint8Array, path: string): void {
  let done = 0;
  while (done < bytes.length) {
    const from = done;
    done += onFile('write', path, () => writeSync(fd, bytes, from, bytes.length - from));
  }
}

/** Reads `length` bytes at `position` into `target` at `at`; false where the file ends before. */
export function readWhole(
  fd: number,
  target: Uint8Array,
  at: number,
  length: number,
  position: number,
): boolean {
  let done = 0;
  while (done < length) {
    const n = readSync(fd, target, at + done, length - done, position + done);
    if (n === 0) return false;
    done += n;
  }
  return true;
}

/** Makes a rename inside the directory durable. Systems that cannot open a directory do it by themselves. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  onFile('write', directory, () => {
    const fd = openSync(directory, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}
