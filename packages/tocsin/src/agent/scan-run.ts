// The moving parts of one scan: what waits for a hash thread, what waits for the hub, what is kept. The picture
// stands in scan.ts. What may be reused of an earlier scan is directory-job.ts's business.
import { setImmediate } from 'node:timers/promises';
import type { Answer } from '../client/ladder.ts';
import { never } from '../protocol/errors.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import { unixSeconds } from '../protocol/world.ts';
import { POOL_LIMITS, SCAN_LIMITS } from './config.ts';
import { DirectoryJob } from './directory-job.ts';
import { joinPath, nameOfKey } from './file-path.ts';
import type { Algorithm, HashAnswer } from './hash-pool.ts';
import { DIGEST_BYTES, HASHED } from './hash-pool.ts';
import type { RowBatch } from './row-queue.ts';
import { RowQueue } from './row-queue.ts';
import type { ScanOptions, ScanSummary } from './scan.ts';
import { ScanReporter } from './scan-reporter.ts';
import type { ProblemKind } from './scan-summary.ts';
import { problemOf } from './scan-summary.ts';
import type { FilesStep, WalkStep } from './walk.ts';
import { FACTS, walk } from './walk.ts';

const ALIASES = ['md5', 'sha1'] as const satisfies readonly Algorithm[];
type Alias = (typeof ALIASES)[number];

export class ScanRun {
  readonly #options: ScanOptions;
  readonly #reporter: ScanReporter;
  /** Directories with rows that wait for an answer. */
  readonly #open = new Set<DirectoryJob>();
  readonly #toHash = new RowQueue();
  readonly #toAlias = new RowQueue();
  readonly #toAsk = new RowQueue();
  #hashing = 0;
  #asking = 0;
  #walked = false;
  #failure: { readonly error: unknown } | null = null;
  #change = Promise.withResolvers<void>();
  #lastTurn: number;
  /** The ladder's, as of the last turn: it may read a file for it. One that is old only costs questions. */
  #epoch: string;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#reporter = new ScanReporter(options);
    this.#lastTurn = options.world.clock.monotonic();
    this.#epoch = options.ladder.epoch;
  }

  async run(paths: readonly string[]): Promise<ScanSummary> {
    const { signal, cache } = this.#options;
    const wake = () => this.#change.resolve();
    signal?.addEventListener('abort', wake);
    try {
      await this.#walk((this.#options.walker ?? walk)(paths));
      this.#walked = true;
      this.#submit();
      while (!this.#stopped && this.#open.size > 0) await this.#waitForChange();
    } finally {
      signal?.removeEventListener('abort', wake);
      for (const job of this.#open) this.#keep(job);
      cache?.flush();
    }
    if (this.#failure !== null && !signal?.aborted) throw this.#failure.error;
    return this.#reporter.summary();
  }

  get #stopped(): boolean {
    return this.#failure !== null || this.#options.signal?.aborted === true;
  }

  async #walk(steps: Iterable<WalkStep>): Promise<void> {
    for (const step of steps) {
      if (this.#stopped) return;
      this.#take(step);
      this.#submit();
      await this.#turn();
      for (let room = this.#lack(); room !== null && !this.#stopped; room = this.#lack())
        await this.#waitForChange(room);
    }
  }

  /** Null, or room that there is none of: with the threads, the hub, or whoever takes the results. */
  #lack(): Promise<void> | null {
    const { pool, resultRoom } = this.#options;
    if (!pool.hasRoom || this.#toAsk.length > SCAN_LIMITS.maxFarWaiting) return pool.room();
    return resultRoom?.() ?? null;
  }

  /** Lets the threads' answers in: at each step while they work, else only as often as signals need it. */
  async #turn(): Promise<void> {
    const now = this.#options.world.clock.monotonic();
    const due = now - this.#lastTurn >= SCAN_LIMITS.turnMs;
    if (due) {
      this.#lastTurn = now;
      this.#epoch = this.#options.ladder.epoch;
      this.#options.cache?.flushIfDue();
      this.#reporter.progress(now);
    }
    if (due || this.#hashing > 0) await setImmediate();
  }

  /** Others may fill the pool, so that its room can come without an answer of ours. */
  async #waitForChange(room?: Promise<void>): Promise<void> {
    await (this.#asking > 0 || room === undefined
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

  #takeFiles(step: FilesStep): void {
    const { cache, world } = this.#options;
    const job = new DirectoryJob(step, cache?.read(step.directory, step.part) ?? null, this.#epoch);
    const now = unixSeconds(world.clock);
    if (step.part === 0) this.#reporter.tally.directories++;
    this.#reporter.tally.skip(step.skipped);
    this.#open.add(job);
    job.waiting++; // held open until the last row was looked at
    for (let row = 0; row < job.rows; row++)
      if (job.reuse(row)) this.#unchanged(job, row, now);
      else {
        this.#toHash.put(job, row);
        if (this.#toHash.full) this.#hashBatch();
      }
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
        this.#toAsk.put(job, row);
        return;
      case 'ask-near':
        this.#askNear(job, row, now);
        return;
      default:
        never(kept);
    }
  }

  #askNear(job: DirectoryJob, row: number, now: number): void {
    const answer = this.#options.ladder.near([{ kind: 'file-sha256', bytes: job.digest(row) }]);
    if (answer !== null && !this.#aliasMayWin(answer)) this.#answer(job, row, answer, now);
    else if (this.#aliases().length > 0) this.#toAlias.put(job, row);
    else this.#toAsk.put(job, row);
  }

  /** The owner's word by a weaker digest wins over all but the owner's word by SHA-256. */
  #aliasMayWin({ answeredBy }: Answer): boolean {
    const { overridesAlias } = this.#options;
    if (overridesAlias === undefined || answeredBy === 'override') return false;
    return ALIASES.some((name) => overridesAlias(`file-${name}`));
  }

  #aliases(): readonly Alias[] {
    return ALIASES.filter((name) => this.#options.ladder.wantsAlias(`file-${name}`));
  }

  /** Sends what is due: full batches, and after the walk whatever there is. */
  #submit(): void {
    if (this.#stopped) return;
    if (this.#walked && this.#toHash.length > 0) this.#hashBatch();
    while (this.#toAlias.full || (this.#walked && this.#toAlias.length > 0)) this.#aliasBatch();
    while (this.#asking < SCAN_LIMITS.maxFarBatches && this.#toAsk.length > 0) {
      if (this.#asking > 0 && this.#toAsk.length < SCAN_LIMITS.farBatchKeys) return;
      void this.#askBatch(this.#toAsk.take(SCAN_LIMITS.farBatchKeys));
    }
  }

  #hashBatch(): void {
    const batch = this.#toHash.take(POOL_LIMITS.maxBatchFiles);
    void this.#hash(batch, ['sha256'], (job, row, answer, i, now) => {
      const digest = answer.digests.subarray(i * DIGEST_BYTES.sha256, (i + 1) * DIGEST_BYTES.sha256);
      job.hashed(row, digest, factsAt(answer, i), answer.status[i] === HASHED.settled);
      this.#reporter.tally.hashed++;
      this.#reporter.tally.hashedBytes += job.size(row);
      this.#askNear(job, row, now);
    });
  }

  /** The second pass: near is asked again with all digests, if they are still those of the same content. */
  #aliasBatch(): void {
    const algorithms = this.#aliases();
    void this.#hash(this.#toAlias.take(POOL_LIMITS.maxBatchFiles), algorithms, (job, row, answer, i, now) => {
      if (!job.sameContent(row, factsAt(answer, i))) {
        this.#lost(job, row, 'changed', null);
        return;
      }
      const near = this.#options.ladder.near(fileKeys(job.digest(row), algorithms, answer, i));
      if (near !== null) this.#answer(job, row, near, now);
      else this.#toAsk.put(job, row);
    });
  }

  async #hash(
    batch: RowBatch,
    algorithms: readonly Algorithm[],
    then: (job: DirectoryJob, row: number, answer: HashAnswer, i: number, now: number) => void,
  ): Promise<void> {
    this.#hashing++;
    try {
      const paths = batch.rows.map((row, i) => batch.jobs[i]!.path(row));
      const work = { algorithms, paths, bytes: batch.bytes };
      const answer = await this.#options.pool.hash(work, this.#options.signal);
      const now = unixSeconds(this.#options.world.clock);
      for (let i = 0; i < paths.length && !this.#stopped; i++) {
        const status = answer.status[i]!;
        const [job, row, code] = [batch.jobs[i]!, batch.rows[i]!, answer.codes?.[i] ?? null];
        if (status === HASHED.settled || status === HASHED.unsettled) then(job, row, answer, i, now);
        else this.#lost(job, row, problemOf(status, code), code);
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#hashing--;
    this.#submit();
    this.#change.resolve();
  }

  async #askBatch(batch: RowBatch): Promise<void> {
    this.#asking++;
    try {
      const keys = batch.rows.map(
        (row, i): ObjectKey => ({ kind: 'file-sha256', bytes: batch.jobs[i]!.digest(row) }),
      );
      const answers = await this.#options.ladder.far(keys);
      const now = unixSeconds(this.#options.world.clock);
      for (let i = 0; i < keys.length && !this.#stopped; i++)
        this.#answer(batch.jobs[i]!, batch.rows[i]!, answers[i]!, now);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#asking--;
    this.#submit();
    this.#change.resolve();
  }

  #answer(job: DirectoryJob, row: number, answer: Answer, now: number): void {
    job.answered(row, answer, now);
    this.#reporter.result(job, row, answer.verdict, answer.answeredBy);
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
