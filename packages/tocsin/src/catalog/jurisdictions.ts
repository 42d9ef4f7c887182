// Which rule holds where: must consent be given first (opt-in), or is it enough that it can be taken back (opt-out)?
// Answers from data (opt-in-laws.ts, jurisdiction-names.ts); no law is interpreted beyond that.
import { shown, TocsinError } from '../protocol/errors.ts';
import type { Regime } from './consent.ts';
import { JURISDICTION_NAMES } from './jurisdiction-names.ts';
import { OPT_IN_LAWS } from './opt-in-laws.ts';
import type { Terms } from './terms.ts';

/** Why a rule holds; each has a text in the Statement. */
export type RegimeReason =
  /** No hub was joined: there is nobody yet who could have a rule of his own. */
  | { readonly kind: 'no-hub' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'law'; readonly law: string }
  | { readonly kind: 'no-law' };

/** The rule in force; unknown means opt-in, and an operator may ask for opt-in everywhere. */
export function regimeOf(jurisdiction: string | null, terms: Pick<Terms, 'optInEverywhere'> | null): Regime {
  return regimeReason(jurisdiction, terms).kind === 'no-law' ? 'opt-out' : 'opt-in';
}

/** What decides about the rule. The law of a place goes first: it holds whatever the operator wants. */
export function regimeReason(
  jurisdiction: string | null,
  terms: Pick<Terms, 'optInEverywhere'> | null,
): RegimeReason {
  const law = jurisdiction === null ? undefined : OPT_IN_LAWS.get(jurisdiction);
  if (law !== undefined) return { kind: 'law', law };
  if (terms === null) return { kind: 'no-hub' };
  if (terms.optInEverywhere) return { kind: 'operator' };
  // A code that is none of ours may be of a later release: opt-in, as for a place that nobody named.
  return jurisdiction === null || !JURISDICTION_NAMES.has(jurisdiction)
    ? { kind: 'unknown' }
    : { kind: 'no-law' };
}

/** The name of a place; the code itself where it is none of ISO 3166-1. */
export function jurisdictionName(code: string, language: 'en' | 'de'): string {
  const names = JURISDICTION_NAMES.get(code);
  return names?.[language === 'en' ? 0 : 1] ?? code;
}

/** Codes that people use for a place, which ISO 3166-1 has under another one. */
const OTHER_CODES: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

/**
 * The code of ISO 3166-1 alpha-2, in capitals. Throws `input` for what is none, with the code that was probably
 * meant where a name or another usual code was given.
 */
export function parseJurisdiction(text: string): string {
  const code = text.trim().toUpperCase();
  if (JURISDICTION_NAMES.has(code)) return code;
  const meant = OTHER_CODES[code] ?? codeOfName(code);
  throw new TocsinError(
    'input',
    `Cannot use the jurisdiction '${shown(text)}': ${
      meant === undefined
        ? 'no place of ISO 3166-1 has that code, want two letters such as DE, GB or US'
        : `it is no code of ISO 3166-1, want '${meant}' for ${jurisdictionName(meant, 'en')}`
    }`,
  );
}

/** The code of the one place whose name is, or begins with, this; undefined where none or several are. */
function codeOfName(capitals: string): string | undefined {
  const named = (fits: (name: string) => boolean) =>
    [...JURISDICTION_NAMES].filter(([, names]) => names.some((name) => fits(name.toUpperCase())));
  const [[exact] = []] = named((name) => name === capitals);
  if (exact !== undefined) return exact;
  const begun = capitals.length < 3 ? [] : named((name) => name.startsWith(capitals));
  return begun.length === 1 ? begun[0]![0] : undefined;
}
