// Makes spec/vectors/lists/note.json anew, and puts the note of the example into spec/lists.md: `node
// scripts/make-list-note-vectors.ts`. Root, log key and manifest are those of the examples; equal seeds, equal files.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519ToRaw, rootKeyOf } from '../packages/tocsin/src/protocol/ed25519.ts';
import { ed25519OfSeed } from '../packages/tocsin/src/protocol/ed25519-fixture.ts';
import { signManifest } from '../packages/tocsin/src/protocol/manifest-note.ts';
import { formatVerifierKey, signNote, verifierOf } from '../packages/tocsin/src/protocol/signed-note.ts';

const SPEC = join(import.meta.dirname, '../spec');
const PAGE = join(SPEC, 'lists.md');

const page = readFileSync(PAGE, 'utf8');
const example = /\n\n(\{\n {2}"v": 1,[^`]*\n\})\n```/.exec(page)?.[1] ?? '';
const manifest = JSON.stringify(JSON.parse(example));
const hub = rootKeyOf(ed25519ToRaw(ed25519OfSeed(1))).id;
const other = rootKeyOf(ed25519ToRaw(ed25519OfSeed(2))).id;
const signer = { name: `${hub}/log`, privateKey: ed25519OfSeed(4) };
const stranger = { ...signer, privateKey: ed25519OfSeed(5) };
const logKey = formatVerifierKey(verifierOf(signer));
const note = signManifest(hub, 17, manifest, signer);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const lines = (...all: readonly string[]): string => signNote(`${all.join('\n')}\n`, [signer]);
const good = [`${hub}/lists`, 'revision 17', `sha256 ${sha256(manifest)}`] as const;
const [origin, revision, digest] = good;
const at = (
  name: string,
  want: string,
  changed: { note?: string; manifest?: string; logKey?: string },
): object => ({
  name,
  ...{ manifest, note, logKey },
  ...changed,
  want,
});
const later = manifest.replace('"revision":17', '"revision":18');
const spaced = JSON.stringify(JSON.parse(manifest), null, 1);

const cases = [
  at('as made', 'signed', {}),
  at('further lines', 'signed', { note: lines(...good, '', 'witnessed by nobody') }),
  at('a second signature, by a stranger', 'signed', {
    note: signNote(`${good.join('\n')}\n`, [signer, stranger]),
  }),
  at('a manifest with white space, signed so', 'signed', {
    manifest: spaced,
    note: signManifest(hub, 17, spaced, signer),
  }),
  at('a manifest with white space, signed without', 'other-manifest', { manifest: spaced }),
  at('a manifest of another revision', 'other-manifest', { manifest: later }),
  at('the revision of another manifest', 'other-manifest', { note: lines(origin, 'revision 18', digest) }),
  at('one byte more', 'other-manifest', { manifest: `${manifest}\n` }),
  at('by a stranger under the name of the key', 'other-key', {
    note: signManifest(hub, 17, manifest, stranger),
  }),
  at('the stranger is the one that is known', 'other-key', {
    logKey: formatVerifierKey(verifierOf(stranger)),
  }),
  at('for another hub', 'other-text', { note: signManifest(other, 17, manifest, signer) }),
  at('a checkpoint of a log', 'other-text', {
    note: lines(`${hub}/log`, '17', Buffer.from(sha256(manifest), 'hex').toString('base64')),
  }),
  at('no digest', 'other-text', { note: lines(origin, revision) }),
  at('lines in another order', 'other-text', { note: lines(origin, digest, revision) }),
  at('a line before them', 'other-text', { note: lines('', ...good) }),
  at('a revision with a zero before it', 'other-text', { note: lines(origin, 'revision 017', digest) }),
  at('a digest in capitals', 'other-text', {
    note: lines(origin, revision, `sha256 ${sha256(manifest).toUpperCase()}`),
  }),
  at('another text under the same signature', 'bad-signature', {
    note: note.replace('revision 17', 'revision 18'),
  }),
  at('a good signature and a bad one of the key', 'bad-signature', {
    note: note + signNote('x\n', [signer]).slice(3),
  }),
  at('no signature', 'format', { note: `${good.join('\n')}\n\n` }),
  at('nothing', 'format', { note: '' }),
  at('cut', 'format', { note: note.slice(0, -2) }),
  at('a log key of another kind', 'format', { logKey: 'a+b+c' }),
  at('no manifest, signed', 'format', { manifest: '[]', note: signManifest(hub, 17, '[]', signer) }),
  at('no JSON, signed', 'format', { manifest: '{', note: signManifest(hub, 17, '{', signer) }),
  at('6,145 bytes', 'limit', { note: lines(...good, 'x'.repeat(6_144 - Buffer.byteLength(note))) }),
];

const seed = Buffer.alloc(32, 4).toString('base64');
const vectors = { hub, made: { logKey, seed, revision: 17, manifest, note }, cases };
writeFileSync(join(SPEC, 'vectors/lists/note.json'), `${JSON.stringify(vectors, null, 2)}\n`);
writeFileSync(
  PAGE,
  page
    .replace(/^tocsin-note: .*$/m, `tocsin-note: ${Buffer.from(note).toString('base64')}`)
    .replace(/(log key of the example in [^\n]*\n\n```\n)[^`]*```/, `$1${note}\`\`\``),
);
