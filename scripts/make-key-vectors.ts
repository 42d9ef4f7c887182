// Makes spec/vectors/keys/*.json anew: `node scripts/make-key-vectors.ts`. The root key comes from a fixed seed;
// ECDSA signatures and P-256 keys are random, so certificates differ from run to run and the outcomes do not.
// The example in spec/keys.md is the first case of keys-document.json, and is put there by this script.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { IssuingAuthority } from '../packages/hub/src/keys/authority.ts';
import { issueHub, issueMachine, makeAuthority, makeKey } from '../packages/hub/src/keys/authority.ts';
import { toBase64, toBase64Url } from '../packages/tocsin/src/protocol/base64.ts';
import { formatEnvelope, preAuthEncoding, signEnvelope } from '../packages/tocsin/src/protocol/dsse.ts';
import { ed25519ToRaw, keyId, rootKeyOf } from '../packages/tocsin/src/protocol/ed25519.ts';
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

const NOW = Date.UTC(2026, 0, 15) / 1000;
const DAY = 86_400;
const HOUR = 3_600;
const OUT = join(import.meta.dirname, '../spec/vectors/keys');
const MACHINE = '9f86d081-884c-4d65-9a2f-eaa0c55ad015';

const root = ed25519OfSeed(1);
const otherRoot = ed25519OfSeed(2);
const rootRaw = ed25519ToRaw(root);
const hub = rootKeyOf(rootRaw).id;

function ed25519OfSeed(fill: number): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({
    key: Buffer.concat([prefix, Buffer.alloc(32, fill)]),
    format: 'der',
    type: 'pkcs8',
  });
}

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

interface LeafOptions {
  readonly names: readonly { readonly type: 'url' | 'dns'; readonly value: string }[];
  readonly uses: readonly string[];
  readonly ca?: boolean;
}

/** A leaf that no hub makes, by the real authority: only such ones reach the later checks. */
async function oddLeaf(by: IssuingAuthority, options: LeafOptions): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '4242',
    subject: 'CN=odd',
    issuer: new x509.X509Certificate(by.certificate.raw).subject,
    notBefore: new Date(NOW * 1000),
    notAfter: new Date((NOW + 72 * HOUR) * 1000),
    signingAlgorithm: algorithm,
    publicKey: pair.publicKey,
    signingKey: by.privateKey.toCryptoKey(algorithm, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(options.ca ?? false, undefined, true),
      ...(options.uses.length > 0 ? [new x509.ExtendedKeyUsageExtension([...options.uses], true)] : []),
      ...(options.names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...options.names])] : []),
    ],
  });
  return toBase64(new Uint8Array(certificate.rawData));
}

async function certificateVectors(): Promise<unknown> {
  const publicKey = createPublicKey(makeKey());
  const world = worldAt(NOW);
  const foreign = await makeAuthority(hub, world);
  const der = (certificate: { readonly raw: Uint8Array }): string => toBase64(certificate.raw);
  const hubLeaf = der(await issueHub(authority, hub, publicKey, 30 * DAY, world));
  const machineLeaf = der(await issueMachine(authority, MACHINE, publicKey, world));
  const server = x509.ExtendedKeyUsage.serverAuth;
  const client = x509.ExtendedKeyUsage.clientAuth;
  const hubName = { type: 'url', value: `urn:tocsin:hub:${hub}` } as const;
  const machineName = { type: 'url', value: `urn:uuid:${MACHINE}` } as const;
  const odd = (options: LeafOptions): Promise<string> => oddLeaf(authority, options);
  const at = (name: string, as: string, certificate: string, want: string, now = NOW): object => ({
    name,
    as,
    now,
    certificate,
    want,
  });
  const end = NOW + 72 * HOUR;
  const authorityDer = der(authority.certificate);
  return {
    keys: sealed(document),
    root: toBase64(rootRaw),
    machineId: MACHINE,
    cases: [
      at('as made', 'hub', hubLeaf, 'good'),
      at('the last second of life and skew', 'hub', hubLeaf, 'good', NOW + 31 * DAY),
      at('one second later', 'hub', hubLeaf, 'dates', NOW + 31 * DAY + 1),
      at('a clock a day behind', 'hub', hubLeaf, 'good', NOW - DAY),
      at('and one second more', 'hub', hubLeaf, 'dates', NOW - DAY - 1),
      at('the authority is over', 'hub', hubLeaf, 'unknown-authority', NOW + 5 * 365 * DAY + DAY + 1),
      at(
        'same name, by an authority that the root does not name',
        'hub',
        der(await issueHub(foreign, hub, publicKey, DAY, world)),
        'unknown-authority',
      ),
      at(
        'of another hub',
        'hub',
        der(await issueHub(authority, keyId(Buffer.from('x')), publicKey, DAY, world)),
        'other-hub',
      ),
      at('the certificate of a machine', 'hub', machineLeaf, 'other-hub'),
      at('the authority itself', 'hub', authorityDer, 'other-hub'),
      at('named as hub, for clients', 'hub', await odd({ names: [hubName], uses: [client] }), 'wrong-use'),
      at(
        'named as hub, for clients and servers',
        'hub',
        await odd({ names: [hubName], uses: [server, client] }),
        'wrong-use',
      ),
      at('named as hub, for nothing', 'hub', await odd({ names: [hubName], uses: [] }), 'wrong-use'),
      at(
        'named as hub, an authority',
        'hub',
        await odd({ names: [hubName], uses: [server], ca: true }),
        'wrong-use',
      ),
      at(
        'named as hub and as something else',
        'hub',
        await odd({ names: [hubName, { type: 'dns', value: 'a.example' }], uses: [server] }),
        'other-hub',
      ),
      at(
        'the name of a hub as a DNS name',
        'hub',
        await odd({ names: [{ type: 'dns', value: `urn:tocsin:hub:${hub}` }], uses: [server] }),
        'other-hub',
      ),
      at('no name', 'hub', await odd({ names: [], uses: [server] }), 'other-hub'),
      at('as made', 'machine', machineLeaf, 'good'),
      at('the last second of life and skew', 'machine', machineLeaf, 'good', end + DAY),
      at('one second later', 'machine', machineLeaf, 'renew-only', end + DAY + 1),
      at('the last second to renew', 'machine', machineLeaf, 'renew-only', end + 181 * DAY),
      at('one second later', 'machine', machineLeaf, 'too-old', end + 181 * DAY + 1),
      at('a clock a day behind', 'machine', machineLeaf, 'good', NOW - DAY),
      at('and one second more', 'machine', machineLeaf, 'too-early', NOW - DAY - 1),
      at(
        'by an authority that the root does not name',
        'machine',
        der(await issueMachine(foreign, MACHINE, publicKey, world)),
        'unknown-authority',
      ),
      at('the certificate of the hub', 'machine', hubLeaf, 'not-a-machine'),
      at('the authority itself', 'machine', authorityDer, 'not-a-machine'),
      at(
        'named as machine, for servers',
        'machine',
        await odd({ names: [machineName], uses: [server] }),
        'not-a-machine',
      ),
      at(
        'named as machine, for clients and servers',
        'machine',
        await odd({ names: [machineName], uses: [client, server] }),
        'not-a-machine',
      ),
      at(
        'named as two machines',
        'machine',
        await odd({ names: [machineName, machineName], uses: [client] }),
        'not-a-machine',
      ),
      at(
        'an upper-case UUID',
        'machine',
        await odd({ names: [{ type: 'url', value: machineName.value.toUpperCase() }], uses: [client] }),
        'not-a-machine',
      ),
      at(
        'an authority with the name of a machine',
        'machine',
        await odd({ names: [machineName], uses: [client], ca: true }),
        'not-a-machine',
      ),
      at(
        'self-signed by a stranger',
        'machine',
        der((await makeAuthority('x', world)).certificate),
        'unknown-authority',
      ),
    ],
  };
}

mkdirSync(OUT, { recursive: true });
write('dsse.json', dsseVectors());
write('keys-document.json', documentVectors());
write('join-token.json', tokenVectors());
write('certificates.json', await certificateVectors());
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
