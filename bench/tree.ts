// Makes the trees of files that are scanned: the same seed and shape give the same names, sizes and bytes.
// Content is random bytes: for the peer with a content engine that is the cheapest case, nothing to unpack.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from './random.ts';

export interface TreeShape {
  readonly files: number;
  /** Sum of all sizes, bytes; hit exactly. */
  readonly bytes: number;
  readonly filesPerDirectory: number;
}

export interface Tree {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  /** The first paths, in order of making: for planting some of them in a list. */
  readonly firstPaths: readonly string[];
}

/** Spread of the logarithm of the sizes: /usr of a Debian machine has about this long a tail. */
const SIZE_SPREAD = 2.25;
/** Directories of the first and second level: 40 x 40 x as many as needed. */
const FAN_OUT = 40;
const FIRST_PATHS = 1_000;

/** Makes the tree at `path`, which must not exist yet. */
export function makeTree(path: string, seed: string, shape: TreeShape): Tree {
  const sizes = treeSizes(seed, shape);
  const content = seededRandom(`${seed}/content`);
  const firstPaths: string[] = [];
  let directory = path;
  let directories = 0;
  for (const [i, size] of sizes.entries()) {
    if (i % shape.filesPerDirectory === 0) {
      directory = join(path, ...directoryOf(directories++));
      mkdirSync(directory, { recursive: true });
    }
    const file = join(directory, `f${String(i).padStart(6, '0')}.bin`);
    writeFileSync(file, content.bytes(size));
    if (i < FIRST_PATHS) firstPaths.push(file);
  }
  return { path, files: shape.files, bytes: shape.bytes, directories, firstPaths };
}

function directoryOf(n: number): readonly string[] {
  const level = (value: number): string => `d${String(value).padStart(3, '0')}`;
  return [level(n % FAN_OUT), level(Math.floor(n / FAN_OUT) % FAN_OUT), level(Math.floor(n / FAN_OUT ** 2))];
}

/** Log-normal sizes of at least 1 byte whose sum is `shape.bytes`. */
export function treeSizes(seed: string, shape: TreeShape): number[] {
  const random = seededRandom(`${seed}/sizes`);
  const raw = Array.from({ length: shape.files }, () => Math.exp(SIZE_SPREAD * random.normal()));
  const scale = (shape.bytes - shape.files) / raw.reduce((sum, value) => sum + value, 0);
  const sizes = raw.map((value) => 1 + Math.floor(value * scale));
  const rest = shape.bytes - sizes.reduce((sum, value) => sum + value, 0);
  for (let i = 0; i < rest; i++) sizes[i % sizes.length]! += 1;
  return sizes;
}
