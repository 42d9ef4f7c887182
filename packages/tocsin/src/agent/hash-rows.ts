// Rows on their way to the hash threads and back: SHA-256 first, and MD5 and SHA-1 in a second pass where only
// those can still be answered. It asks nobody what a digest stands for.
import type { ObjectKey } from '../protocol/kinds.ts';
import { POOL_LIMITS } from './config.ts';
import type { DirectoryJob } from './directory-job.ts';
import type { Algorithm, HashAnswer, HashBatch, HashPool } from './hash-pool.ts';
import { DIGEST_BYTES, HASHED } from './hash-pool.ts';
import type { RowBatch } from './row-queue.ts';
import { RowQueue } from './row-queue.ts';
import type { ProblemKind } from './scan-summary.ts';
import { problemOf } from './scan-summary.ts';
import { FACTS, SIZE } from './walk.ts';

/** Digests that older lists and overrides may know a file by. */
export const ALIASES = ['md5', 'sha1'] as const satisfies readonly Algorithm[];
type Alias = (typeof ALIASES)[number];

export interface HashRowsOptions {
  readonly pool: HashPool;
  readonly signal: AbortSignal | undefined;
  /** True from when no answer is wanted any more. */
  readonly stopped: () => boolean;
  /** True where a digest of that kind can be answered. */
  readonly wantsAlias: (kind: `file-${Alias}`) => boolean;
  /** The job has digest and facts of the row now. */
  readonly onDigest: (job: DirectoryJob, row: number) => void;
  /** All digests of the content, SHA-256 first; they are the caller's as long as it does not wait. */
  readonly onAliases: (job: DirectoryJob, row: number, keys: readonly ObjectKey[]) => void;
  readonly onProblem: (job: DirectoryJob, row: number, problem: ProblemKind, code: string | null) => void;
  /** A batch is done, whatever became of it. */
  readonly onBatch: () => void;
  /** What the pool or one of these threw. */
  readonly onFailure: (error: unknown) => void;
}

type RowTaker = (job: DirectoryJob, row: number, answer: HashAnswer, i: number) => void;

export class HashRows {
  readonly #options: HashRowsOptions;
  readonly #toHash = new RowQueue();
  readonly #toAlias = new RowQueue();
  #batches = 0;

  constructor(options: HashRowsOptions) {
    this.#options = options;
  }

  /** Batches under way. */
  get batches(): number {
    return this.#batches;
  }

  get wantsAliases(): boolean {
    const { wantsAlias } = this.#options;
    return wantsAlias('file-md5') || wantsAlias('file-sha1');
  }

  /** Asks for the SHA-256 of a row; a full batch is on its way at once. */
  put(job: DirectoryJob, row: number): void {
    this.#toHash.put(job, row);
    if (this.#toHash.full) this.#hash(this.#toHash.take(POOL_LIMITS.maxBatchFiles));
  }

  /** Asks for the other digests of a row that has its SHA-256. */
  putAliases(job: DirectoryJob, row: number): void {
    this.#toAlias.put(job, row);
  }

  /** Sends what is due: full batches, and where this is `all` that will come, whatever there is. */
  submit(all: boolean): void {
    if (all && this.#toHash.length > 0) this.#hash(this.#toHash.take(POOL_LIMITS.maxBatchFiles));
    while (this.#toAlias.full || (all && this.#toAlias.length > 0))
      this.#hashAliases(this.#toAlias.take(POOL_LIMITS.maxBatchFiles));
  }

  #hash(batch: RowBatch): void {
    const how = { algorithms: ['sha256'], most: POOL_LIMITS.maxBatchBytes } as const;
    void this.#run(batch, how, (job, row, answer, i) => {
      if (answer.status[i] === HASHED.deferred) this.#hashLater(job, row, factsAt(answer, i));
      else {
        job.hashed(row, answer, i, answer.status[i] === HASHED.settled);
        this.#options.onDigest(job, row);
      }
    });
  }

  /** A large file, whose size is known now, gets a batch of its own; others wait for the next one. */
  #hashLater(job: DirectoryJob, row: number, facts: Float64Array): void {
    const bytes = facts[SIZE]!;
    if (bytes > 0) this.#hash({ jobs: [job], rows: [row], bytes });
    else this.put(job, row);
  }

  /** The second pass counts only if it read what the first one did. */
  #hashAliases(batch: RowBatch): void {
    const { wantsAlias, onAliases, onProblem } = this.#options;
    const algorithms = ALIASES.filter((name) => wantsAlias(`file-${name}`));
    void this.#run(batch, { algorithms }, (job, row, answer, i) => {
      if (job.sameContent(row, factsAt(answer, i)))
        onAliases(job, row, fileKeys(job.digest(row), algorithms, answer, i));
      else onProblem(job, row, 'changed', null);
    });
  }

  async #run(
    { jobs, rows, bytes }: RowBatch,
    how: Pick<HashBatch, 'algorithms' | 'most'>,
    take: RowTaker,
  ): Promise<void> {
    const { pool, signal, stopped, onProblem, onBatch, onFailure } = this.#options;
    this.#batches++;
    try {
      const paths = rows.map((row, i) => jobs[i]!.path(row));
      const answer = await pool.hash({ ...how, paths, bytes }, signal);
      for (let i = 0; i < paths.length && !stopped(); i++) {
        const status = answer.status[i]!;
        if (status === HASHED.settled || status === HASHED.unsettled || status === HASHED.deferred)
          take(jobs[i]!, rows[i]!, answer, i);
        else {
          const code = answer.codes?.[i] ?? null;
          onProblem(jobs[i]!, rows[i]!, problemOf(status, code), code);
        }
      }
    } catch (error) {
      onFailure(error);
    }
    this.#batches--;
    onBatch();
  }
}

function factsAt(answer: HashAnswer, i: number): Float64Array {
  return answer.facts.subarray(i * FACTS, (i + 1) * FACTS);
}

/** All digests of one file, SHA-256 first, from an answer whose rows hold the aliases side by side. */
function fileKeys(
  sha256: Uint8Array,
  aliases: readonly Alias[],
  answer: HashAnswer,
  i: number,
): readonly ObjectKey[] {
  const keys: ObjectKey[] = [{ kind: 'file-sha256', bytes: sha256 }];
  let at = i * aliases.reduce((sum, name) => sum + DIGEST_BYTES[name], 0);
  for (const name of aliases) {
    keys.push({ kind: `file-${name}`, bytes: answer.digests.subarray(at, at + DIGEST_BYTES[name]) });
    at += DIGEST_BYTES[name];
  }
  return keys;
}
