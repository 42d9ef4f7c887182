// The moving parts of one scan: which directory is open, what its rows wait for, what is kept. The picture stands
// in scan.ts. What may be reused of an earlier scan is directory-job.ts's business.
import { setImmediate } from 'node:timers/promises';
import type { Answer } from '../client/lookup/ladder.ts';
import { never } from '../protocol/errors.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import { unixSeconds } from '../protocol/world.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { SCAN_LIMITS } from './config.ts';
import { DirectoryJob } from './directory-job.ts';
import { FarRows } from './far-rows.ts';
import type { FilePath } from './file-path.ts';
import { joinPath, nameOfKey } from './file-path.ts';
import { DIGEST_BYTES } from './hash-pool.ts';
import { ALIASES, HashRows } from './hash-rows.ts';
import type { RowBatch } from './row-queue.ts';
import type { ScanOptions, ScanSummary } from './scan.ts';
import { ScanReporter } from './scan-reporter.ts';
import type { ProblemKind } from './scan-summary.ts';
import type { FilesStep, WalkStep } from './walk.ts';
import { walk } from './walk.ts';

interface Ahead {
  readonly directory: FilePath;
  readonly part: number;
  readonly record: DirectoryRecord | null;
}

export class ScanRun {
  readonly #options: ScanOptions;
  readonly #reporter: ScanReporter;
  /** Directories with rows that wait for an answer. */
  readonly #open = new Set<DirectoryJob>();
  readonly #hash: HashRows;
  readonly #far: FarRows;
  /** What the cache said right before the walk looked at a directory. */
  #ahead: Ahead | null = null;
  /** One key for all questions that are answered at once. */
  readonly #nearKey = { kind: 'file-sha256', bytes: new Uint8Array(DIGEST_BYTES.sha256) } as const;
  readonly #nearKeys: readonly ObjectKey[] = [this.#nearKey];
  #walked = false;
  #failure: { readonly error: unknown } | null = null;
  #change = Promise.withResolvers<void>();
  #lastTurn: number;
  /** The ladder's, of a moment ago: it may read a file for it. One that is old only costs questions. */
  #epoch: string;
  #lastEpoch: number;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#reporter = new ScanReporter(options);
    this.#lastTurn = options.world.clock.monotonic();
    this.#epoch = options.ladder.epoch;
    this.#lastEpoch = this.#lastTurn;
    this.#hash = this.#hashRows();
    this.#far = new FarRows({
      ladder: options.ladder,
      stopped: () => this.#stopped,
      onAnswers: (batch, answers) => this.#farAnswers(batch, answers),
      onFailure: (error) => this.#fail(error),
    });
  }

  async run(paths: readonly string[]): Promise<ScanSummary> {
    const { signal, cache } = this.#options;
    const wake = () => this.#change.resolve();
    signal?.addEventListener('abort', wake);
    try {
      await this.#walk(
        (this.#options.walker ?? walk)(paths, (directory, part) => this.#look(directory, part)),
      );
      this.#walked = true;
      this.#submit();
      while (!this.#stopped && this.#open.size > 0) await this.#waitForChange();
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#far.stop();
      for (const job of this.#open) this.#keep(job);
      cache?.flush();
    }
    if (this.#failure !== null && !signal?.aborted) throw this.#failure.error;
    return this.#reporter.summary();
  }

  #hashRows(): HashRows {
    const { ladder, pool, signal } = this.#options;
    return new HashRows({
      ...{ pool, signal },
      stopped: () => this.#stopped,
      wantsAlias: (kind) => ladder.wantsAlias(kind),
      onDigest: (job, row) => this.#digested(job, row),
      onAliases: (job, row, keys) => this.#askWith(job, row, keys),
      onProblem: (job, row, problem, code) => this.#lost(job, row, problem, code),
      onBatch: () => this.#changed(),
      onFailure: (error) => this.#fail(error),
    });
  }

  get #stopped(): boolean {
    return this.#failure !== null || this.#options.signal?.aborted === true;
  }

  async #walk(steps: Iterable<WalkStep>): Promise<void> {
    for (const step of steps) {
      if (this.#stopped) return;
      this.#take(step);
      this.#submit();
      const turn = this.#turn();
      if (turn !== null) await turn;
      for (let room = this.#lack(); room !== null && !this.#stopped; room = this.#lack())
        await this.#waitForChange(room);
    }
  }

  /** Null, or room that there is none of: with the threads, the hub, or whoever takes the results. */
  #lack(): Promise<void> | null {
    const { pool, resultRoom } = this.#options;
    if (!pool.hasRoom || this.#far.waiting > SCAN_LIMITS.maxFarWaiting) return pool.room();
    return resultRoom?.() ?? null;
  }

  /** Null, or a turn of the event loop that is due: for the threads' answers and for signals. */
  #turn(): Promise<void> | null {
    const { cache, ladder, world } = this.#options;
    const now = world.clock.monotonic();
    const { epochMs, hashingTurnMs, turnMs } = SCAN_LIMITS;
    if (now - this.#lastTurn < (this.#hash.batches > 0 ? hashingTurnMs : turnMs)) return null;
    this.#lastTurn = now;
    if (now - this.#lastEpoch >= epochMs) {
      this.#lastEpoch = now;
      this.#epoch = ladder.epoch;
    }
    cache?.flushIfDue();
    this.#reporter.progress(now);
    return setImmediate();
  }

  /** Others may fill the pool, so that its room can come without an answer of ours. */
  async #waitForChange(room?: Promise<void>): Promise<void> {
    await (this.#far.asking > 0 || room === undefined
      ? this.#change.promise
      : Promise.race([this.#change.promise, room]));
    this.#change = Promise.withResolvers<void>();
    await this.#turn();
  }

  #take(step: WalkStep): void {
    switch (step.kind) {
      case 'problem':
        if (step.problem === 'vanished') this.#options.cache?.dropTree(step.path);
        this.#reporter.problem(step.path, step.problem, step.code);
        return;
      case 'files':
        this.#takeFiles(step);
        return;
      default:
        never(step);
    }
  }

  /** The walk asks before a step whether files may be known, so that those of a new directory are opened only. */
  #look(directory: FilePath, part: number): boolean {
    const record = this.#options.cache?.read(directory, part) ?? null;
    this.#ahead = { directory, part, record };
    return record !== null;
  }

  #recordOf({ directory, part }: FilesStep): DirectoryRecord | null {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead?.directory === directory && ahead.part === part) return ahead.record;
    return this.#options.cache?.read(directory, part) ?? null;
  }

  #takeFiles(step: FilesStep): void {
    const { world } = this.#options;
    const job = new DirectoryJob(step, this.#recordOf(step), this.#epoch);
    const now = unixSeconds(world.clock);
    if (step.part === 0) this.#reporter.tally.directories++;
    this.#reporter.tally.skip(step.skipped);
    this.#open.add(job);
    job.waiting++; // held open until the last row was looked at
    for (let row = 0; row < job.rows; row++)
      if (job.reuse(row)) this.#unchanged(job, row, now);
      else this.#hash.put(job, row);
    this.#settled(job);
  }

  #unchanged(job: DirectoryJob, row: number, now: number): void {
    this.#reporter.tally.unchanged++;
    const kept = job.kept(row, now);
    switch (kept.kind) {
      case 'answer': {
        const { verdict, answeredBy } = kept.answer;
        this.#reporter.result(job, row, verdict, answeredBy === 'override' ? answeredBy : 'cache');
        this.#settled(job);
        return;
      }
      case 'ask-far':
        this.#far.put(job, row);
        return;
      case 'ask-near':
        this.#askNear(job, row, now);
        return;
      default:
        never(kept);
    }
  }

  #askNear(job: DirectoryJob, row: number, now: number): void {
    job.copyDigest(row, this.#nearKey.bytes);
    const answer = this.#options.ladder.near(this.#nearKeys);
    if (answer !== null && !this.#aliasMayWin(answer)) this.#answer(job, row, answer, now);
    else if (this.#hash.wantsAliases) this.#hash.putAliases(job, row);
    else this.#far.put(job, row);
  }

  /** The owner's word by a weaker digest wins over all but the owner's word by SHA-256. */
  #aliasMayWin({ answeredBy }: Answer): boolean {
    const { overridesAlias } = this.#options;
    if (overridesAlias === undefined || answeredBy === 'override') return false;
    return ALIASES.some((name) => overridesAlias(`file-${name}`));
  }

  /** Sends what is due: full batches, and after the walk whatever there is. */
  #submit(): void {
    if (this.#stopped) return;
    this.#hash.submit(this.#walked);
    this.#far.submit(this.#walked && this.#hash.batches === 0);
  }

  #digested(job: DirectoryJob, row: number): void {
    this.#reporter.tally.hashed++;
    this.#reporter.tally.hashedBytes += job.size(row);
    this.#askNear(job, row, unixSeconds(this.#options.world.clock));
  }

  #askWith(job: DirectoryJob, row: number, keys: readonly ObjectKey[]): void {
    const answer = this.#options.ladder.near(keys);
    if (answer !== null) this.#answer(job, row, answer, unixSeconds(this.#options.world.clock));
    else this.#far.put(job, row);
  }

  #farAnswers({ jobs, rows }: RowBatch, answers: readonly Answer[]): void {
    const now = unixSeconds(this.#options.world.clock);
    for (let i = 0; i < rows.length && !this.#stopped; i++)
      this.#answer(jobs[i]!, rows[i]!, answers[i]!, now);
    this.#changed();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#changed();
  }

  /** Rows have moved on: those behind them may, and whoever waits looks again. */
  #changed(): void {
    this.#submit();
    this.#change.resolve();
  }

  #answer(job: DirectoryJob, row: number, answer: Answer, now: number): void {
    job.answered(row, answer, now);
    this.#reporter.result(job, row, answer.verdict, answer.answeredBy, answer.alias);
    this.#settled(job);
  }

  #lost(job: DirectoryJob, row: number, problem: ProblemKind, code: string | null): void {
    this.#reporter.problem(job.path(row), problem, code);
    this.#settled(job);
  }

  #settled(job: DirectoryJob): void {
    if (--job.waiting > 0) return;
    this.#open.delete(job);
    this.#keep(job);
  }

  #keep(job: DirectoryJob): void {
    const { cache } = this.#options;
    if (cache === null) return;
    const { directory, part, parts } = job.step;
    for (const name of job.vanishedDirectories()) cache.dropTree(joinPath(directory, nameOfKey(name)));
    if (part === 0 && job.step.complete)
      for (let old = parts; old < job.oldParts; old++) cache.drop(directory, old);
    const record = job.record();
    if (record !== null) cache.write(directory, part, record);
  }
}
