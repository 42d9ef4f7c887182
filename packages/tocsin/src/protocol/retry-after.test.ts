import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRetryAfter, RETRY_AFTER_LIMITS, waitOf } from './retry-after.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const clock = { now: () => NOW };
const wait = (value: unknown): number | null => {
  const read = parseRetryAfter(value);
  return read === null ? null : waitOf(read, clock);
};

for (const [value, ms] of [
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7_000],
  ['999999999', 999_999_999_000],
  // The three forms of RFC 9110, 5.6.7.
  ['Thu, 15 Jan 2026 12:00:03 GMT', 3_000],
  ['Thursday, 15-Jan-26 12:00:03 GMT', 3_000],
  ['Thu Jan 15 12:00:03 2026', 3_000],
  ['Sun Nov  6 08:49:37 1994', 0],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ['Thu, 15 Jan 2026 11:59:59 GMT', 0],
  ['Thu, 15 Jan 2026 12:00:60 GMT', 60_000],
  ['Thu, 29 Feb 2028 12:00:00 GMT', Date.UTC(2028, 1, 29, 12) - NOW],
] as const)
  test(`retry-after '${value}' is a wait of ${ms} ms`, () => assert.equal(wait(value), ms));

for (const value of [
  undefined,
  null,
  5,
  ['5'],
  '',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '1234567890',
  'soon',
  '5 seconds',
  'Thu, 15 Jan 2026 12:00:03',
  'Thu, 15 Jan 2026 12:00:03 CET',
  'Thu, 32 Jan 2026 12:00:03 GMT',
  'Thu, 30 Feb 2026 12:00:03 GMT',
  'Thu, 00 Jan 2026 12:00:03 GMT',
  'Thu, 15 Jan 2026 24:00:00 GMT',
  'Thu, 15 Jan 2026 12:60:00 GMT',
  'Thu, 15 Jan 2026 12:00:61 GMT',
  'thu, 15 jan 2026 12:00:03 gmt',
  '2026-01-15T12:00:03Z',
  `${' '.repeat(RETRY_AFTER_LIMITS.maxText)}5`,
])
  test(`retry-after ${JSON.stringify(value)} says nothing`, () => assert.equal(wait(value), null));

test('every second of a date comes back, and any text leads to a wait or to nothing', () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      const read = parseRetryAfter(new Date(1000 * second).toUTCString());
      assert.deepEqual(read, { kind: 'at', ms: 1000 * second });
    }),
  );
  const near = fc.stringMatching(/^(Thu, |Thursday, |Thu )[0-9A-Za-z :-]{0,40}(GMT)?$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.anything(), near), (value) => {
      const ms = wait(value);
      assert.ok(ms === null || (Number.isSafeInteger(ms) && ms >= 0));
    }),
  );
});
