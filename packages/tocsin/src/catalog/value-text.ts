// Small checks of text that validators share: well-formed JSON text, base64, times. All take linear time.

/** Neither quoted, escaped nor half of a character: such text stands in JSON as it is. */
const PLAIN = /^[^"\\\0-\x1f\ud800-\udfff]*$/;

/**
 * The JSON text of a string; null where it is not well-formed, for then it has no UTF-8 of its own, and where it holds
 * U+0000, which no text of a database can.
 */
export function jsonText(value: string): string | null {
  if (PLAIN.test(value)) return `"${value}"`;
  return value.isWellFormed() && !value.includes('\0') ? JSON.stringify(value) : null;
}

/** 1 for the code of a lower-case hex digit. */
const LOWER_HEX = new Uint8Array(256);
for (const digit of '0123456789abcdef') LOWER_HEX[digit.charCodeAt(0)] = 1;

/** Exactly so many lower-case hex digits. By a table: three times as fast as a pattern, and most messages hold one. */
export function isLowerHex(value: string, digits: number): boolean {
  if (value.length !== digits) return false;
  let all = 1;
  let high = 0;
  for (let i = 0; i < digits; i++) {
    const code = value.charCodeAt(i);
    all &= LOWER_HEX[code & 0xff]!;
    high |= code;
  }
  return all === 1 && high < 256;
}

const NO_BASE64 = /[^A-Za-z0-9+/]/;
/** The characters that may stand last before so much padding: the bits beyond the last byte are zero. */
const LAST = { '=': /[AEIMQUYcgkosw048]$/, '==': /[AQgw]$/ } as const;

/** Canonical base64 (RFC 4648, section 4): padded, no other character, unused bits zero. */
export function isBase64(value: string): boolean {
  if (value.length % 4 !== 0) return false;
  const padding = value.endsWith('==') ? '==' : value.endsWith('=') ? '=' : '';
  const digits = padding === '' ? value : value.slice(0, -padding.length);
  // Not one pattern over the whole: on tens of megabytes that would exhaust the stack of the matcher.
  if (NO_BASE64.test(digits)) return false;
  return padding === '' || LAST[padding].test(digits.slice(-1));
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const ZEROS = { second: 'Z', hour: ':00:00Z', day: 'T00:00:00Z' } as const;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A real time `YYYY-MM-DDTHH:MM:SSZ`, rounded down to what `precision` names. No leap seconds, no year 0. */
export function isUtcTime(value: string, precision: keyof typeof ZEROS): boolean {
  if (!UTC.test(value) || !value.endsWith(ZEROS[precision])) return false;
  const [year, month, day] = [number(value, 0, 4), number(value, 5, 2), number(value, 8, 2)];
  if (year < 1 || day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return false;
  return number(value, 11, 2) < 24 && number(value, 14, 2) < 60 && number(value, 17, 2) < 60;
}

/** The whole number that stands in `digits` decimal digits from `start`. */
function number(text: string, start: number, digits: number): number {
  let n = 0;
  for (let i = start; i < start + digits; i++) n = 10 * n + text.charCodeAt(i) - 0x30;
  return n;
}
