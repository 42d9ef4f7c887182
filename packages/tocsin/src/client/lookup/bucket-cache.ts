// Answers of the hub that are still fresh, by prefix, for the life of one process: what was asked once is not
// asked again. In memory only; bounded; the oldest go first. Lifetimes run on the monotonic clock, and end for all at
// once with the first word of newer lists: everything that is kept is of one revision, the newest that is known of.
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import type { Clock } from '../../protocol/world.ts';
import type { Bucket, BucketAnswer } from './response.ts';

export const BUCKET_CACHE_LIMITS = { maxBuckets: 4_096, maxKeys: 200_000 } as const;

interface Kept {
  readonly bucket: Bucket;
  /** How long "nothing is known" may be kept from now on, seconds. */
  readonly unknownUntil: number;
  readonly until: number;
}

export interface FreshBucket {
  readonly bucket: Bucket;
  /** What is left of the lifetime of "nothing is known", seconds. */
  readonly unknownLifetime: number;
}

export class BucketCache {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  #keys = 0;
  #revision = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Of the newest lists that this machine knows of, from `know` or an answer. */
  get revision(): number {
    return this.#revision;
  }

  /** The hub has lists of this revision: answers from older ones are forgotten, whatever lifetime is left. */
  know(revision: number): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    this.#kept.clear();
    this.#keys = 0;
  }

  get(question: PrefixQuestion): FreshBucket | null {
    const id = idOf(question);
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    const now = this.#clock.monotonic();
    if (now >= kept.until) {
      this.#drop(id, kept);
      return null;
    }
    return { bucket: kept.bucket, unknownLifetime: Math.floor((kept.unknownUntil - now) / 1000) };
  }

  /**
   * Keeps a bucket as long as all that it says, and its silence, may be kept; one that was made from older lists than are
   * known of, not at all.
   */
  put(
    question: PrefixQuestion,
    bucket: Bucket,
    { revision, unknownLifetime }: Pick<BucketAnswer, 'revision' | 'unknownLifetime'>,
  ): void {
    this.know(revision);
    if (revision < this.#revision) return;
    const id = idOf(question);
    const old = this.#kept.get(id);
    if (old !== undefined) this.#drop(id, old);
    const seconds = bucket.records.reduce((least, r) => Math.min(least, r.lifetime), unknownLifetime);
    if (seconds <= 0 || bucket.records.length > BUCKET_CACHE_LIMITS.maxKeys) return;
    const now = this.#clock.monotonic();
    this.#kept.set(id, { bucket, until: now + seconds * 1000, unknownUntil: now + unknownLifetime * 1000 });
    this.#keys += bucket.records.length;
    this.#shrink();
  }

  #shrink(): void {
    for (const [id, kept] of this.#kept) {
      if (this.#kept.size <= BUCKET_CACHE_LIMITS.maxBuckets && this.#keys <= BUCKET_CACHE_LIMITS.maxKeys)
        return;
      this.#drop(id, kept);
    }
  }

  #drop(id: string, kept: Kept): void {
    this.#kept.delete(id);
    this.#keys -= kept.bucket.records.length;
  }
}

function idOf({ kind, bits, prefix }: PrefixQuestion): string {
  return `${kind}/${bits}/${prefix}`;
}
