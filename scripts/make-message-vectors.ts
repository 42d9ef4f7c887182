// Makes spec/vectors/message/*.json and the examples of spec/message.md: `node scripts/make-message-vectors.ts`.
// Keys are fixed; age and ECDSA draw at random, so bodies and signatures of machines differ from run to run, and what
// they open to does not. Receipts and confirmations are the same in every run.
import type { KeyObject } from 'node:crypto';
import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, identityToRecipient } from 'age-encryption';
import { signReceipt } from '../packages/tocsin/src/catalog/consent-receipt.ts';
import { signConfirmation } from '../packages/tocsin/src/catalog/erasure-confirmation.ts';
import type { EnvelopeHead } from '../packages/tocsin/src/catalog/seal.ts';
import { MESSAGE_PAYLOAD_TYPE, openSealed, sealMessage } from '../packages/tocsin/src/catalog/seal.ts';
import { toBase64 } from '../packages/tocsin/src/protocol/base64.ts';
import { formatEnvelope } from '../packages/tocsin/src/protocol/dsse.ts';
import { ed25519ToRaw, keyId } from '../packages/tocsin/src/protocol/ed25519.ts';
import { ed25519OfSeed } from '../packages/tocsin/src/protocol/ed25519-fixture.ts';
import { signByMachine } from '../packages/tocsin/src/protocol/machine-signature.ts';

const OUT = join(import.meta.dirname, '../spec/vectors/message');
const SPEC = join(import.meta.dirname, '../spec/message.md');
const MACHINE = '7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55';
/** Of these vectors and of nothing else. */
const IDENTITY = 'AGE-SECRET-KEY-1KGTR334WLUAGNZ4P5K0HFARUN2ZY88W0SA7QEFRD80PW3L9CMUMSQG0D9U';

const machineKey = p256OfScalar(1);
const otherKey = p256OfScalar(2);
const recipient = await identityToRecipient(IDENTITY);
const hubKey = { id: keyId(Buffer.from(recipient)), recipient };
const receiptPrivate = ed25519OfSeed(3);
const receiptRaw = ed25519ToRaw(receiptPrivate);
const receiptKey = { id: keyId(receiptRaw), privateKey: receiptPrivate, publicKey: receiptRaw };

const HEAD: EnvelopeHead = {
  epoch: 1,
  sequence: 17,
  consent: 3,
  edition: 'basic',
  madeAt: '2026-11-23T08:15:02Z',
};
const DETECTION = {
  message: 'detection',
  reason: 'found',
  items: {
    'object.threat_name': 'Trojan.Linux.Example',
    'object.sha256': 'a5'.repeat(32),
    'software.databases_id': 'b7'.repeat(32),
  },
};

function p256OfScalar(fill: number): KeyObject {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.alloc(32, fill));
  const point = ecdh.getPublicKey();
  const part = (from: number): string => point.subarray(from, from + 32).toString('base64url');
  const d = Buffer.alloc(32, fill).toString('base64url');
  return createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', x: part(1), y: part(33), d },
    format: 'jwk',
  });
}

function write(name: string, value: unknown): void {
  writeFileSync(join(OUT, name), `${JSON.stringify(value, null, 2)}\n`);
}

/** A good message, by the code under test. */
async function sealedCase(
  name: string,
  draft: typeof DETECTION | object,
  head: EnvelopeHead = HEAD,
): Promise<{
  readonly name: string;
  readonly head: EnvelopeHead;
  readonly draft: object;
  readonly clear: string;
  readonly body: string;
}> {
  const keys = { machine: { id: MACHINE, privateKey: machineKey }, hub: hubKey };
  const { body, clear } = await sealMessage(JSON.stringify(draft), head, keys);
  return { name, head, draft, clear, body: toBase64(body) };
}

/** Anything sealed as a message is, whatever it is: `TSM1`, id, age file. */
async function sealText(text: string, to: string = recipient): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(to);
  const sealed = await encrypter.encrypt(text.padEnd(Math.ceil(text.length / 1024) * 1024));
  return Buffer.concat([Buffer.from('TSM1'), Buffer.from(hubKey.id, 'hex'), sealed]);
}

function signed(clear: string, key: KeyObject = machineKey, type: string = MESSAGE_PAYLOAD_TYPE): string {
  return formatEnvelope(signByMachine(type, Buffer.from(clear), key));
}

const good = await sealedCase('a detection', DETECTION);
const { clear } = good;

/** The clear text with one part of it replaced. */
function changed(from: string | RegExp, to: string): string {
  const text = clear.replace(from, to);
  if (text === clear) throw new Error(`nothing replaced: ${from}`);
  return text;
}

async function refusedBodies(): Promise<readonly object[]> {
  const body = Buffer.from(good.body, 'base64');
  const flipped = Buffer.from(body);
  flipped[body.length - 100] = flipped[body.length - 100]! ^ 1;
  const stranger = 'age1fp335sz8wxpgmqt70jy9kh93cmhux3xgsyzuxz3qfnz7n6jwfg3qpg4uwr';
  const odd: readonly (readonly [string, string])[] = [
    ['its version is 2', changed('"v":1', '"v":2')],
    ['it has one more member', changed('"items":', '"more":1,"items":')],
    ['the machine in capitals', changed(MACHINE, MACHINE.toUpperCase())],
    ['no machine', changed(`"${MACHINE}"`, 'null')],
    ['an epoch below zero', changed('"epoch":1', '"epoch":-1')],
    ['a sequence with a fraction', changed('"sequence":17', '"sequence":1.5')],
    ['a consent that is text', changed('"consent":3', '"consent":"3"')],
    ['an edition that there is not', changed('"basic"', '"gold"')],
    ['a time with a zone', changed('08:15:02Z', '08:15:02+01:00')],
    ['a time that there is not', changed('2026-11-23', '2026-02-30')],
    ['items that are a list', changed(/"items":\{.*\}\}$/, '"items":[]}')],
    ['no reason', changed('"reason":"found",', '')],
    ['a list', '[]'],
    ['no JSON', '{"v":1'],
    ['bytes that are no UTF-8', '\ud800'],
  ];
  return [
    { name: 'nothing', body: '' },
    { name: 'the head alone', body: toBase64(body.subarray(0, 20)) },
    { name: 'another magic', body: toBase64(Buffer.concat([Buffer.from('TSM2'), body.subarray(4)])) },
    { name: 'cut', body: toBase64(body.subarray(0, body.length - 1)) },
    { name: 'a bit flipped', body: toBase64(flipped) },
    { name: 'a byte more', body: toBase64(Buffer.concat([body, Buffer.alloc(1)])) },
    { name: 'sealed to somebody else', body: toBase64(await sealText(signed(clear), stranger)) },
    { name: 'no envelope inside', body: toBase64(await sealText('hello')) },
    {
      name: 'an envelope of another type',
      body: toBase64(await sealText(signed(clear, machineKey, 'text/plain'))),
    },
    ...(await Promise.all(
      odd.map(async ([name, text]) => ({
        name: `signed: ${name}`,
        body: toBase64(
          await sealText(
            text === '\ud800'
              ? formatEnvelope(signByMachine(MESSAGE_PAYLOAD_TYPE, Buffer.from([0xff, 0xfe]), machineKey))
              : signed(text),
          ),
        ),
      })),
    )),
  ];
}

async function unsignedBodies(): Promise<readonly object[]> {
  const envelope = signByMachine(MESSAGE_PAYLOAD_TYPE, Buffer.from(clear), machineKey);
  const other = { ...envelope, payload: Buffer.from(changed('"sequence":17', '"sequence":18')) };
  return [
    { name: 'signed by another machine', body: toBase64(await sealText(signed(clear, otherKey))) },
    { name: 'signed for another content', body: toBase64(await sealText(formatEnvelope(other))) },
  ];
}

const RECEIPT = {
  v: 1,
  machine: MACHINE,
  sequence: 3,
  record: 'c4'.repeat(32),
  receivedAt: '2026-11-23T08:14:40Z',
} as const;
const CONFIRMATION = {
  v: 1,
  machine: MACHINE,
  scope: 'all',
  until: { epoch: 1, sequence: 16 },
  erasedAt: '2026-11-23T08:15:03Z',
  messages: 12,
} as const;

mkdirSync(OUT, { recursive: true });
write('sealed.json', {
  identity: IDENTITY,
  recipient,
  recipientId: hubKey.id,
  machine: MACHINE,
  /** Private, PKCS #8 DER: of these vectors and of nothing else. */
  machineKey: toBase64(machineKey.export({ type: 'pkcs8', format: 'der' })),
  machinePublicKey: toBase64(createPublicKey(machineKey).export({ type: 'spki', format: 'der' })),
  cases: [
    good,
    await sealedCase(
      'the first message of a first outbox, under no record',
      {
        message: 'tamper-alarm',
        reason: 'settings',
        items: { 'connection.alarm_code': 'settings-altered', 'connection.alarm_at': '2026-11-23T08:15:02Z' },
      },
      { ...HEAD, epoch: 0, sequence: 0, consent: 0 },
    ),
    await sealedCase('the greatest numbers', DETECTION, {
      ...HEAD,
      epoch: Number.MAX_SAFE_INTEGER,
      sequence: Number.MAX_SAFE_INTEGER,
    }),
    await sealedCase('text beyond ASCII, and an item that nothing declares: opening does not judge', {
      message: 'detection',
      reason: 'found',
      items: { 'object.threat_name': 'Trójan.Линукс.例', 'no.such_item': [1, null, { a: '\u2028' }] },
    }),
    await sealedCase('larger than one block of padding', {
      message: 'detection',
      reason: 'found',
      items: { 'object.threat_name': 'x'.repeat(5_000) },
    }),
  ],
});
write('refused.json', { bodies: await refusedBodies(), unsigned: await unsignedBodies() });
write('signed.json', {
  receiptSeed: toBase64(Buffer.alloc(32, 3)),
  receiptPublicKey: toBase64(receiptRaw),
  receipts: [{ receipt: RECEIPT, text: signReceipt(RECEIPT, receiptKey.id, receiptKey.privateKey) }],
  confirmations: [{ confirmation: CONFIRMATION, text: signConfirmation(CONFIRMATION, receiptKey) }],
});

const opened = await openSealed(Buffer.from(good.body, 'base64'), IDENTITY);
quoteInSpec([
  JSON.stringify(JSON.parse(clear), null, 2),
  formatEnvelope(opened.envelope),
  JSON.stringify({ v: 1, epoch: 1, sequence: 17, outcome: 'stored' }),
  JSON.stringify(RECEIPT),
  JSON.stringify(CONFIRMATION),
  JSON.stringify({
    v: 1,
    sequence: 3,
    sha256: RECEIPT.record,
    records: ['{"payloadType":"application/vnd.tocsin.consent+json",…}'],
  }),
]);

/** The blocks of JSON in their order, and the recipient. */
function quoteInSpec(blocks: string[]): void {
  const text = readFileSync(SPEC, 'utf8')
    .replace(/(```json\n)(?:[^`]*\n)?(```)/g, (_all, open, close) => `${open}${blocks.shift()}\n${close}`)
    .replace(
      /(to the hub's recipient\n)`[^`]*`(, whose id is\n)`[^`]*`/,
      `$1\`${recipient}\`$2\`${hubKey.id}\``,
    );
  writeFileSync(SPEC, text);
}
