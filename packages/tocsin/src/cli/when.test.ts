import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import { parseWhen } from './when.ts';

const NOW = Date.UTC(2026, 10, 30, 12);

test('a time is how long ago, or a date, in UTC unless it says else', () => {
  const table: [string, string][] = [
    ['0s', '2026-11-30T12:00:00.000Z'],
    ['90s', '2026-11-30T11:58:30.000Z'],
    ['30m', '2026-11-30T11:30:00.000Z'],
    ['2h', '2026-11-30T10:00:00.000Z'],
    ['7d', '2026-11-23T12:00:00.000Z'],
    ['4w', '2026-11-02T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T06:30', '2026-11-01T06:30:00.000Z'],
    ['2026-11-01 06:30:15', '2026-11-01T06:30:15.000Z'],
    ['2026-11-01T06:30:15.250Z', '2026-11-01T06:30:15.250Z'],
    ['2026-11-01T06:30+02:00', '2026-11-01T04:30:00.000Z'],
  ];
  for (const [text, want] of table) assert.equal(new Date(parseWhen(text, NOW)).toISOString(), want, text);
});

test('what is no time is refused in words', () => {
  for (const text of [
    '',
    'yesterday',
    '2',
    '2x',
    '-2h',
    '2026',
    '2026-13-01',
    '2026-11-01T25:00',
    '1767225600',
  ])
    assert.throws(() => parseWhen(text, NOW), { code: 'input' }, text);
});

test('whatever is typed, it is a time or words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        assert.ok(Number.isFinite(parseWhen(text, NOW)));
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'input');
      }
    }),
  );
});
