// Tells the caller of a scan what happens: results, problems, progress, and in the end the summary. Everything
// told is counted first, and nothing is decided here.
import { toHex } from '../protocol/hex.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import type { AnsweredBy, Verdict } from '../protocol/verdict.ts';
import { SCAN_LIMITS } from './config.ts';
import type { DirectoryJob } from './directory-job.ts';
import type { FilePath } from './file-path.ts';
import { pathBytes, pathText } from './file-path.ts';
import type { ScanOptions } from './scan.ts';
import type { AliasDigest, ProblemKind, ScanSummary } from './scan-summary.ts';
import { Tally } from './scan-summary.ts';

export class ScanReporter {
  readonly tally = new Tally();
  readonly #options: ScanOptions;
  readonly #started: number;
  #lastProgress: number;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#started = options.world.clock.monotonic();
    this.#lastProgress = this.#started;
  }

  /** `alias`: the weaker digest by which the file was known, where it was one. */
  result(job: DirectoryJob, row: number, verdict: Verdict, answeredBy: AnsweredBy, alias?: ObjectKey): void {
    const size = job.size(row);
    this.tally.answer(verdict, answeredBy, size);
    const { directory, names } = job.step;
    if (typeof directory !== 'string' || typeof names[row] !== 'string') this.#oddName(job.path(row));
    const { onResult, wants } = this.#options;
    if (onResult === undefined || wants?.(verdict) === false) return;
    const path = job.path(row);
    const result = { path: pathText(path), sha256: job.hex(row), size, verdict, answeredBy };
    const exact = pathBytes(path);
    onResult({
      ...result,
      ...(exact === null ? {} : { pathBytes: exact }),
      ...(alias === undefined ? {} : { alias: aliasOf(alias) }),
    });
  }

  problem(path: FilePath, problem: ProblemKind, code: string | null): void {
    this.tally.problems[problem]++;
    this.#options.onProblem?.({ path: pathText(path), pathBytes: pathBytes(path), problem, code });
    if (typeof path !== 'string') this.#oddName(path);
  }

  #oddName(path: FilePath): void {
    this.tally.oddNames++;
    this.#options.onOddName?.(pathText(path), pathBytes(path) ?? '');
  }

  /** Reports progress where the last report is old enough; `now` is monotonic. */
  progress(now: number): void {
    if (now - this.#lastProgress < SCAN_LIMITS.progressMs) return;
    this.#lastProgress = now;
    this.#options.onProgress?.(this.tally.progress(now - this.#started));
  }

  summary(): ScanSummary {
    const { cache, ladder, onProgress, signal, world } = this.#options;
    const elapsedMs = world.clock.monotonic() - this.#started;
    onProgress?.(this.tally.progress(elapsedMs));
    const { damaged, lost } = cache?.trouble ?? { damaged: 0, lost: 0 };
    const interrupted = signal?.aborted === true;
    return this.tally.summary({ missing: ladder.missing, cache: { damaged, lost }, interrupted, elapsedMs });
  }
}

/** The key's bytes are the answer's as long as it does not wait. */
function aliasOf({ kind, bytes }: ObjectKey): AliasDigest {
  return { algorithm: kind === 'file-md5' ? 'md5' : 'sha1', digest: toHex(bytes) };
}
