// Rows that nobody near knows, on their way to the hub and back: many in a question, a few questions at a time.
import type { Answer, Ladder } from '../client/lookup/ladder.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import { SCAN_LIMITS } from './config.ts';
import type { DirectoryJob } from './directory-job.ts';
import type { RowBatch } from './row-queue.ts';
import { RowQueue } from './row-queue.ts';

export interface FarRowsOptions {
  readonly ladder: Pick<Ladder, 'far'>;
  /** True from when nothing may be asked any more. */
  readonly stopped: () => boolean;
  /** One answer a row, in order. */
  readonly onAnswers: (batch: RowBatch, answers: readonly Answer[]) => void;
  /** What the ladder or `onAnswers` threw. */
  readonly onFailure: (error: unknown) => void;
}

export class FarRows {
  readonly #options: FarRowsOptions;
  readonly #rows = new RowQueue();
  #asking = 0;
  /** Runs while some rows wait for others. */
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FarRowsOptions) {
    this.#options = options;
  }

  /** Rows that were not asked yet. */
  get waiting(): number {
    return this.#rows.length;
  }

  /** Questions under way. */
  get asking(): number {
    return this.#asking;
  }

  /** The row is asked at the next `submit`, or some later one. */
  put(job: DirectoryJob, row: number): void {
    this.#rows.put(job, row);
  }

  /** Asks full batches at once; fewer rows wait for others for a moment, unless this is `all` that will come. */
  submit(all: boolean): void {
    const { farBatchKeys, farWaitMs, maxFarBatches } = SCAN_LIMITS;
    while (this.#rows.length > 0 && this.#asking < maxFarBatches && !this.#options.stopped()) {
      if (this.#rows.length < farBatchKeys && !all) {
        this.#timer ??= setTimeout(() => this.#afterWait(), farWaitMs);
        return;
      }
      void this.#ask(this.#rows.take(farBatchKeys));
    }
  }

  /** Ends the wait; what waits is asked at the next `submit`. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #afterWait(): void {
    this.#timer = null;
    this.submit(true);
  }

  async #ask(batch: RowBatch): Promise<void> {
    const { ladder, onAnswers, onFailure } = this.#options;
    const keys = batch.rows.map(
      (row, i): ObjectKey => ({ kind: 'file-sha256', bytes: batch.jobs[i]!.digest(row) }),
    );
    this.#asking++;
    try {
      const answers = await ladder.far(keys).finally(() => this.#asking--);
      onAnswers(batch, answers);
    } catch (error) {
      onFailure(error);
    }
  }
}
