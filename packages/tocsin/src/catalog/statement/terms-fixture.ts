// Terms as any operator might write them, made up from a number, for property tests. For tests only.
import { EDITIONS } from '../item.ts';
import { JURISDICTION_NAMES } from '../jurisdiction-names.ts';
import type { Terms } from '../terms.ts';
import { PARTNER_USES, parseTerms, TERMS_LIMITS } from '../terms.ts';

/** Lines that look like markup, are long, or are written in other scripts. */
const LINES = [
  'Example Network GmbH',
  '<b>bold</b> & "quoted" \'once\'',
  '`code` | *bold* _it_ [a](b) ![c](d)',
  '# heading',
  '1. one',
  '- two',
  '{operator} {days}',
  '</title><script>alert(1)</script>',
  '\\',
  '|',
  'W'.repeat(TERMS_LIMITS.maxText),
  'a '.repeat(TERMS_LIMITS.maxText / 2).trim(),
  '株式会社サンプル・ネットワーク 東京都千代田区',
  'شبكة المثال',
  '👩‍💻 '
    .replace(/\p{Cf}/gu, '')
    .repeat(40)
    .trim(),
] as const;

/** The same number gives the same terms; all of them pass `parseTerms`. */
export function termsFrom(seed: number): Terms {
  const pick = chooser(seed);
  const line = (): string => LINES[pick(LINES.length)]!;
  const maybe = <T>(make: () => T): T | null => (pick(3) === 0 ? null : make());
  const several = <T>(make: () => T): T[] => Array.from({ length: pick(4) }, make);
  const country = (): string => [...JURISDICTION_NAMES.keys()][pick(JURISDICTION_NAMES.size)]!;
  return parseTerms({
    v: 1,
    number: 1 + pick(9999),
    issued: pick(2 ** 31),
    controller: { name: maybe(line), address: maybe(line), contact: maybe(line) },
    privacyContact: maybe(line),
    securityContact: maybe(line),
    representative: maybe(line),
    authority: maybe(line),
    storage: several(() => ({ place: line(), country: country(), safeguard: maybe(line) })),
    retentionDays: maybe(() => 1 + pick(TERMS_LIMITS.maxRetentionDays)),
    partners: several(() => ({
      name: line(),
      country: country(),
      purpose: line(),
      use: PARTNER_USES[pick(PARTNER_USES.length)],
    })),
    jurisdiction: maybe(country),
    optInEverywhere: pick(2) === 0,
    edition: EDITIONS[pick(EDITIONS.length)],
  });
}

/** Whole numbers below a bound, one after the other, from a seed (Numerical Recipes' linear congruence). */
function chooser(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
