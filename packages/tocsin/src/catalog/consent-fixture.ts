// For tests: consents as a person would have given them to the present Statement. Nothing of the product uses it.
import { ITEMS } from './catalog.ts';
import type { Consent, ParticipationLevel } from './consent.ts';
import { fingerprint } from './fingerprint.ts';
import type { Edition } from './item.ts';

/** A day on which no declaration has run out. */
export const TODAY = '2026-11-27';

/** Everything of the present catalog was accepted; the level and edition decide what of it leaves. */
export function consentTo(level: ParticipationLevel, edition: Edition = 'basic'): Consent {
  return {
    level,
    edition,
    regime: 'opt-in',
    accepted: new Map(ITEMS.map((item) => [item.id, fingerprint(item)])),
    termsAccepted: true,
    sequence: 1,
  };
}
