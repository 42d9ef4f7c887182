// Which paths were met, as far as bits can tell: "no" is certain, "yes" is not. Its size is fixed whatever comes.
import { PATH_MARKS_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { pathHash } from './file-path.ts';

export class PathMarks {
  readonly #bits = new Uint8Array(PATH_MARKS_LIMITS.bits / 8);

  add(path: FilePath): void {
    const bit = pathHash(path) & (PATH_MARKS_LIMITS.bits - 1);
    this.#bits[bit >>> 3]! |= 1 << (bit & 7);
  }

  /** False for a path that was never added; true for one that was, and for some others. */
  mayHave(path: FilePath): boolean {
    const bit = pathHash(path) & (PATH_MARKS_LIMITS.bits - 1);
    return (this.#bits[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }
}
