// What a scan says: one result a file, problems by name, and the summary in which everything is counted.
// Counting only.
import type { AnsweredBy, Level, Verdict } from '../protocol/verdict.ts';
import { ANSWERED_BY, LEVEL_NAMES, polarity } from '../protocol/verdict.ts';
import { HASHED } from './hash-pool.ts';
import type { Skipped } from './walk.ts';

/** One file, as `tocsin scan --json` prints it. */
export interface ScanResult {
  /** Absolute; bytes that are no UTF-8 stand as U+FFFD. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly verdict: Verdict;
  readonly answeredBy: AnsweredBy;
  /** The exact path in base64, only where `path` cannot carry it. */
  readonly pathBytes?: string;
  /** The weaker digest by which the answer knew the file, where it was one and was computed in this scan. */
  readonly alias?: AliasDigest;
}

export interface AliasDigest {
  readonly algorithm: 'md5' | 'sha1';
  /** Lower-case hex. */
  readonly digest: string;
}

export const PROBLEMS = ['unreadable', 'vanished', 'changed', 'replaced', 'failed', 'special'] as const;
/** `special`: a socket, pipe or device; `changed`: twice while it was read; `replaced`: no regular file any more when it was opened. */
export type ProblemKind = (typeof PROBLEMS)[number];

export interface ScanProblem {
  readonly path: string;
  readonly pathBytes: string | null;
  readonly problem: ProblemKind;
  /** The system's name of the error, such as `EACCES`; null where there was none. */
  readonly code: string | null;
}

export interface ScanProgress {
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  readonly found: number;
  readonly elapsedMs: number;
}

export interface ScanSummary {
  /** Files that got an answer, also the answer `unknown`; without those in `problems`. */
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  /** Files whose content was read, and how much that was; the others were unchanged. */
  readonly hashed: number;
  readonly hashedBytes: number;
  readonly unchanged: number;
  /** Files of a bad level (`riskware`, `suspicious`, `malicious`). */
  readonly found: number;
  readonly levels: Readonly<Record<Level, number>>;
  readonly answeredBy: Readonly<Record<AnsweredBy, number>>;
  /** Who vouches for the good ones, the most first. */
  readonly goodBy: readonly { readonly source: string; readonly files: number }[];
  readonly skipped: Readonly<Skipped>;
  readonly problems: Readonly<Record<ProblemKind, number>>;
  /** Files, also those in `problems`, whose path is no UTF-8: what is shown of it is not exact. */
  readonly oddNames: number;
  /** Which protection was missing, in words; null where none was. */
  readonly missing: string | null;
  readonly cache: { readonly damaged: number; readonly lost: number };
  /** True where the scan was stopped before its end. */
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

/** The running count of one scan. */
export class Tally {
  files = 0;
  bytes = 0;
  directories = 0;
  hashed = 0;
  hashedBytes = 0;
  unchanged = 0;
  found = 0;
  oddNames = 0;
  readonly skipped: Skipped = { symlinks: 0, special: 0, pseudo: 0 };
  readonly problems = zeros(PROBLEMS);
  readonly #levels = zeros(LEVEL_NAMES);
  readonly #answeredBy = zeros(ANSWERED_BY);
  readonly #goodBy = new Map<string, number>();

  answer(verdict: Verdict, answeredBy: AnsweredBy, size: number): void {
    this.files++;
    this.bytes += size;
    this.#levels[verdict.level]++;
    this.#answeredBy[answeredBy]++;
    if (verdict.level === 'unknown') return;
    if (polarity(verdict.level) === 'bad') this.found++;
    else this.#goodBy.set(verdict.source ?? '', (this.#goodBy.get(verdict.source ?? '') ?? 0) + 1);
  }

  skip(skipped: Skipped): void {
    this.skipped.symlinks += skipped.symlinks;
    this.skipped.special += skipped.special;
    this.skipped.pseudo += skipped.pseudo;
  }

  progress(elapsedMs: number): ScanProgress {
    const { files, bytes, directories, found } = this;
    return { files, bytes, directories, found, elapsedMs };
  }

  summary(rest: Pick<ScanSummary, 'missing' | 'cache' | 'interrupted' | 'elapsedMs'>): ScanSummary {
    const { files, bytes, directories, hashed, hashedBytes, unchanged, found, oddNames } = this;
    const { skipped, problems } = this;
    const goodBy = [...this.#goodBy].map(([source, count]) => ({ source, files: count }));
    return {
      ...{ files, bytes, directories, hashed, hashedBytes, unchanged, found },
      levels: this.#levels,
      answeredBy: this.#answeredBy,
      goodBy: goodBy.sort((a, b) => b.files - a.files || (a.source < b.source ? -1 : 1)),
      ...{ skipped, problems, oddNames },
      ...rest,
    };
  }
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}

/** Why a file has no digest: its status from the hash pool, and the system's code. */
export function problemOf(status: number, code: string | null): ProblemKind {
  if (status === HASHED.changed) return 'changed';
  if (status === HASHED.notRegular) return 'replaced';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished';
  return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'failed';
}

/** What happened, for a person, without the path. */
export function problemWords(problem: ScanProblem): string {
  const code = problem.code === null ? '' : ` (${problem.code})`;
  switch (problem.problem) {
    case 'unreadable':
      return `not scanned: no right to read it${code}`;
    case 'vanished':
      return `not scanned: it vanished meanwhile, or was never there${code}`;
    case 'changed':
      return 'not scanned: it changed while it was read, twice';
    case 'replaced':
      return `not scanned: it is no regular file any more${code}`;
    case 'special':
      return `not scanned: it is a ${problem.code ?? 'special file'}`;
    case 'failed':
      return `not scanned: it cannot be read${code}`;
  }
}
