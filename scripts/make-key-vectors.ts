// Makes spec/vectors/keys/*.json anew: `node scripts/make-key-vectors.ts`. The root key comes from a fixed seed;
// ECDSA signatures and P-256 keys are random, so certificates differ from run to run and the outcomes do not.
// The example in spec/keys.md is the first case of keys-document.json, and is put there by this script.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority } from '../packages/hub/src/keys/authority.ts';
import { toBase64, toBase64Url } from '../packages/tocsin/src/protocol/base64.ts';
import { formatEnvelope, preAuthEncoding, signEnvelope } from '../packages/tocsin/src/protocol/dsse.ts';
import { ed25519ToRaw, keyId, rootKeyOf } from '../packages/tocsin/src/protocol/ed25519.ts';
import { ed25519OfSeed } from '../packages/tocsin/src/protocol/ed25519-fixture.ts';
import { toHex } from '../packages/tocsin/src/protocol/hex.ts';
import { formatJoinToken } from '../packages/tocsin/src/protocol/join-token.ts';
import type { KeysDocument } from '../packages/tocsin/src/protocol/keys-document.ts';
import {
  encodeKeysDocument,
  KEYS_PAYLOAD_TYPE,
  tlsEntry,
} from '../packages/tocsin/src/protocol/keys-document.ts';
import { formatVerifierKey, verifierOf } from '../packages/tocsin/src/protocol/signed-note.ts';
import type { World } from '../packages/tocsin/src/protocol/world.ts';
import { certificateVectors } from './key-vectors/certificates.ts';

const NOW = Date.UTC(2026, 0, 15) / 1000;
const DAY = 86_400;
const OUT = join(import.meta.dirname, '../spec/vectors/keys');

const root = ed25519OfSeed(1);
const otherRoot = ed25519OfSeed(2);
const rootRaw = ed25519ToRaw(root);
const hub = rootKeyOf(rootRaw).id;

function worldAt(seconds: number): World {
  let n = 0;
  return {
    clock: { now: () => seconds * 1000, monotonic: () => 0 },
    random: (size) => Buffer.alloc(size, ++n),
  };
}

function sealed(document: unknown, key: KeyObject = root, type = KEYS_PAYLOAD_TYPE): string {
  const payload = Buffer.from(JSON.stringify(document));
  return formatEnvelope(signEnvelope(type, payload, keyId(ed25519ToRaw(key)), key));
}

function write(name: string, value: unknown): void {
  writeFileSync(join(OUT, name), `${JSON.stringify(value, null, 2)}\n`);
}

const authority = await makeAuthority(hub, worldAt(NOW));
const receiptRaw = ed25519ToRaw(ed25519OfSeed(3));
const document: KeysDocument = {
  v: 1,
  hub,
  number: 7,
  issued: NOW,
  expires: NOW + 180 * DAY,
  tls: [tlsEntry(authority.certificate.raw, NOW + 5 * 365 * DAY)],
  log: formatVerifierKey(verifierOf({ name: `${hub}/log`, privateKey: ed25519OfSeed(4) })),
  age: [],
  receipt: { id: keyId(receiptRaw), publicKey: toBase64(receiptRaw) },
};

function dsseVectors(): unknown {
  const payload = Buffer.from('{"hello":"world"}');
  const type = 'application/vnd.tocsin.example+json';
  const envelope = signEnvelope(type, payload, hub, root);
  const text = formatEnvelope(envelope);
  const o = JSON.parse(text) as { payload: string; signatures: { sig: string }[] };
  const sig = o.signatures[0]!.sig;
  const spelled = (change: object): string => JSON.stringify({ ...o, ...change });
  return {
    publicKey: toBase64(rootRaw),
    payloadType: type,
    payload: toBase64(payload),
    pae: toHex(preAuthEncoding(type, payload)),
    envelope: text,
    cases: [
      { name: 'as made', text, want: 'signed' },
      {
        name: 'another key id: not asked',
        text: spelled({ signatures: [{ keyid: 'x', sig }] }),
        want: 'signed',
      },
      { name: 'no key id', text: spelled({ signatures: [{ sig }] }), want: 'signed' },
      {
        name: 'base64url',
        text: spelled({ signatures: [{ sig: Buffer.from(sig, 'base64').toString('base64url') }] }),
        want: 'signed',
      },
      {
        name: 'a second, foreign signature',
        text: spelled({
          signatures: [
            { sig: toBase64(signEnvelope(type, payload, '', otherRoot).signatures[0]!.signature) },
            { sig },
          ],
        }),
        want: 'signed',
      },
      { name: 'another payload', text: spelled({ payload: toBase64(Buffer.from('{}')) }), want: 'unsigned' },
      { name: 'another payload type', text: spelled({ payloadType: `${type}x` }), want: 'unsigned' },
      {
        name: 'by another key',
        text: formatEnvelope(signEnvelope(type, payload, hub, otherRoot)),
        want: 'unsigned',
      },
      { name: 'no signature', text: spelled({ signatures: [] }), want: 'format' },
      { name: 'five signatures', text: spelled({ signatures: Array(5).fill({ sig }) }), want: 'format' },
      { name: 'a short signature', text: spelled({ signatures: [{ sig: sig.slice(4) }] }), want: 'format' },
      { name: 'base64 with a second spelling', text: spelled({ payload: `${o.payload} ` }), want: 'format' },
      { name: 'no JSON', text: text.slice(1), want: 'format' },
      { name: 'an array', text: `[${text}]`, want: 'format' },
    ],
  };
}

function documentVectors(): unknown {
  const good = sealed(JSON.parse(Buffer.from(encodeKeysDocument(document)).toString()));
  const entry = document.tls[0]!;
  const leafEntry = { ...entry, certificate: '', id: '' };
  const changed = (change: object): string => sealed({ ...document, ...change });
  const at = (name: string, text: string, want: string, now = NOW, held = 0): object => ({
    name,
    text,
    held,
    now,
    want,
  });
  return {
    root: toBase64(rootRaw),
    document,
    cases: [
      at('as made', good, 'accepted'),
      at('higher than the one that is held', good, 'accepted', NOW, 6),
      at('the one that is held', good, 'same', NOW, 7),
      at('lower than the one that is held', good, 'older', NOW, 8),
      at('older wins over expired', good, 'older', NOW + 400 * DAY, 8),
      at('the last second of its life and skew', good, 'accepted', NOW + 181 * DAY),
      at('one second later', good, 'expired', NOW + 181 * DAY + 1),
      at('a clock that stands a day behind', good, 'accepted', NOW - DAY),
      at('and one second more', good, 'early', NOW - DAY - 1),
      at('members of a later version are passed over', changed({ mirrors: ['x'] }), 'accepted'),
      at('no log key', changed({ log: null }), 'accepted'),
      at(
        'a log key of a kind that comes later, and a recipient',
        changed({ log: 'a+b+c', age: [{ id: hub, recipient: 'age1x' }] }),
        'accepted',
      ),
      at('signed by another root', sealed(document, otherRoot), 'other-root'),
      at(
        'signed by another root that names itself',
        sealed({ ...document, hub: keyId(ed25519ToRaw(otherRoot)) }, otherRoot),
        'other-root',
      ),
      at('names another hub', changed({ hub: keyId(ed25519ToRaw(otherRoot)) }), 'format'),
      at('another payload type', sealed(document, root, 'application/json'), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('number 0', changed({ number: 0 }), 'format'),
      at('number 1.5', changed({ number: 1.5 }), 'format'),
      at('no authority', changed({ tls: [] }), 'format'),
      at('17 authorities', changed({ tls: Array(17).fill(entry) }), 'format'),
      at('an id that is not of the certificate', changed({ tls: [{ ...entry, id: hub }] }), 'format'),
      at('an authority of no bytes', changed({ tls: [leafEntry] }), 'format'),
      at('a receipt key with a foreign id', changed({ receipt: { ...document.receipt, id: hub } }), 'format'),
      at('no receipt member', changed({ receipt: undefined }), 'format'),
      at(
        'payload is no JSON',
        formatEnvelope(signEnvelope(KEYS_PAYLOAD_TYPE, Buffer.from('{'), hub, root)),
        'format',
      ),
      at(
        'payload is no UTF-8',
        formatEnvelope(signEnvelope(KEYS_PAYLOAD_TYPE, Buffer.from([0x22, 0xff, 0x22]), hub, root)),
        'format',
      ),
    ],
  };
}

function tokenVectors(): unknown {
  const secret = Buffer.alloc(32, 0x5a);
  const text = formatJoinToken({ root: rootKeyOf(rootRaw), secret });
  const refused = (name: string, value: string): object => ({ name, text: value, want: 'input' });
  return {
    root: toBase64Url(rootRaw),
    secret: toBase64Url(secret),
    cases: [
      { name: 'as made', text, want: 'token' },
      {
        name: 'white space around and in it',
        text: ` ${text.slice(0, 40)}\n  ${text.slice(40)}\r\n`,
        want: 'token',
      },
      refused('empty', ''),
      refused('the checksum cut off', text.slice(0, text.lastIndexOf('.'))),
      refused('one character short', text.slice(0, -1)),
      refused('cut in the secret', text.slice(0, 70)),
      refused('cut in the root', text.slice(0, 20)),
      refused('one character of the secret changed', text.replace('Wlpa', 'WlpA')),
      refused('one character of the root changed', text.replace('tocsin1.i', 'tocsin1.j')),
      refused('the checksum in upper case', text.slice(0, -8) + text.slice(-8).toUpperCase()),
      refused('a part more', `${text}.00000000`),
      refused('version 2', text.replace('tocsin1', 'tocsin2')),
      refused('something else', 'eyJhbGciOiJFZERTQSJ9.e30.AAAA'),
    ],
  };
}

mkdirSync(OUT, { recursive: true });
write('dsse.json', dsseVectors());
write('keys-document.json', documentVectors());
write('join-token.json', tokenVectors());
write(
  'certificates.json',
  await certificateVectors({
    authority,
    hub,
    root: toBase64(rootRaw),
    keys: sealed(document),
    world: worldAt(NOW),
  }),
);
quoteInSpec(sealed(JSON.parse(Buffer.from(encodeKeysDocument(document)).toString())));

/** The document and the envelope of the example: the first two blocks of JSON in spec/keys.md. */
function quoteInSpec(envelope: string): void {
  const path = join(import.meta.dirname, '../spec/keys.md');
  const blocks = [JSON.stringify(document, null, 2), envelope];
  const text = readFileSync(path, 'utf8').replace(/(```json\n)[^`]*(\n```)/g, (_all, open, close) => {
    return `${open}${blocks.shift()}${close}`;
  });
  writeFileSync(path, text);
}
