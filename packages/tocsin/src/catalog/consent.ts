// What an owner can agree to, and the record of it. No storage (client/participation.ts) and no decision
// (gate.ts) here.

/** From nothing to all that the Statement lists; each level includes the one before. */
export const PARTICIPATION_LEVELS = ['off', 'standard', 'extended'] as const;
export type ParticipationLevel = (typeof PARTICIPATION_LEVELS)[number];

export function isParticipationLevel(value: unknown): value is ParticipationLevel {
  return (PARTICIPATION_LEVELS as readonly unknown[]).includes(value);
}

/** True where `level` is `least` or goes further. */
export function reaches(level: ParticipationLevel, least: ParticipationLevel): boolean {
  return PARTICIPATION_LEVELS.indexOf(level) >= PARTICIPATION_LEVELS.indexOf(least);
}

/** What the gate needs to know: the level, and the Statement that was accepted with it (null for `off`). */
export interface Consent {
  readonly level: ParticipationLevel;
  readonly statementSha256: string | null;
}

export const NO_CONSENT: Consent = { level: 'off', statementSha256: null };
