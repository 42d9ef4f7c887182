// Times as a person gives them: how long ago, or a date. No I/O.
import { shown, TocsinError } from '../protocol/errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

const AGO = /^([0-9]{1,6})([smhdw])$/;
const DATE =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$/;

/**
 * Milliseconds since 1970 of `90s`, `30m`, `2h`, `7d`, `4w` before `now`, or of a date (with a time) in ISO 8601, in
 * UTC where it names no zone. Throws `input`.
 */
export function parseWhen(text: string, now: number): number {
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * UNITS[unit]!;
  const date = DATE.exec(text);
  const time = date === null ? Number.NaN : Date.parse(withZone(text, date[1]));
  if (!Number.isNaN(time)) return time;
  throw new TocsinError(
    'input',
    `Cannot read the time '${shown(text)}': it is none, want how long ago (2h, 7d) or a date (2026-11-30, 2026-11-30T18:00)`,
  );
}

function withZone(text: string, zone: string | undefined): string {
  const iso = text.replace(' ', 'T');
  return zone === undefined && iso.includes('T') ? `${iso}Z` : iso;
}
