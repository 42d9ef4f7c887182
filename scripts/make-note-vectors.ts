// Makes spec/vectors/signed-note/*.json anew: `node scripts/make-note-vectors.ts`. Ed25519 is deterministic: equal
// seeds give equal files. The cases that name golang.org/x/mod are the published facts of its tests (sumdb/note,
// BSD-3-Clause: two keys, a text and its signatures); everything else is ours.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519ToRaw } from '../packages/tocsin/src/protocol/ed25519.ts';
import { ed25519OfSeed } from '../packages/tocsin/src/protocol/ed25519-fixture.ts';
import {
  formatVerifierKey,
  noteVerifier,
  signNote,
  verifierOf,
} from '../packages/tocsin/src/protocol/signed-note.ts';

const OUT = join(import.meta.dirname, '../spec/vectors/signed-note');

const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const PROBLEM =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const BY_ENOCH =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const SIGNED = `${PROBLEM}\n${BY_PETER}`;

const seed = Buffer.alloc(32, 7);
const ours = { name: 'log.example/lists', privateKey: ed25519OfSeed(seed) };
const namesake = { ...ours, privateKey: ed25519OfSeed(Buffer.alloc(32, 8)) };
const OUR_KEY = formatVerifierKey(verifierOf(ours));
const raw = ed25519ToRaw(ours.privateKey);

/** A key text of another type or length, with the id that is right for its bytes. */
function keyText(name: string, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(`${name}\n`).update(bytes).digest();
  return `${name}+${digest.subarray(0, 4).toString('hex')}+${Buffer.from(bytes).toString('base64')}`;
}

/** Our line with other bytes behind the key id. */
function lineOf(signature: Uint8Array): string {
  const id = Buffer.from(verifierOf(ours).id, 'hex');
  return `— ${ours.name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

const keys = {
  accepted: [
    { name: "golang.org/x/mod's first key", key: PETER },
    { name: "golang.org/x/mod's second key", key: ENOCH },
    {
      name: 'the key of sum.golang.org',
      key: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
    },
    { name: 'a name with a path', key: OUR_KEY },
    { name: 'a name in Greek', key: formatVerifierKey(noteVerifier('κλειδί', raw)) },
  ],
  refused: [
    { name: 'nothing', key: '' },
    { name: 'no name', key: keyText('', Uint8Array.of(1, ...raw)) },
    { name: 'a space in the name', key: keyText('a b', Uint8Array.of(1, ...raw)) },
    { name: 'a no-break space in the name', key: keyText('a b', Uint8Array.of(1, ...raw)) },
    { name: 'a line feed in the name', key: keyText('a\nb', Uint8Array.of(1, ...raw)) },
    { name: 'a name of 257 bytes', key: keyText('a'.repeat(257), Uint8Array.of(1, ...raw)) },
    { name: 'the id of another name', key: OUR_KEY.replace('example', 'exampel') },
    { name: 'an id in capitals', key: PETER.replace('c74f20a3', 'C74F20A3') },
    { name: 'an id of seven digits', key: PETER.replace('c74f20a3', 'c74f20a') },
    { name: 'no key', key: PETER.slice(0, PETER.lastIndexOf('+') + 1) },
    { name: 'a key of 31 bytes', key: keyText('a', Uint8Array.of(1, ...raw.subarray(1))) },
    { name: 'a key of 33 bytes', key: keyText('a', Uint8Array.of(1, 1, ...raw)) },
    { name: 'a key of type 4', key: keyText('a', Uint8Array.of(4, ...raw)) },
    { name: 'base64 without its end', key: `${PETER.slice(0, -1)}` },
    { name: 'base64 for addresses', key: PETER.replace('/', '_') },
    { name: 'a line feed at the end', key: `${PETER}\n` },
  ],
};

const made = [
  {
    name: "golang.org/x/mod's note",
    key: 'PeterNeumann',
    seed: PETER_SEED.toString('base64'),
    text: PROBLEM,
    note: SIGNED,
  },
  ...['one line\n', '\n', 'a paragraph\n\nand another\n', '\n\n\n', '— not a signature\n', 'Ελλάδα\n'].map(
    (text) => ({
      name: `ours: ${JSON.stringify(text)}`,
      key: ours.name,
      seed: seed.toString('base64'),
      text,
      note: signNote(text, [ours]),
    }),
  ),
];

const signed = (name: string, note: string, by: readonly string[], known = [PETER]): object => ({
  name,
  note,
  known,
  want: 'signed',
  by,
});
const other = (name: string, want: string, note: string | Uint8Array, known = [PETER]): object =>
  typeof note === 'string'
    ? { name, note, known, want }
    : { name, base64: Buffer.from(note).toString('base64'), known, want };

const one = signNote('one line\n', [ours]);
const checks = [
  signed('one signature', SIGNED, [PETER]),
  signed('a second one, of a key that is not known', SIGNED + BY_ENOCH, [PETER]),
  signed('both keys known', SIGNED + BY_ENOCH, [PETER, ENOCH], [ENOCH, PETER]),
  signed('sixteen signatures of unknown keys', `${PROBLEM}\n${BY_ENOCH.repeat(16)}${BY_PETER}`, [PETER]),
  signed(
    'a known name with the id of another key',
    `${signNote('one line\n', [namesake, ours])}`,
    [OUR_KEY],
    [OUR_KEY],
  ),
  signed(
    'a signature of an unknown type',
    `${one}— other.example ${Buffer.alloc(5_000, 3).toString('base64')}\n`,
    [OUR_KEY],
    [OUR_KEY],
  ),
  signed(
    'a known id under another name, which does not hold',
    `${one}${lineOf(Buffer.alloc(64)).replace('log.', 'gol.')}`,
    [OUR_KEY],
    [OUR_KEY],
  ),
  other('no key is known', 'unknown-signers', SIGNED, []),
  other('only another key is known', 'unknown-signers', SIGNED, [ENOCH]),
  other('a key of the same name', 'unknown-signers', signNote('one line\n', [namesake]), [OUR_KEY]),
  other('another text', 'bad-signature', SIGNED.replace('crypt', 'Crypt')),
  other('a line more in the text', 'bad-signature', `more\n${SIGNED}`),
  other('a signature of 63 bytes', 'bad-signature', `one line\n\n${lineOf(Buffer.alloc(63, 1))}`, [OUR_KEY]),
  other('a good one and a bad one of the same key', 'bad-signature', `${one}${lineOf(Buffer.alloc(64, 1))}`, [
    OUR_KEY,
  ]),
  other('a byte order mark', 'bad-signature', `\ufeff${SIGNED}`),
  other('a text alone', 'format', PROBLEM),
  other('no signature', 'format', `${PROBLEM}\n`),
  other('nothing', 'format', ''),
  other('no empty line', 'format', `${PROBLEM}${BY_PETER}`),
  other('an empty text', 'format', `\n${BY_PETER}`),
  other('the last line not ended', 'format', SIGNED.slice(0, -1)),
  other('an empty line at the end', 'format', `${SIGNED}\n`),
  other('a control character', 'format', `\u0001${SIGNED}`),
  other('a carriage return', 'format', SIGNED.replace('\n', '\r\n')),
  other('no UTF-8', 'format', Buffer.concat([Uint8Array.of(0xff), Buffer.from(SIGNED)])),
  other('a space in a name', 'format', SIGNED.replace('PeterNeumann', 'Peter Neumann')),
  other('a plus sign in a name', 'format', SIGNED.replace('PeterNeumann', 'Peter+Neumann')),
  other('a line that is no signature', 'format', `${SIGNED}Unexpected line.\n`),
  other('a hyphen for the dash', 'format', SIGNED.replace('—', '-')),
  other('base64 with a second spelling', 'format', SIGNED.replace('nAM=\n', 'nAN=\n')),
  other('a key id alone', 'format', `one line\n\n— ${ours.name} AAAAAA==\n`),
  other('33 signatures', 'format', `${PROBLEM}\n${BY_PETER.repeat(33)}`),
  other('65,537 bytes', 'limit', `${'x'.repeat(65_537 - SIGNED.length - 2)}${SIGNED}`),
];

mkdirSync(OUT, { recursive: true });
const write = (name: string, value: unknown): void =>
  writeFileSync(join(OUT, name), `${JSON.stringify(value, null, 2)}\n`);
write('keys.json', keys);
write('notes.json', { made, checks });
