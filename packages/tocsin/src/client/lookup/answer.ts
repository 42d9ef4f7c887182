// The answer of a rung of the ladder, and the rule by which several keys of one object become one answer.
// No I/O.
import type { KeyKind, ObjectKey } from '../../protocol/kinds.ts';
import { KEY_KINDS } from '../../protocol/kinds.ts';
import type { AnsweredBy, ClassRecord, Level, Verdict } from '../../protocol/verdict.ts';
import { capAlias, LEVELS, polarity, UNKNOWN, verdictOf } from '../../protocol/verdict.ts';

export interface Answer {
  readonly verdict: Verdict;
  readonly answeredBy: AnsweredBy;
  /** How long it may be kept, seconds; 0 = not at all. */
  readonly lifetime: number;
  /** The weaker digest by which a file was known, where it was one. */
  readonly alias?: ObjectKey;
}

/** Nobody could be asked: protection was missing for this object. Kept by no cache. */
export const UNANSWERED: Answer = { verdict: UNKNOWN, answeredBy: 'none', lifetime: 0 };

/** The answer that a class record gives to a key of this kind; aliases are capped. */
export function answerOf(kind: KeyKind, record: ClassRecord, answeredBy: AnsweredBy): Answer {
  return { verdict: capAlias(kind, verdictOf(record)), answeredBy, lifetime: record.lifetime };
}

/** An answer, and which of the keys that were asked it is about. */
export interface Match {
  readonly answer: Answer;
  readonly index: number;
}

/**
 * One answer for one object from what `ask` says of each of its keys, the most exact first: the first whole
 * digest that is answered wins; of the weaker digests of a file (aliases) the worst level wins, since anybody
 * can make a file with a chosen MD5. Null where no key is answered.
 */
export function firstMatch(
  keys: readonly ObjectKey[],
  ask: (key: ObjectKey, index: number) => Answer | null,
): Match | null {
  let alias: Match | null = null;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const answer = ask(key, index);
    if (answer === null) continue;
    if (!KEY_KINDS[key.kind].alias) return { answer, index };
    if (alias === null || badness(answer.verdict.level) > badness(alias.answer.verdict.level))
      alias = { answer: { ...answer, alias: key }, index };
  }
  return alias;
}

/** Of several answers to whole questions the most exact one that knows its object, and which; null for none. */
export function mostExactMatch(keys: readonly ObjectKey[], answers: readonly Answer[]): Match | null {
  return firstMatch(keys, (_key, i) => {
    const answer = answers[i]!;
    return answer.verdict.level === 'unknown' ? null : answer;
  });
}

/** The worst of several answers to whole questions: the most exact known one, else any that is not `none`. */
export function mostExact(keys: readonly ObjectKey[], answers: readonly Answer[]): Answer {
  return mostExactMatch(keys, answers)?.answer ?? nobodyKnows(answers);
}

/** The answer where no key is known: unanswered as soon as one could not be asked. */
export function nobodyKnows(answers: readonly Answer[]): Answer {
  return answers.some((a) => a.answeredBy === 'none') ? UNANSWERED : (answers[0] ?? UNANSWERED);
}

function badness(level: Level): number {
  return polarity(level) === 'bad' ? LEVELS[level] : 0;
}
