// Answers of the hub that are still fresh, by prefix, for the life of one process: what was asked once is not
// asked again. In memory only; bounded; the oldest go first. Lifetimes run on the monotonic clock.
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import type { Clock } from '../../protocol/world.ts';
import type { Bucket } from './response.ts';

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

  constructor(clock: Clock) {
    this.#clock = clock;
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

  /** Keeps a bucket as long as all that it says, and its silence, may be kept. */
  put(question: PrefixQuestion, bucket: Bucket, unknownLifetime: number): void {
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

  clear(): void {
    this.#kept.clear();
    this.#keys = 0;
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
