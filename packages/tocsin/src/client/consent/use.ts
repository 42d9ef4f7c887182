// The two choices beside the level of participation: whether what was sent is shared with third parties, and whether it is
// used commercially. Pure, as state.ts, of which it is a part.
import type { ParticipationLevel, Regime } from '../../catalog/consent.ts';
import type { Settings } from '../../catalog/settings.ts';
import type { Terms } from '../../catalog/terms.ts';
import { termsFingerprint } from '../../catalog/terms.ts';
import type { SignedParticipation, SignedUse } from './log.ts';

/** One of the two choices beside the level. */
export interface UseState {
  readonly value: 'yes' | 'no';
  readonly by: 'default' | 'person' | 'policy';
  /** False while participation is off: then nothing is processed for it. */
  readonly counts: boolean;
  /** It would be a yes, but the operator's terms are others than those that were shown with it. */
  readonly heldByTerms: boolean;
}

export interface UseQuestion {
  /** The newest record of this choice. */
  readonly made: SignedUse | null;
  readonly kept: Settings['sharing'];
  readonly level: ParticipationLevel;
  /** The choice of participation with which the operator's terms were shown. */
  readonly shown: SignedParticipation | null;
  readonly regime: Regime;
  readonly terms: Terms | null;
}

/** Whether data is shared, or used commercially, where nobody chose. */
export function useByRule(regime: Regime): 'yes' | 'no' {
  return regime === 'opt-in' ? 'no' : 'yes';
}

/** A yes, chosen or by rule, speaks of the partners that were shown with it: who came later waits to be shown. */
export function useOf({ made, kept, level, shown, regime, terms }: UseQuestion): UseState {
  const wanted = kept === 'no' ? 'no' : (made?.record.value ?? useByRule(regime));
  const seen = (made ?? shown)?.record.terms ?? null;
  const heldByTerms = wanted === 'yes' && level !== 'off' && seen !== (terms && termsFingerprint(terms));
  const value = heldByTerms ? 'no' : wanted;
  const by = made === null ? 'default' : made.record.by === 'policy' ? 'policy' : 'person';
  return { value, by, counts: value === 'yes' && level !== 'off', heldByTerms };
}
