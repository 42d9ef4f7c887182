// Rows of directories that wait together for the same thing: a hash thread, or an answer of the hub.
import { POOL_LIMITS } from './config.ts';
import type { DirectoryJob } from './directory-job.ts';

/** Some rows on their way; columns of the same length. */
export interface RowBatch {
  readonly jobs: readonly DirectoryJob[];
  readonly rows: readonly number[];
  /** Size of their files together. */
  readonly bytes: number;
}

export class RowQueue {
  #jobs: DirectoryJob[] = [];
  #rows: number[] = [];
  #bytes = 0;

  get length(): number {
    return this.#rows.length;
  }

  /** True where the rows are worth a batch of the hash pool. */
  get full(): boolean {
    return this.#rows.length >= POOL_LIMITS.maxBatchFiles || this.#bytes >= POOL_LIMITS.maxBatchBytes;
  }

  put(job: DirectoryJob, row: number): void {
    this.#jobs.push(job);
    this.#rows.push(row);
    this.#bytes += job.size(row);
  }

  /** The first rows, up to `most`. */
  take(most: number): RowBatch {
    const all = this.#rows.length <= most;
    const jobs = all ? this.#jobs : this.#jobs.splice(0, most);
    const rows = all ? this.#rows : this.#rows.splice(0, most);
    const bytes = all ? this.#bytes : rows.reduce((sum, row, i) => sum + jobs[i]!.size(row), 0);
    if (all) {
      this.#jobs = [];
      this.#rows = [];
    }
    this.#bytes = all ? 0 : this.#bytes - bytes;
    return { jobs, rows, bytes };
  }
}
