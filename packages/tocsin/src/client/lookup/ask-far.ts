// The far rung: asks the hub for groups of objects by prefix, and looks on this machine whether its own is
// among them. Sends only what the gate released; never rejects for a hub that is away.
import type { Consent } from '../../catalog/consent.ts';
import type { Outgoing, WithheldReason } from '../../catalog/gate.ts';
import { gateLookup, REASON_WORDS } from '../../catalog/gate.ts';
import type { LookupRules } from '../../catalog/gate-lookup.ts';
import { mayShareEnvelope } from '../../catalog/gate-lookup.ts';
import type { LookupReason } from '../../catalog/messages/lookup.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import type { ObjectKey } from '../../protocol/kinds.ts';
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import { LIFETIME_SECONDS, UNKNOWN } from '../../protocol/verdict.ts';
import type { Clock } from '../../protocol/world.ts';
import { dayOf } from '../../protocol/world.ts';
import type { Answer } from './answer.ts';
import { answerOf, UNANSWERED } from './answer.ts';
import type { FreshBucket } from './bucket-cache.ts';
import { BucketCache } from './bucket-cache.ts';
import type { Sleep } from './patience.ts';
import { Patience } from './patience.ts';
import type { Bucket, BucketAnswer } from './response.ts';
import { findInBucket, parseBuckets, prefixQuestion } from './response.ts';

export const FAR_LIMITS = {
  /** Prefixes in one envelope: each brings about a hundred objects back. */
  prefixesPerEnvelope: 250,
  envelopesAtOnce: 4,
} as const;

/** Takes an envelope that the gate released to the hub and brings the answer's JSON back. */
export type SendLookup = (outgoing: Outgoing) => Promise<unknown>;

/** What the lists that are held here say of questions. */
export interface FarRules extends LookupRules {
  /** Of these lists. */
  readonly revision: number;
}

export interface FarParts {
  /** Null where this machine joined no hub. */
  readonly send: SendLookup | null;
  /** Run before questions leave: adopts a newer choice of this machine that the hub knows. Throws as the channel. */
  readonly prepare: () => Promise<void>;
  readonly consent: () => Consent;
  /** Why it is asked, for the journal; `unknown` where nothing is said. */
  readonly reason?: LookupReason;
  /** The rules in force; null where the hub's lists were never fetched. */
  readonly rules: () => FarRules | null;
  readonly clock: Clock;
  /** How a short pause that the hub asks for is waited for. */
  readonly sleep?: Sleep;
}

export interface FarRung {
  /**
   * One answer a key, in order. Never rejects. After a failure the hub is left alone for a while (patience.ts): what is
   * asked meanwhile is answered by 'none'.
   */
  ask(keys: readonly ObjectKey[]): Promise<readonly Answer[]>;
  /** Why some key was answered by 'none', ever since it was made; the latest reason. */
  readonly missing: string | null;
  /** The revision of lists that an answer named and that are not held here yet; null where no such is known of. */
  readonly newer: number | null;
}

/** One prefix, and the places in the answer of the keys that share it. */
interface Group {
  readonly question: PrefixQuestion;
  readonly places: number[];
}

export function createFarRung(parts: FarParts): FarRung {
  return new Far(parts);
}

class Far implements FarRung {
  readonly #parts: FarParts;
  readonly #buckets: BucketCache;
  readonly #patience: Patience;
  #missing: string | null = null;

  constructor(parts: FarParts) {
    this.#parts = parts;
    this.#buckets = new BucketCache(parts.clock);
    this.#patience = new Patience(parts.clock, parts.sleep);
  }

  get missing(): string | null {
    return this.#missing;
  }

  get newer(): number | null {
    const held = this.#parts.rules()?.revision ?? 0;
    return this.#buckets.revision > held ? this.#buckets.revision : null;
  }

  async ask(keys: readonly ObjectKey[]): Promise<readonly Answer[]> {
    const answers = new Array<Answer>(keys.length).fill(UNANSWERED);
    const rules = this.#parts.rules();
    const barrier = this.#barrier(rules);
    if (barrier !== null || rules === null) {
      if (keys.length > 0) this.#missing = barrier;
      return answers;
    }
    this.#buckets.know(rules.revision);
    const groups = this.#groupUnanswered(keys, rules, answers);
    if (groups.length === 0 || !(await this.#prepared())) return answers;
    const waiting = envelopesOf(groups);
    const sender = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await this.#askOne(next, keys, rules, answers);
    };
    await Promise.all(Array.from({ length: FAR_LIMITS.envelopesAtOnce }, sender));
    return answers;
  }

  /** Why nothing can be asked, in words; null where it can. */
  #barrier(rules: FarRules | null): string | null {
    const { send, consent } = this.#parts;
    if (send === null) return 'not joined';
    if (consent().level === 'off') return WITHHELD_WORDS.participation;
    return rules === null ? 'the lists of the hub were never fetched' : null;
  }

  /** False, with the reason kept, where the hub is away; what it knows of our choice may end the questions. */
  async #prepared(): Promise<boolean> {
    if (this.#patience.rests) return true; // each envelope finds out for itself
    try {
      await this.#patience.asked(() => this.#parts.prepare());
      return true;
    } catch (error) {
      this.#missing = failureWords(error);
      return false;
    }
  }

  /** Answers what needs no question, and groups the rest by prefix. */
  #groupUnanswered(keys: readonly ObjectKey[], rules: FarRules, answers: Answer[]): readonly Group[] {
    const groups = new Map<string, Group>();
    for (const [place, key] of keys.entries()) {
      const bits = rules.prefixBits[key.kind];
      if (bits === undefined) {
        answers[place] = COMPLETE_LISTS;
        continue;
      }
      const question = prefixQuestion(key.kind, key.bytes, bits);
      const fresh = this.#buckets.get(question);
      if (fresh !== null) {
        answers[place] = answerFrom(key, fresh);
        continue;
      }
      const id = `${key.kind}/${question.prefix}`;
      const group = groups.get(id) ?? { question, places: [] };
      group.places.push(place);
      groups.set(id, group);
    }
    return [...groups.values()];
  }

  async #askOne(
    groups: readonly Group[],
    keys: readonly ObjectKey[],
    rules: FarRules,
    answers: Answer[],
  ): Promise<void> {
    const prefixes = groups.map((group) => group.question);
    try {
      const answer = await this.#patience.asked(() => this.#send(prefixes, rules));
      if (answer === null) return;
      groups.forEach((group, i) => {
        this.#take(group, answer.buckets[i]!, answer, keys, answers);
      });
    } catch (error) {
      this.#missing = failureWords(error);
    }
  }

  /** Null where it may not leave, or the hub is left alone. Throws as the channel, and `format`. */
  async #send(prefixes: readonly PrefixQuestion[], rules: FarRules): Promise<BucketAnswer | null> {
    // The consent is read for each envelope: a withdrawal in the middle of a scan stops the next one.
    const { clock, consent, reason, send } = this.#parts;
    const decision = gateLookup({ v: 1, prefixes }, consent(), rules, dayOf(clock), reason);
    if (decision.kind === 'withheld') {
      this.#missing = WITHHELD_WORDS[decision.reason];
      return null;
    }
    if (send === null || this.#patience.rests) return null;
    return parseBuckets(await send(decision.request), prefixes);
  }

  #take(
    { question, places }: Group,
    bucket: Bucket,
    of: BucketAnswer,
    keys: readonly ObjectKey[],
    answers: Answer[],
  ): void {
    this.#buckets.put(question, bucket, of);
    const isOld = of.revision < this.#buckets.revision;
    for (const place of places) {
      const answer = answerFrom(keys[place]!, { bucket, unknownLifetime: of.unknownLifetime });
      answers[place] = isOld ? { ...answer, lifetime: 0 } : answer;
    }
  }
}

/** The hub knows so few objects of this kind that all of them stand in the lists here: these have answered. */
const COMPLETE_LISTS: Answer = { verdict: UNKNOWN, answeredBy: 'list', lifetime: LIFETIME_SECONDS.unknown };

const WITHHELD_WORDS: Readonly<Record<WithheldReason, string>> = {
  ...REASON_WORDS,
  participation: 'participation is off',
  'not-accepted': 'the Statement has changed and was not accepted yet',
};

function failureWords(error: unknown): string {
  const words = errorWords(error);
  if (error instanceof TocsinError && error.code !== 'unreachable') return `hub did not answer: ${words}`;
  return `hub unreachable: ${words}`;
}

/** The hub's answer, also where its group came for another key a moment ago. */
function answerFrom(key: ObjectKey, { bucket, unknownLifetime }: FreshBucket): Answer {
  const known = findInBucket(bucket, key.bytes);
  if (known === null) return { verdict: UNKNOWN, answeredBy: 'hub', lifetime: unknownLifetime };
  return answerOf(key.kind, known, 'hub');
}

/** Files share envelopes; the parts of an address travel one by one. */
function envelopesOf(groups: readonly Group[]): Group[][] {
  const envelopes: Group[][] = [];
  let open: Group[] | null = null;
  for (const group of groups) {
    if (!mayShareEnvelope(group.question.kind)) envelopes.push([group]);
    else if (open !== null && open.length < FAR_LIMITS.prefixesPerEnvelope) open.push(group);
    else {
      open = [group];
      envelopes.push(open);
    }
  }
  return envelopes;
}
