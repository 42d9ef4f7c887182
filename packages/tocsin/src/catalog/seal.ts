// What an attributed message looks like on its way (spec/message.md): one JSON text, signed by the machine, padded,
// sealed with age to the hub's recipient. The hub opens it here too. Decides nothing; only the gate calls the first.
import type { KeyObject } from 'node:crypto';
import type { Envelope } from '../protocol/dsse.ts';
import { formatEnvelope, parseEnvelope } from '../protocol/dsse.ts';
import { isKeyId } from '../protocol/ed25519.ts';
import { TocsinError } from '../protocol/errors.ts';
import { parseHex, toHex } from '../protocol/hex.ts';
import { record } from '../protocol/lookup.ts';
import { signByMachine } from '../protocol/machine-signature.ts';
import type { Edition } from './item.ts';
import { ENVELOPE_ITEMS } from './items/envelope.ts';
import type { ValueWriter } from './validate.ts';
import { compileItem } from './validate.ts';

export const MESSAGE_PAYLOAD_TYPE = 'application/vnd.tocsin.message+json';

export const SEAL_LIMITS = {
  /** A sealed body; larger content travels as a submission. */
  maxSealed: 2 * 2 ** 20,
  /** Sizes of what is sealed are multiples of this: they tell little of what is inside. */
  padTo: 1_024,
} as const;

/** "TSM1": what the first bytes of a sealed body are. */
const MAGIC = Buffer.from('TSM1');
const KEY_ID_BYTES = 16;
const HEAD = MAGIC.length + KEY_ID_BYTES;

/** What stands around a message. */
export interface EnvelopeHead {
  readonly epoch: number;
  readonly sequence: number;
  readonly consent: number;
  readonly edition: Edition;
  /** ISO 8601 in UTC, to the second. */
  readonly madeAt: string;
}

export interface SealKeys {
  readonly machine: { readonly id: string; readonly privateKey: KeyObject };
  /** From the keys document: the first of `age`. */
  readonly hub: { readonly id: string; readonly recipient: string };
}

/** The sealed bytes, and the same message as a person can read it (what is signed). Throws TypeError for a head that nothing declares. */
export async function sealMessage(
  json: string,
  head: EnvelopeHead,
  keys: SealKeys,
): Promise<{ readonly body: Uint8Array; readonly clear: string }> {
  const clear = `{"v":1,"machine":${JSON.stringify(keys.machine.id)},${headJson(head)},${json.slice(1)}`;
  const signed = formatEnvelope(
    signByMachine(MESSAGE_PAYLOAD_TYPE, Buffer.from(clear), keys.machine.privateKey),
  );
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(keys.hub.recipient);
  const sealed = await encrypter.encrypt(pad(signed));
  return { body: Buffer.concat([MAGIC, hubKeyId(keys.hub.id), sealed]), clear };
}

/** The id of the age key to which a body is sealed, first 32 hex digits as in the keys document. Throws `format`. */
export function sealKeyId(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (bytes.length <= HEAD || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw bad('it does not begin with TSM1 and the id of a key');
  if (bytes.length > SEAL_LIMITS.maxSealed) throw bad(`it is longer than ${SEAL_LIMITS.maxSealed} bytes`);
  return toHex(bytes.subarray(MAGIC.length, HEAD));
}

/** A message as it says of itself: nothing of it is true before its signature was held against the machine's key. */
export interface OpenedMessage {
  readonly envelope: Envelope;
  readonly machine: string;
  readonly head: EnvelopeHead;
  readonly message: string;
  readonly reason: string;
  readonly items: Readonly<Record<string, unknown>>;
}

/** Opens a sealed body with the age identity that `sealKeyId` names. Throws `format` for whatever is wrong with it. */
export async function openSealed(body: Uint8Array, identity: string): Promise<OpenedMessage> {
  sealKeyId(body);
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  let text: string;
  try {
    text = await decrypter.decrypt(body.subarray(HEAD), 'text');
  } catch (cause) {
    throw bad('it is not sealed to this hub, or was altered', cause);
  }
  const envelope = parseEnvelope(text.trimEnd(), SEAL_LIMITS.maxSealed);
  if (envelope.payloadType !== MESSAGE_PAYLOAD_TYPE) throw bad('what is sealed is no message');
  return { envelope, ...parseClear(envelope.payload) };
}

/** The signed JSON of a message. Throws `format` with what is wrong. */
export function parseClear(payload: Uint8Array): Omit<OpenedMessage, 'envelope'> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw bad('what is signed is no JSON', cause);
  }
  const { v, machine, epoch, sequence, consent, edition, at, message, reason, items, ...more } = record(
    value,
    'message',
  );
  if (v !== 1) throw bad('its version is not 1');
  if (Object.keys(more).length > 0) throw bad('it has a member that nothing declares');
  if (typeof machine !== 'string' || !UUID.test(machine)) throw bad("its member 'machine' is no machine id");
  const head = { epoch, sequence, consent, edition, madeAt: at } as EnvelopeHead;
  for (const [name, write] of HEAD_WRITERS)
    if (typeof write(head[name]) !== 'string') throw bad(`its member '${name}' is not of its type`);
  if (typeof message !== 'string' || typeof reason !== 'string')
    throw bad('it names no message or no reason');
  return { machine, head, message, reason, items: record(items, 'message') };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function writerOf(id: (typeof ENVELOPE_ITEMS)[number]['id']): ValueWriter {
  return compileItem(ENVELOPE_ITEMS.find((item) => item.id === id)!);
}

/** The members of the head in the order of the spec, each with the writer of its item. */
const HEAD_WRITERS: readonly (readonly [keyof EnvelopeHead, ValueWriter])[] = [
  ['epoch', writerOf('envelope.epoch')],
  ['sequence', writerOf('envelope.sequence')],
  ['consent', writerOf('envelope.consent')],
  ['edition', writerOf('envelope.edition')],
  ['madeAt', writerOf('envelope.made_at')],
];

function headJson(head: EnvelopeHead): string {
  return HEAD_WRITERS.map(([name, write]) => {
    const written = write(head[name]);
    if (typeof written !== 'string') throw new TypeError(`'${name}' of a message: ${written.why}`);
    return `"${name === 'madeAt' ? 'at' : name}":${written}`;
  }).join(',');
}

function hubKeyId(id: string): Uint8Array {
  const bytes = isKeyId(id) ? parseHex(id) : null;
  if (bytes === null) throw new TypeError('an id of an age key');
  return bytes;
}

/** Spaces behind JSON mean nothing. */
function pad(text: string): Uint8Array {
  const bytes = Buffer.byteLength(text);
  const padded = Buffer.alloc(Math.ceil(bytes / SEAL_LIMITS.padTo) * SEAL_LIMITS.padTo, 0x20);
  padded.write(text);
  return padded;
}

function bad(state: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the message: ${state}, want a sealed message of this version`,
    { cause },
  );
}
