// The field `Retry-After` (RFC 9110, 10.2.3): how long a server that refuses asks to be left alone, in seconds or as a
// date in one of the three forms of 5.6.7. Whoever obeys must have a bound of its own: this is a stranger's word.
import type { Clock } from './world.ts';

export const RETRY_AFTER_LIMITS = {
  maxText: 64,
  /** More digits are no wait that anybody means. */
  maxDigits: 9,
} as const;

export type RetryAfter =
  | { readonly kind: 'in'; readonly ms: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'at'; readonly ms: number };

/** What the field says; null where there is none, or one that cannot be read. */
export function parseRetryAfter(value: unknown): RetryAfter | null {
  if (typeof value !== 'string' || value.length > RETRY_AFTER_LIMITS.maxText) return null;
  const text = value.trim();
  if (/^\d+$/.test(text))
    return text.length > RETRY_AFTER_LIMITS.maxDigits ? null : { kind: 'in', ms: 1_000 * Number(text) };
  const ms = parseHttpDate(text);
  return ms === null ? null : { kind: 'at', ms };
}

/** From now on, milliseconds; 0 where that time has passed. */
export function waitOf(retryAfter: RetryAfter, clock: Pick<Clock, 'now'>): number {
  return Math.max(0, retryAfter.kind === 'in' ? retryAfter.ms : retryAfter.ms - clock.now());
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

function parseHttpDate(text: string): number | null {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return null;
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]));
  const year = yearOf(parts['year']!);
  const date = new Date(0);
  date.setUTCFullYear(year, MONTHS.indexOf(parts['month']!), day!);
  // A leap second counts as the one after it.
  if (date.getUTCDate() !== day || hour! > 23 || minute! > 59 || second! > 60) return null;
  return date.setUTCHours(hour!, minute, second);
}

/** Two digits mean 1970 to 2069. */
function yearOf(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}
