// What this machine itself can vouch for: files that its package manager lists, as long as they still have the
// MD5 sums of their packages; each is named with its SHA-256. Whoever can write to dpkg's records or forge an
// MD5 within a package can get a file vouched for: it says "as installed", never more than `good`.
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { World } from '../protocol/world.ts';
import { POOL_LIMITS, SCAN_LIMITS } from './config.ts';
import type { ListedFile, ListedPackage } from './dpkg.ts';
import { countListed, listedPackages } from './dpkg.ts';
import type { FilePath } from './file-path.ts';
import { pathText } from './file-path.ts';
import type { HashAnswer, HashPool } from './hash-pool.ts';
import { HASHED } from './hash-pool.ts';
import { RootedPaths } from './rooted-paths.ts';
import { errorCode } from './walk.ts';

/** A file that is as its package installed it. */
export interface VouchedFile {
  /** Absolute, links in its directories resolved. */
  readonly path: string;
  readonly package: string;
  readonly sha256: string;
  readonly md5: string;
  readonly size: number;
}

export const VOUCH_PROBLEMS = ['altered', 'missing', 'failed'] as const;
export interface VouchProblem {
  readonly path: string;
  readonly package: string;
  /** `altered`: other content, or no regular file, where one was installed. `failed`: not readable. */
  readonly problem: (typeof VOUCH_PROBLEMS)[number];
}

export interface VouchProgress {
  /** Files done, and how many are listed; with `under` or `except` more than will be looked at. */
  readonly files: number;
  readonly listed: number;
  readonly bytes: number;
  readonly elapsedMs: number;
}

export interface VouchSummary {
  readonly packages: number;
  /** Files looked at = vouched + altered + missing + failed (unless interrupted). */
  readonly files: number;
  readonly vouched: number;
  readonly altered: number;
  readonly missing: number;
  readonly failed: number;
  /** Lines of dpkg's records that were not understood. */
  readonly refused: number;
  readonly bytes: number;
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

export interface VouchOptions {
  readonly pool: HashPool;
  readonly world: World;
  /** Whose records and files; `/` by default. */
  readonly root?: string | undefined;
  /** Only files in or below these (absolute paths on this machine); all by default. */
  readonly under?: readonly string[] | undefined;
  /** Not those in or below these: what an earlier call did with `under`. */
  readonly except?: readonly string[] | undefined;
  /** Each file once, package by package. What it throws ends the run. */
  readonly onVouched?: ((file: VouchedFile) => void) | undefined;
  readonly onProblem?: ((problem: VouchProblem) => void) | undefined;
  readonly onProgress?: ((progress: VouchProgress) => void) | undefined;
  /** Abort: stops at once and resolves with the summary so far. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hashes every listed file once (MD5 and SHA-256 in one reading) and compares. Rejects with `not-found` where
 * there are no records of dpkg, with `engine` where hashing is impossible, and with what a callback throws.
 */
export async function vouch(options: VouchOptions): Promise<VouchSummary> {
  return await new VouchRun(options).run();
}

interface Candidate {
  readonly path: FilePath;
  readonly package: string;
  readonly md5: string;
  readonly size: number;
}

type Counts = { -readonly [K in keyof VouchSummary]: VouchSummary[K] };

class VouchRun {
  readonly #options: VouchOptions;
  readonly #paths: RootedPaths;
  readonly #under: readonly string[];
  readonly #except: readonly string[];
  readonly #started: number;
  readonly #listed: number;
  readonly #counts: Counts;
  readonly #work = new Set<Promise<void>>();
  #batch: Candidate[] = [];
  #batchBytes = 0;
  #failure: { readonly error: unknown } | null = null;
  #lastTurn: number;
  #lastProgress: number;

  constructor(options: VouchOptions) {
    const root = resolve(options.root ?? '/');
    const { packages, files } = countListed(root);
    const zero = { files: 0, vouched: 0, altered: 0, missing: 0, failed: 0, refused: 0, bytes: 0 };
    this.#options = options;
    this.#paths = new RootedPaths(root);
    this.#under = (options.under ?? ['/']).map((path) => this.#real(root, resolve(path)));
    this.#except = (options.except ?? []).map((path) => this.#real(root, resolve(path)));
    this.#started = options.world.clock.monotonic();
    this.#lastTurn = this.#started;
    this.#lastProgress = this.#started;
    this.#listed = files;
    this.#counts = { packages, ...zero, interrupted: false, elapsedMs: 0 };
  }

  async run(): Promise<VouchSummary> {
    for (const listed of listedPackages(this.#paths.absolute(''))) {
      if (this.#stopped) break;
      await this.#package(listed);
    }
    if (!this.#stopped) this.#submit();
    const { signal, onProgress } = this.#options;
    while (this.#work.size > 0 && !this.#stopped) await this.#oneDone();
    if (this.#failure !== null && !signal?.aborted) throw this.#failure.error;
    onProgress?.(this.#progress());
    const elapsedMs = this.#options.world.clock.monotonic() - this.#started;
    return { ...this.#counts, interrupted: signal?.aborted === true, elapsedMs };
  }

  get #stopped(): boolean {
    return this.#failure !== null || this.#options.signal?.aborted === true;
  }

  async #package({ name, files, refused }: ListedPackage): Promise<void> {
    this.#counts.refused += refused;
    for (const file of files) {
      this.#consider(name, file);
      await this.#turn();
      while (!this.#options.pool.hasRoom && !this.#stopped) await this.#oneDone();
      if (this.#stopped) return;
    }
  }

  async #turn(): Promise<void> {
    const now = this.#options.world.clock.monotonic();
    if (now - this.#lastTurn < SCAN_LIMITS.turnMs) return;
    this.#lastTurn = now;
    if (now - this.#lastProgress >= SCAN_LIMITS.progressMs) {
      this.#lastProgress = now;
      this.#options.onProgress?.(this.#progress());
    }
    await setImmediate();
  }

  async #oneDone(): Promise<void> {
    const { signal, pool } = this.#options;
    const aborted = Promise.withResolvers<void>();
    const wake = () => aborted.resolve();
    signal?.addEventListener('abort', wake, { once: true });
    const room = pool.hasRoom ? [] : [pool.room()];
    await Promise.race([aborted.promise, ...room, ...this.#work]);
    signal?.removeEventListener('abort', wake);
    await this.#turn();
  }

  #progress(): VouchProgress {
    const { files, bytes } = this.#counts;
    const elapsedMs = this.#options.world.clock.monotonic() - this.#started;
    return { files, listed: this.#listed, bytes, elapsedMs };
  }

  #consider(owner: string, file: ListedFile): void {
    const path = this.#locate(file.path);
    if (!this.#wanted(pathText(path))) return;
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) this.#problem(path, owner, 'missing');
      else if (!stats.isFile()) this.#problem(path, owner, 'altered');
      else this.#enqueue({ path, package: owner, md5: file.md5, size: stats.size });
    } catch (error) {
      this.#problem(path, owner, errorCode(error) === 'ENOTDIR' ? 'missing' : 'failed');
    }
  }

  /** The path on this machine, links in its directory resolved; a raw name is taken as it is listed. */
  #locate(listed: FilePath): FilePath {
    if (typeof listed !== 'string')
      return Buffer.concat([Buffer.from(this.#paths.absolute('x').slice(0, -1)), listed]);
    const cut = listed.lastIndexOf('/');
    const directory = this.#paths.directory(listed.slice(0, Math.max(cut, 0)));
    const name = listed.slice(cut + 1);
    if (directory === null) return this.#paths.absolute(listed);
    return this.#paths.absolute(directory === '' ? name : `${directory}/${name}`);
  }

  /** A path to compare with: links in it resolved as far as it is below the root. */
  #real(root: string, path: string): string {
    if (path === '/' || path === root) return root;
    const inside =
      root === '/' ? path.slice(1) : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
    if (inside === null) return path;
    const directory = this.#paths.directory(inside);
    return directory === null ? pathText(this.#locate(inside)) : this.#paths.absolute(directory);
  }

  #wanted(path: string): boolean {
    return isBelow(path, this.#under) && !isBelow(path, this.#except);
  }

  #enqueue(candidate: Candidate): void {
    this.#batch.push(candidate);
    this.#batchBytes += candidate.size;
    const { maxBatchFiles, maxBatchBytes } = POOL_LIMITS;
    if (this.#batch.length >= maxBatchFiles || this.#batchBytes >= maxBatchBytes) this.#submit();
  }

  #submit(): void {
    if (this.#batch.length === 0) return;
    const work: Promise<void> = this.#hash(this.#batch, this.#batchBytes).finally(() =>
      this.#work.delete(work),
    );
    this.#work.add(work);
    this.#batch = [];
    this.#batchBytes = 0;
  }

  async #hash(batch: readonly Candidate[], bytes: number): Promise<void> {
    try {
      const paths = batch.map((candidate) => candidate.path);
      const { pool, signal } = this.#options;
      const answer = await pool.hash({ algorithms: ['md5', 'sha256'], paths, bytes }, signal);
      for (let i = 0; i < batch.length && !this.#stopped; i++) this.#compare(batch[i]!, answer, i);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #compare({ path, package: owner, md5, size }: Candidate, answer: HashAnswer, i: number): void {
    const status = answer.status[i]!;
    if (status === HASHED.failed || status === HASHED.changed) {
      this.#problem(path, owner, answer.codes?.[i] === 'ENOENT' ? 'missing' : 'failed');
      return;
    }
    const digests = Buffer.from(answer.digests.buffer, answer.digests.byteOffset + i * 48, 48);
    if (status === HASHED.notRegular || digests.toString('hex', 0, 16) !== md5) {
      this.#problem(path, owner, 'altered');
      return;
    }
    this.#counts.files++;
    this.#counts.vouched++;
    this.#counts.bytes += size;
    const sha256 = digests.toString('hex', 16);
    this.#options.onVouched?.({ path: pathText(path), package: owner, sha256, md5, size });
  }

  #problem(path: FilePath, owner: string, problem: VouchProblem['problem']): void {
    this.#counts.files++;
    this.#counts[problem]++;
    this.#options.onProblem?.({ path: pathText(path), package: owner, problem });
  }
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some(
    (root) => root === '/' || path === root || (path.startsWith(root) && path[root.length] === '/'),
  );
}
