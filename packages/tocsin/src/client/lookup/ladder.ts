// The ladder of a look-up: each rung answers, or leaves the question to the next. The upper two ask nobody;
// only the last one sends, and only what the gate released.
//
//   keys of one object, the most exact first
//     │
//     ├─ near ─ overrides   the owner's own word          overrides.ts      answered: 'override'
//     │         lists       changes, malicious, good      lists/store.ts     answered: 'list'
//     │           │ nobody near knows
//     │           ▼
//     └─ far ── buckets     groups fetched a moment ago  bucket-cache.ts   answered: 'hub'
//               gate        consent x catalog             catalog/gate.ts   withheld: 'none'
//               hub         prefix out, group in,         ask-far.ts        answered: 'hub'
//                           matched here                                    unreachable: 'none'
import type { Consent } from '../../catalog/consent.ts';
import type { ObjectKey } from '../../protocol/kinds.ts';
import type { Answer, Match } from './answer.ts';
import { firstMatch } from './answer.ts';
import type { FarRung } from './ask-far.ts';

export type { Answer } from './answer.ts';

export interface Ladder {
  /** Changes whenever a near answer could, the participation does, or the hub is known to have newer lists. */
  readonly epoch: string;
  /**
   * Override, then lists; null = ask far. Synchronous, no network, keeps nothing of the keys. Of several whole digests the most exact
   * known one answers; of weaker digests the worst, capped at `good`.
   */
  near(keys: readonly ObjectKey[]): Answer | null;
  /** True where a list or override of that alias kind exists. */
  wantsAlias(kind: 'file-md5' | 'file-sha1'): boolean;
  /**
   * One answer a key, in order: what the hub knows of keys that nobody near knows. Never rejects: what could
   * not be asked is answered by 'none', and `missing` says why. Batched and bounded inside.
   */
  far(keys: readonly ObjectKey[]): Promise<readonly Answer[]>;
  /** Why protection is missing, for the summary; null where nothing was so far. */
  readonly missing: string | null;
}

/** For a person who asks about one object: what was it that is known? */
export interface ExplainingLadder extends Ladder {
  /** As `near`, with which of the keys was known. */
  nearMatch(keys: readonly ObjectKey[]): Match | null;
}

/** A near rung: what it says of a key, and a text that changes when that could. */
export interface NearRung {
  readonly revision: string;
  has(kind: ObjectKey['kind']): boolean;
  answer(key: ObjectKey): Answer | null;
}

export interface LadderParts {
  readonly overrides: NearRung;
  readonly lists: NearRung;
  readonly far: FarRung;
  /** Read anew for each question that could leave: a withdrawal counts at once. */
  readonly consent: () => Consent;
}

export function createLadder({ overrides, lists, far, consent }: LadderParts): ExplainingLadder {
  const byOverride = (key: ObjectKey): Answer | null => overrides.answer(key);
  const byList = (key: ObjectKey): Answer | null => lists.answer(key);
  const nearMatch = (keys: readonly ObjectKey[]): Match | null =>
    firstMatch(keys, byOverride) ?? firstMatch(keys, byList);
  return {
    get epoch() {
      const near = `${lists.revision}.${overrides.revision}.${consent().level}`;
      return far.newer === null ? near : `${near}.${far.newer}`;
    },
    near: (keys) => nearMatch(keys)?.answer ?? null,
    nearMatch,
    wantsAlias: (kind) => lists.has(kind) || overrides.has(kind),
    far: (keys) => far.ask(keys),
    get missing() {
      return far.missing;
    },
  };
}
