import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { ed25519OfSeed } from './ed25519-fixture.ts';
import { TocsinError } from './errors.ts';
import { MANIFEST_NOTE_LIMITS, parseManifestText, signManifest, verifyManifest } from './manifest-note.ts';
import { formatVerifierKey, verifierOf } from './signed-note.ts';

interface Vectors {
  readonly hub: string;
  readonly made: {
    readonly logKey: string;
    readonly seed: string;
    readonly revision: number;
    readonly manifest: string;
    readonly note: string;
  };
  readonly cases: readonly {
    readonly name: string;
    readonly manifest: string;
    readonly note: string;
    readonly logKey: string;
    readonly want: string;
  }[];
}

const file = new URL('../../../../spec/vectors/lists/note.json', import.meta.url);
const { hub, made, cases } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function outcome(manifest: string, note: string, logKey: string = made.logKey): string {
  try {
    return verifyManifest({ text: manifest, note, logKey, hub }).kind;
  } catch (error) {
    assert.ok(error instanceof TocsinError, String(error));
    return error.code;
  }
}

test('manifest note vector: it is signed as it says, and read back', () => {
  const privateKey = ed25519OfSeed(Buffer.from(made.seed, 'base64'));
  const signer = { name: `${hub}/log`, privateKey };
  assert.equal(formatVerifierKey(verifierOf(signer)), made.logKey);
  assert.equal(signManifest(hub, made.revision, made.manifest, signer), made.note);
  const check = verifyManifest({ text: made.manifest, note: made.note, logKey: made.logKey, hub });
  assert.deepEqual(check, { kind: 'signed', manifest: parseManifestText(made.manifest) });
});

for (const { name, manifest, note, logKey, want } of cases)
  test(`manifest note vector: ${name} -> ${want}`, () => assert.equal(outcome(manifest, note, logKey), want));

test('manifest note: whichever bit of the manifest is turned, it is not the one that was signed', () => {
  const bytes = Buffer.from(made.manifest);
  fc.assert(
    fc.property(fc.nat(8 * bytes.length - 1), (bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(outcome(changed.toString('latin1'), made.note), 'other-manifest');
    }),
  );
});

test('manifest note: any texts end in a refusal or in one of our errors', () => {
  const signer = { name: `${hub}/log`, privateKey: generateKeyPairSync('ed25519').privateKey };
  const logKey = formatVerifierKey(verifierOf(signer));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(), fc.string(), (text, revision, note) => {
      assert.notEqual(outcome(text, note, logKey), 'signed');
      assert.equal(outcome(text, signManifest(hub, revision, text, signer), logKey), 'format');
    }),
  );
  const long = 'x'.repeat(MANIFEST_NOTE_LIMITS.maxBytes + 1);
  assert.equal(outcome('{}', long), 'limit');
});
