// Our own names read exactly; foreign names come out safe to show.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanName, formatThreatName, NAME_LIMITS, PLATFORMS, parseThreatName } from './threat-name.ts';

test('parseThreatName: type, platform and family', () => {
  assert.deepEqual(parseThreatName('Trojan.Win32.Emotet-A_1'), {
    type: 'Trojan',
    platform: 'Win32',
    family: 'Emotet-A_1',
  });
});

const NONE = [
  '',
  'Trojan',
  'Trojan.Win32',
  'Trojan.Win32.A.B',
  'Trojan.Amiga.A',
  'Trojan.win32.A',
  ' Trojan.Win32.A',
];
for (const text of [
  ...NONE,
  'Trojan..A',
  'Tro jan.Win32.A',
  'Trojan.Win32.Ä',
  'Trojan.Win32.A\n',
  `T.Any.${'a'.repeat(128)}`,
])
  test(`parseThreatName: ${JSON.stringify(text.slice(0, 30))} is no such name`, () => {
    assert.equal(parseThreatName(text), null);
  });

test('parseThreatName and cleanName: a name exactly as long as allowed passes', () => {
  const name = `T.Any.${'a'.repeat(122)}`;
  assert.equal(name.length, NAME_LIMITS.maxLength);
  assert.equal(parseThreatName(name)?.family.length, 122);
  assert.equal(cleanName(name), name);
  assert.equal(cleanName(`${name}b`), name);
});

test('parseThreatName: reads back what formatThreatName writes', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
  fc.assert(
    fc.property(part, fc.constantFrom(...PLATFORMS), part, (type, platform, family) => {
      const name = { type, platform, family };
      assert.deepEqual(parseThreatName(formatThreatName(name)), name);
    }),
  );
});

test('parseThreatName: any text yields null or a name that is written as it was read', () => {
  const parts = fc.array(fc.oneof(fc.constantFrom('.', 'Trojan', 'Win32', 'Any', 'A'), fc.string()), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(parts, (texts) => {
      const name = parseThreatName(texts.join(''));
      if (name !== null) assert.equal(formatThreatName(name), texts.join(''));
    }),
    { numRuns: 1_000 },
  );
});

const CLEANED: readonly [what: string, text: string, name: string | null][] = [
  ['a plain name stays', 'Win.Trojan.Agent-123', 'Win.Trojan.Agent-123'],
  ['letters of other scripts stay', '木马.Wïn32', '木马.Wïn32'],
  ['blanks become single spaces', '  Gh0st\t\tRAT \u00a0 v2\r\n', 'Gh0st RAT v2'],
  ['terminal escapes lose their escape', '\u001b[31mred\u0007', '[31mred'],
  ['text direction cannot be turned', 'exe\u202egpj\u2066', 'exegpj'],
  ['what has no width goes', 'a\u200bb\ufeffc\u00ad', 'abc'],
  ['lone surrogates and replacement characters go', 'a\ud800b\ufffd', 'ab'],
  ['private and unassigned characters go', 'a\ue000b\u0378', 'ab'],
  ['nothing printable is no name', '\u0000\u200b \n', null],
  ['nothing is no name', '', null],
  ['a long name is cut', 'x'.repeat(300), 'x'.repeat(128)],
  ['no character is cut in two', `${'x'.repeat(127)}😀`, 'x'.repeat(127)],
  ['no space is left where it was cut', `${'x'.repeat(127)} y`, 'x'.repeat(127)],
];
for (const [what, text, name] of CLEANED)
  test(`cleanName: ${what}`, () => assert.equal(cleanName(text), name));

test('cleanName: marks that become neighbours stand in their order', () => {
  const name = cleanName('\u1dd1\u0000\u08cf');
  assert.equal(name, '\u08cf\u1dd1');
  assert.equal(cleanName(name), name);
});

test('cleanName: any text yields null or a printable, bounded, well-formed name that stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const name = cleanName(text);
      if (name === null) return;
      assert.ok(name.length >= 1 && name.length <= NAME_LIMITS.maxLength);
      assert.ok(name.isWellFormed());
      assert.match(name, /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);
      assert.equal(name.trim(), name);
      assert.equal(cleanName(name), name);
    }),
    { numRuns: 2_000 },
  );
});
