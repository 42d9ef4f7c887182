// @ts-check
// A hash thread: reads files and answers their digests and facts. It imports nothing of ours, and is plain
// JavaScript because a .ts file makes each thread load Node's type stripper (11 MB and 13 ms a thread).
// It opens regular files only, never through a symbolic link in the last name, and never blocks on a pipe.
// Message in {id, algorithms, most, paths: text joined by NUL, or raw bytes each}; out {id, answer, code} as hash-pool.ts.
import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Small enough to stay in the core's own cache between the copy and the hash. */
const CHUNK = 128 * 1024;
/** A file that says size 0 and yet has content (as in /proc) is read this far. */
const MAX_UNSIZED = 64 * 2 ** 20;
/** A change inside one tick of the kernel's clock leaves the times as they are: 10 ms at worst, and whole
 * seconds (two on some) where the file system keeps no fractions. Content younger than that is not settled. */
const TICK_MS = 50;
const COARSE_TICK_MS = 2_100;

/** Codes of hash-pool.ts. */
const SETTLED = 0;
const UNSETTLED = 1;
const CHANGED = 2;
const NOT_REGULAR = 3;
const FAILED = 4;
const DEFERRED = 5;

const buffer = Buffer.allocUnsafeSlow(CHUNK);
const SIZES = { sha256: 32, sha1: 20, md5: 16 };

/** @typedef {'sha256' | 'sha1' | 'md5'} Algorithm */
/** @typedef {{ id: number, algorithms: Algorithm[], most: number, paths: string | Uint8Array[] }} Job */
/** Where the digests of a file go, and the size beyond which it is left for a batch of its own.
 * @typedef {{ digests: Buffer, at: number, algorithms: Algorithm[], mostFile: number }} Target */

parentPort?.on('message', (/** @type {Job} */ job) => {
  const paths = typeof job.paths === 'string' ? job.paths.split('\0') : job.paths;
  const count = paths.length;
  const width = job.algorithms.reduce((sum, name) => sum + SIZES[name], 0);
  const facts = new Float64Array(count * 4);
  const status = new Uint8Array(count);
  const digests = Buffer.from(new ArrayBuffer(count * width));
  const target = {
    digests,
    at: 0,
    algorithms: job.algorithms,
    mostFile: count > 1 ? 2 * job.most : Infinity,
  };
  /** @type {(string | null)[] | null} */
  let codes = null;
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    if (bytes >= job.most) {
      status[i] = DEFERRED;
      continue;
    }
    target.at = i * width;
    try {
      const code = hashTwice(paths[i] ?? '', facts, i * 4, target);
      status[i] = code;
      if (code !== DEFERRED) bytes += facts[i * 4 + 1] ?? 0;
    } catch (error) {
      status[i] = FAILED;
      codes ??= new Array(count).fill(null);
      codes[i] = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      if (codes[i] === 'ELOOP' || codes[i] === 'ENXIO') status[i] = NOT_REGULAR;
    }
  }
  const answer = { id: job.id, status, facts, digests: new Uint8Array(digests.buffer), codes };
  parentPort?.postMessage(answer, [status.buffer, facts.buffer, digests.buffer]);
});

/**
 * Content that changes while it is read gets one more try.
 * @param {string | Uint8Array} path @param {Float64Array} facts @param {number} row @param {Target} target
 */
function hashTwice(path, facts, row, target) {
  const code = hashFile(path, facts, row, target);
  return code === CHANGED ? hashFile(path, facts, row, target) : code;
}

/** @param {string | Uint8Array} path @param {Float64Array} facts @param {number} row @param {Target} target */
function hashFile(path, facts, row, target) {
  const fd = openSync(/** @type {string} */ (path), FLAGS);
  try {
    const before = fstatSync(fd);
    if (!before.isFile()) return NOT_REGULAR;
    const started = Date.now();
    const { size, ctimeMs } = before;
    if (size > target.mostFile) {
      facts[row + 1] = size;
      return DEFERRED;
    }
    const read = digest(fd, size, target);
    const after = fstatSync(fd);
    if (after.size !== size || after.mtimeMs !== before.mtimeMs || after.ctimeMs !== ctimeMs) return CHANGED;
    if (read !== size && size > 0) return CHANGED;
    facts[row] = before.ino;
    facts[row + 1] = size;
    facts[row + 2] = before.mtimeMs;
    facts[row + 3] = ctimeMs;
    const tick = ctimeMs % 1000 === 0 ? COARSE_TICK_MS : TICK_MS;
    return read === size && ctimeMs + tick < started ? SETTLED : UNSETTLED;
  } finally {
    closeSync(fd);
  }
}

/**
 * Hashes what `fd` holds, and answers how many bytes that were; it stops behind `size` bytes.
 * @param {number} fd @param {number} size @param {Target} target
 */
function digest(fd, size, target) {
  let n = readSync(fd, buffer, 0, CHUNK, null);
  const { digests, algorithms } = target;
  let at = target.at;
  // As text of one byte a character: a buffer for each digest would cost more than the digest of a small file.
  if (n === size && n < CHUNK) {
    const content = buffer.subarray(0, n);
    for (const name of algorithms) at += digests.write(hash(name, content, 'binary'), at, 'latin1');
    return n;
  }
  const hashes = algorithms.map((name) => createHash(name));
  const most = size > 0 ? size : MAX_UNSIZED;
  let read = 0;
  while (n > 0 && read <= most) {
    read += n;
    const content = n === CHUNK ? buffer : buffer.subarray(0, n);
    for (const h of hashes) h.update(content);
    n = readSync(fd, buffer, 0, CHUNK, null);
  }
  for (const h of hashes) at += digests.write(h.digest('binary'), at, 'latin1');
  return read;
}
