// One directory (or part of one) under scan: what the walk saw, what the cache knew, and the rows of its next
// record as they come in. Decides what of the old record may be reused; asks and hashes nothing.
import type { Answer } from '../client/lookup/answer.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { NEVER, NO_ANSWER } from './cache-record.ts';
import type { Columns } from './columns.ts';
import { append, pick } from './columns.ts';
import { CACHE_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { joinPath, nameKey } from './file-path.ts';
import type { FilesStep } from './walk.ts';
import { FACTS } from './walk.ts';

const DIGEST = 32;
/** Bytes of a row beside its facts: digest, expiry, number of the answer, whether it is known. */
const ROW = DIGEST + 4 + 2 + 1;

/** What the cache says of a row whose file is unchanged. */
export type Kept =
  /** The answer still holds. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Overrides and lists have nothing on this file, and have not changed since: only the hub can say more. */
  | { readonly kind: 'ask-far' }
  /** Only the digest holds. */
  | { readonly kind: 'ask-near' };

const ASK_FAR: Kept = { kind: 'ask-far' };
const ASK_NEAR: Kept = { kind: 'ask-near' };

/** SHA-256 and facts of some files; columns. */
export interface Fresh {
  readonly digests: Uint8Array;
  readonly facts: Float64Array;
}

export class DirectoryJob {
  readonly step: FilesStep;
  readonly rows: number;
  /** Rows whose answer is still to come. */
  waiting: number;
  readonly #old: DirectoryRecord | null;
  readonly #epoch: string;
  readonly #sameEpoch: boolean;
  readonly #facts: Float64Array;
  readonly #digests: Uint8Array;
  readonly #expires: Uint32Array;
  readonly #answerOf: Uint16Array;
  readonly #answers: Answer[];
  /** Rows of the next record: 1 where a digest stands. */
  readonly #known: Uint8Array;
  #oldRows: Map<string, number> | null = null;
  #reused = 0;
  #knownRows = 0;
  #dirty = false;

  constructor(step: FilesStep, old: DirectoryRecord | null, epoch: string) {
    this.step = step;
    this.rows = step.names.length;
    this.waiting = this.rows;
    this.#old = old;
    this.#epoch = epoch;
    this.#sameEpoch = old?.epoch === epoch;
    const { rows } = this;
    const factBytes = step.facts === null ? rows * FACTS * 8 : 0;
    const block = new ArrayBuffer(factBytes + rows * ROW); // one, since each costs more than its bytes
    this.#facts = step.facts ?? new Float64Array(block, 0, rows * FACTS);
    this.#digests = new Uint8Array(block, factBytes, rows * DIGEST);
    this.#expires = new Uint32Array(block, factBytes + rows * DIGEST, rows);
    this.#answerOf = new Uint16Array(block, factBytes + rows * (DIGEST + 4), rows).fill(NO_ANSWER);
    this.#answers = this.#sameEpoch && old !== null ? [...old.answers] : [];
    this.#known = new Uint8Array(block, factBytes + rows * (DIGEST + 6), rows);
  }

  path(row: number): FilePath {
    return joinPath(this.step.directory, this.step.names[row]!);
  }

  /** 0 as long as neither walk nor hash thread looked at the file. */
  size(row: number): number {
    return this.#facts[row * FACTS + 1]!;
  }

  /** Copies the digest of a row to the start of `target`. */
  copyDigest(row: number, target: Uint8Array): void {
    for (let i = 0; i < DIGEST; i++) target[i] = this.#digests[row * DIGEST + i]!;
  }

  digest(row: number): Uint8Array {
    return this.#digests.subarray(row * DIGEST, (row + 1) * DIGEST);
  }

  hex(row: number): string {
    const { buffer, byteOffset } = this.#digests;
    return Buffer.from(buffer, byteOffset + row * DIGEST, DIGEST).toString('hex');
  }

  /** Takes over digest and answer of an unchanged file; false where it must be hashed. */
  reuse(row: number): boolean {
    const old = this.#old;
    if (old === null || this.step.facts === null || !this.step.timesTrusted) return false;
    const from = this.#oldRow(old, row);
    if (from < 0 || !sameFacts(old.facts, from * FACTS, this.#facts, row * FACTS)) return false;
    this.#digests.set(old.digests.subarray(from * DIGEST, (from + 1) * DIGEST), row * DIGEST);
    this.#setKnown(row);
    this.#reused++;
    if (this.#sameEpoch) {
      this.#answerOf[row] = old.answerOf[from]!;
      this.#expires[row] = old.expires[from]!;
    }
    return true;
  }

  /** What may be said of a row that `reuse` took over; `now` in unix seconds. */
  kept(row: number, now: number): Kept {
    const answer = this.#answers[this.#answerOf[row]!];
    if (answer === undefined) return ASK_NEAR;
    const left = this.#expires[row]! - now;
    if (left > 0 && left <= answer.lifetime + CACHE_LIMITS.clockSkewSeconds)
      return { kind: 'answer', answer };
    return answer.answeredBy === 'override' || answer.answeredBy === 'list' ? ASK_NEAR : ASK_FAR;
  }

  /**
   * A fresh digest with the facts of the file it was read from, those of row `from`; unsettled ones are not reused
   * later.
   */
  hashed(row: number, fresh: Fresh, from: number, settled: boolean): void {
    for (let i = 0; i < DIGEST; i++) this.#digests[row * DIGEST + i] = fresh.digests[from * DIGEST + i]!;
    for (let i = 0; i < FACTS; i++) this.#facts[row * FACTS + i] = fresh.facts[from * FACTS + i]!;
    if (!settled || !this.step.timesTrusted) this.#facts[row * FACTS] = NEVER;
    this.#setKnown(row);
    this.#dirty = true;
  }

  /** True where facts taken later are those of the digest: a second pass read the same content. */
  sameContent(row: number, facts: Float64Array): boolean {
    const at = row * FACTS;
    const sameFile = this.#facts[at] === NEVER || this.#facts[at] === facts[0];
    return sameFile && [1, 2, 3].every((i) => this.#facts[at + i] === facts[i]);
  }

  /** Keeps the answer of a row, as long as its lifetime allows; `now` in unix seconds. */
  answered(row: number, answer: Answer, now: number): void {
    const index = this.#intern(answer);
    const expires = answer.lifetime > 0 ? now + answer.lifetime : 0;
    if (this.#answerOf[row] === index && this.#expires[row] === expires) return;
    this.#answerOf[row] = index;
    this.#expires[row] = expires;
    this.#dirty = true;
  }

  /** What stood in the old record and is gone, or null where the walk saw a part of the directory only. */
  vanishedDirectories(): readonly string[] {
    if (this.#old === null || !this.step.complete) return [];
    const now = new Set(this.step.directories.map(nameKey));
    return this.#old.directories.filter((name) => !now.has(name));
  }

  /** How many parts the old record was split into; 0 without one. */
  get oldParts(): number {
    return this.#old?.parts ?? 0;
  }

  /** The next record, or null where the old one still says it all. */
  record(): DirectoryRecord | null {
    return this.#dirty || this.#shapeChanged() ? this.#build() : null;
  }

  #setKnown(row: number): void {
    this.#knownRows += 1 - this.#known[row]!;
    this.#known[row] = 1;
  }

  #oldRow(old: DirectoryRecord, row: number): number {
    const key = nameKey(this.step.names[row]!);
    if (old.names[row] === key) return row;
    this.#oldRows ??= new Map(old.names.map((name, i) => [name, i]));
    return this.#oldRows.get(key) ?? -1;
  }

  /** Equal answers share one entry; beyond the limit they are not kept. */
  #intern(answer: Answer): number {
    const index = this.#answers.indexOf(answer);
    return index >= 0 ? index : this.#internOther(answer);
  }

  #internOther(answer: Answer): number {
    const index = this.#answers.findIndex((other) => sameAnswer(other, answer));
    if (index >= 0) return index;
    return this.#answers.length < CACHE_LIMITS.maxVerdicts ? this.#answers.push(answer) - 1 : NO_ANSWER;
  }

  #shapeChanged(): boolean {
    const { step } = this;
    const old = this.#old;
    if (old === null) return step.complete && (this.rows > 0 || step.directories.length > 0);
    if (!step.complete) return false;
    if (old.parts !== step.parts || old.directories.join('\0') !== step.directories.map(nameKey).join('\0'))
      return true;
    if (this.#reused === old.names.length) return false;
    const now = new Set(step.names.map(nameKey));
    return old.names.some((name) => !now.has(name));
  }

  #build(): DirectoryRecord {
    const { step } = this;
    const old = this.#old;
    const whole = this.#knownRows === this.rows;
    const mine = whole ? null : [...step.names.keys()].filter((row) => this.#known[row] === 1);
    const columns: Columns = {
      names: mine === null ? step.names.map(nameKey) : mine.map((row) => nameKey(step.names[row]!)),
      facts: pick(this.#facts, FACTS, mine),
      digests: pick(this.#digests, DIGEST, mine),
      expires: pick(this.#expires, 1, mine),
      answerOf: pick(this.#answerOf, 1, mine),
    };
    const all = step.complete || old === null ? columns : append(columns, this.#others(old));
    return {
      ...all,
      ...onlyUsed(all.answerOf, this.#answers),
      parts: step.complete ? step.parts : (old?.parts ?? 1),
      epoch: this.#epoch,
      path: Buffer.from(step.directory),
      directories: step.complete ? step.directories.map(nameKey) : (old?.directories ?? []),
    };
  }

  /** Rows of files that this scan was not asked about; their answers only if they were given under this epoch. */
  #others(old: DirectoryRecord): Columns {
    const asked = new Set(this.step.names.map(nameKey));
    const rows = [...old.names.keys()].filter((row) => !asked.has(old.names[row]!));
    const answerOf = pick(old.answerOf, 1, rows);
    return {
      names: rows.map((row) => old.names[row]!),
      facts: pick(old.facts, FACTS, rows),
      digests: pick(old.digests, DIGEST, rows),
      expires: pick(old.expires, 1, rows),
      answerOf: this.#sameEpoch ? answerOf : answerOf.fill(NO_ANSWER),
    };
  }
}

/** Numbers the answers that are used from 0 on, and leaves the others out. */
function onlyUsed(
  answerOf: Uint16Array,
  answers: readonly Answer[],
): Pick<DirectoryRecord, 'answers' | 'answerOf'> {
  const used: Answer[] = [];
  const numbers = new Uint16Array(answers.length).fill(NO_ANSWER);
  const renumbered = answerOf.map((index) => {
    if (index === NO_ANSWER) return NO_ANSWER;
    if (numbers[index] === NO_ANSWER) numbers[index] = used.push(answers[index]!) - 1;
    return numbers[index]!;
  });
  return { answers: used, answerOf: renumbered };
}

function sameFacts(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2] && a[i + 3] === b[j + 3];
}

function sameAnswer(a: Answer, b: Answer): boolean {
  const [v, w] = [a.verdict, b.verdict];
  return (
    a.answeredBy === b.answeredBy &&
    a.lifetime === b.lifetime &&
    v.level === w.level &&
    v.record === w.record &&
    v.name === w.name &&
    v.source === w.source &&
    v.reason === w.reason &&
    v.category === w.category
  );
}
