// What an owner can agree to, and what the gate needs to know of it. The records are consent-record.ts, where they
// lie on a machine client/consent/log.ts, the decision gate.ts.
import type { Edition } from './item.ts';

/** From nothing to all that the Statement lists; each level includes the one before. */
export const PARTICIPATION_LEVELS = ['off', 'standard', 'extended'] as const;
export type ParticipationLevel = (typeof PARTICIPATION_LEVELS)[number];

/**
 * Which rule the law of the jurisdiction sets. `opt-in`: what the accepted Statement did not list stays here until
 * the new one is accepted. `opt-out`: a new Statement is told, and holds until somebody objects.
 */
export const REGIMES = ['opt-in', 'opt-out'] as const;
export type Regime = (typeof REGIMES)[number];

export function isParticipationLevel(value: unknown): value is ParticipationLevel {
  return (PARTICIPATION_LEVELS as readonly unknown[]).includes(value);
}

/** True where `level` is `least` or goes further. */
export function reaches(level: ParticipationLevel, least: ParticipationLevel): boolean {
  return PARTICIPATION_LEVELS.indexOf(level) >= PARTICIPATION_LEVELS.indexOf(least);
}

/** The level that lets less out. */
export function stricter(a: ParticipationLevel, b: ParticipationLevel): ParticipationLevel {
  return reaches(a, b) ? b : a;
}

/** The choice in force, as the gate is given it: at the machine its own, at the hub the sender's. */
export interface Consent {
  readonly level: ParticipationLevel;
  readonly edition: Edition;
  readonly regime: Regime;
  /** Items that the accepted Statement listed, by id, each with its fingerprint (fingerprint.ts). */
  readonly accepted: ReadonlyMap<string, string>;
  /** False where the operator's terms changed since (who receives, where it is kept) and were not accepted yet. */
  readonly termsAccepted: boolean;
  /** Sequence of the newest record of the machine; 0 where there is none. */
  readonly sequence: number;
}

export const NO_CONSENT: Consent = {
  level: 'off',
  edition: 'basic',
  regime: 'opt-in',
  accepted: new Map(),
  termsAccepted: false,
  sequence: 0,
};
