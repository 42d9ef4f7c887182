// Writes a whole small file where anything may stand in its way.
import { rmSync, statSync } from 'node:fs';
import { writeFileDurable } from './home.ts';

/** As `writeFileDurable`; a directory in the file's place, which renaming cannot replace, is removed first. */
export function replaceFile(path: string, data: string | Uint8Array): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    rmSync(path, { recursive: true, force: true });
  writeFileDurable(path, data);
}
