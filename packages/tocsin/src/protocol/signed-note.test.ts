import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { ed25519OfSeed } from './ed25519-fixture.ts';
import { TocsinError } from './errors.ts';
import type { NoteSigner } from './signed-note.ts';
import {
  formatVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  SIGNED_NOTE_LIMITS,
  signNote,
  verifierOf,
} from './signed-note.ts';

interface Case {
  readonly name: string;
  readonly note?: string;
  readonly base64?: string;
  readonly known: readonly string[];
  readonly want: string;
  readonly by?: readonly string[];
}

interface Made {
  readonly name: string;
  readonly key: string;
  readonly seed: string;
  readonly text: string;
  readonly note: string;
}

function vectors<T>(name: string): T {
  const file = new URL(`../../../../spec/vectors/signed-note/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

const { made, checks } = vectors<{ made: readonly Made[]; checks: readonly Case[] }>('notes.json');
const keys = vectors<Record<'accepted' | 'refused', readonly { name: string; key: string }[]>>('keys.json');

/** What comes of a note, and by whom. Anything but an answer or one of our errors fails the test. */
function outcome(note: Uint8Array, known: readonly string[]): { want: string; by?: readonly string[] } {
  try {
    const check = openNote(parseNote(note), known.map(parseVerifierKey));
    return check.kind === 'signed'
      ? { want: 'signed', by: check.by.map(formatVerifierKey) }
      : { want: check.kind };
  } catch (error) {
    assert.ok(error instanceof TocsinError, String(error));
    return { want: error.code };
  }
}

for (const { name, key } of keys.accepted)
  test(`verifier key vector: ${name}`, () => assert.equal(formatVerifierKey(parseVerifierKey(key)), key));

for (const { name, key } of keys.refused)
  test(`verifier key vector, refused: ${name}`, () => {
    assert.throws(
      () => parseVerifierKey(key),
      (error) => error instanceof TocsinError && error.code === 'format',
    );
  });

for (const { name, key, seed, text, note } of made)
  test(`signed note vector, both ways: ${name}`, () => {
    const signer = { name: key, privateKey: ed25519OfSeed(Buffer.from(seed, 'base64')) };
    assert.equal(signNote(text, [signer]), note);
    const read = parseNote(Buffer.from(note));
    assert.equal(read.text, text);
    assert.equal(openNote(read, [verifierOf(signer)]).kind, 'signed');
  });

for (const { name, note, base64, known, want, by } of checks)
  test(`signed note vector: ${name} -> ${want}`, () => {
    const bytes = note === undefined ? Buffer.from(base64!, 'base64') : Buffer.from(note);
    assert.deepEqual(outcome(bytes, known), by === undefined ? { want } : { want, by });
  });

test('signed note: no part of a verifier key is one', () => {
  const { key } = keys.accepted[0]!;
  const refused = (text: string): void =>
    assert.throws(() => parseVerifierKey(text), { code: 'format' }, JSON.stringify(text));
  for (let start = 0; start <= key.length; start++)
    for (let end = start; end <= key.length; end++)
      if (end - start < key.length) refused(key.slice(start, end));
  for (let at = 0; at < key.length; at++)
    refused(key.slice(0, at) + String.fromCharCode(key.charCodeAt(at) + 1) + key.slice(at + 1));
});

const signer: NoteSigner = { name: 'hub.example/log', privateKey: generateKeyPairSync('ed25519').privateKey };
const texts = fc
  .array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 })
  .map((lines) => `${lines.join('\n').replace(/[\x00-\x09\x0b-\x1f]/g, '')}\n`)
  .filter((text) => text.isWellFormed());

test('signed note: every text comes back as it was signed, by as many keys as signed it', () => {
  const others = [1, 2, 3].map((n) => ({
    name: `witness-${n}`,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  }));
  fc.assert(
    fc.property(texts, fc.subarray(others), (text, more) => {
      const note = parseNote(Buffer.from(signNote(text, [signer, ...more])));
      assert.equal(note.text, text);
      const check = openNote(note, [...others, signer].map(verifierOf));
      assert.equal(check.kind === 'signed' && check.by.length, 1 + more.length);
    }),
  );
});

test('signed note: whichever bit is turned, the text does not count as signed any more', () => {
  const note = Buffer.from(signNote('revision 17\n', [signer]));
  const key = formatVerifierKey(verifierOf(signer));
  for (let bit = 0; bit < 8 * note.length; bit++) {
    const changed = Buffer.from(note);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(outcome(changed, [key]).want, 'signed', `bit ${bit}`);
  }
});

test('signed note: cut anywhere, and any bytes, end in an answer or in one of our errors', () => {
  const note = Buffer.from(signNote('one\n\ntwo\n', [signer]));
  const key = formatVerifierKey(verifierOf(signer));
  for (let end = 0; end < note.length; end++)
    assert.notEqual(outcome(note.subarray(0, end), [key]).want, 'signed', `${end} bytes`);
  const lines = fc.array(
    fc.oneof(fc.constantFrom('', '— a AAAAAAA=', '— hub.example/log ', 'x', '\u2014', '\ufeff'), fc.string()),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        lines.map((all) => Buffer.from(all.join('\n'))),
      ),
      (bytes) => {
        assert.notEqual(outcome(bytes, [key]).want, 'signed');
      },
    ),
  );
});

test('signed note: what no note can have is not signed', () => {
  for (const text of ['', 'not ended', 'a\tb\n', 'a\r\n', '\ud800\n'])
    assert.throws(() => signNote(text, [signer]), { code: 'format' });
  for (const name of ['', 'a b', 'a+b', 'a\u2028b', 'x'.repeat(SIGNED_NOTE_LIMITS.maxName + 1)])
    assert.throws(() => signNote('text\n', [{ ...signer, name }]), { code: 'format' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.throws(() => signNote('text\n', [{ ...signer, privateKey }]), { code: 'format' });
});
