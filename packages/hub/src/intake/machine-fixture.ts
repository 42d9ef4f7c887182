// For tests only: a machine that signs and seals by hand, over TLS connections of its own. Nothing of the client is
// used beyond what makes its bytes.
import type { KeyObject, X509Certificate } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { Encrypter } from 'age-encryption';
import { itemOf, itemsFor, messageOf } from 'tocsin/catalog/catalog.ts';
import type { Choice, ConsentRecord, SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { signRecord } from 'tocsin/catalog/consent-record.ts';
import { acceptedList } from 'tocsin/catalog/fingerprint.ts';
import type { Edition } from 'tocsin/catalog/item.ts';
import { isEnvelopeItem } from 'tocsin/catalog/items/envelope.ts';
import type { EnvelopeHead } from 'tocsin/catalog/seal.ts';
import { MESSAGE_PAYLOAD_TYPE, sealMessage } from 'tocsin/catalog/seal.ts';
import { itemsOfStatement } from 'tocsin/catalog/statement/statement.ts';
import { makeMachineKey, makeRequest, readAnswer } from 'tocsin/client/channel/csr.ts';
import { parseBase64Url } from 'tocsin/protocol/base64.ts';
import { machineOfCertificate } from 'tocsin/protocol/certificates.ts';
import { formatEnvelope } from 'tocsin/protocol/dsse.ts';
import { signByMachine } from 'tocsin/protocol/machine-signature.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into foreign JSON
  readonly json: any;
}

/** What a message is besides its number. */
export interface Draft {
  readonly message: string;
  readonly reason: string;
  readonly items: Readonly<Record<string, unknown>>;
}

/** A message with the examples of all items that may leave in it at a level. */
export function exampleOf(
  id: string,
  level: 'standard' | 'extended' = 'standard',
  edition: Edition = 'basic',
): Draft {
  const message = messageOf(id)!;
  const allowed = new Set(itemsFor(edition, level));
  const items = message.items.filter((item) => allowed.has(item) && !isEnvelopeItem(item));
  return {
    message: id,
    reason: Object.keys(message.reasons)[0]!,
    items: Object.fromEntries(items.map((item) => [item, itemOf(item)!.example])),
  };
}

export class TestMachine {
  readonly id: string;
  readonly key: string;
  readonly certificate: string;
  readonly #port: number;
  readonly #keys: KeyRing;
  readonly #world: World;
  /** All records that this machine made, oldest first. */
  readonly records: SignedRecord[] = [];
  epoch = 1;
  sequence = 0;
  edition: Edition = 'basic';

  constructor(port: number, key: string, certificate: X509Certificate, keys: KeyRing, world: World) {
    this.id = machineOfCertificate(certificate)!;
    this.key = key;
    this.certificate = certificate.toString();
    this.#port = port;
    this.#keys = keys;
    this.#world = world;
  }

  static async join(port: number, token: string, keys: KeyRing, world: World): Promise<TestMachine> {
    const key = makeMachineKey();
    const secret = parseBase64Url(token.split('.')[2] ?? '');
    const { status, text } = await call(port, 'POST', '/.well-known/est/simpleenroll', {
      headers: {
        authorization: `Bearer ${Buffer.from(secret ?? []).toString('base64url')}`,
        'content-type': 'application/pkcs10',
      },
      body: Buffer.from(await makeRequest(key)),
    });
    if (status !== 200) throw new Error(`joining was answered ${status}: ${text}`);
    return new TestMachine(port, key, await readAnswer(Buffer.from(text), key), keys, world);
  }

  get privateKey(): KeyObject {
    return createPrivateKey(this.key);
  }

  get now(): string {
    return `${new Date(this.#world.clock.now()).toISOString().slice(0, 19)}Z`;
  }

  /** Sequence of its newest record. */
  get consent(): number {
    return this.records.at(-1)?.record.sequence ?? 0;
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return call(this.#port, method, path, { ...options, key: this.key, cert: this.certificate });
  }

  /** Signs a choice and keeps it as its newest. */
  choose(value: string, change: Partial<ConsentRecord> = {}, terms: string | null = null): SignedRecord {
    const choice: Choice = change.choice ?? 'participation';
    const level = value === 'extended' ? 'extended' : value === 'standard' ? 'standard' : 'off';
    const participation = {
      edition: this.edition,
      accepted: level === 'off' ? [] : acceptedList(itemsOfStatement(this.edition, level)),
    };
    const record = {
      v: 1,
      sequence: this.consent + 1,
      previous: this.records.at(-1)?.sha256 ?? null,
      machine: this.id,
      at: this.now,
      by: 'person',
      policy: null,
      jurisdiction: null,
      regime: 'opt-in',
      statement: level === 'off' ? null : { version: '2.1', sha256: 'ab'.repeat(32), language: 'en' },
      terms,
      choice,
      value,
      ...(choice === 'participation' ? participation : {}),
      ...change,
    } as unknown as ConsentRecord;
    const signed = signRecord(record, this.privateKey);
    this.records.push(signed);
    return signed;
  }

  /** The head of its next message. */
  nextHead(change: Partial<EnvelopeHead> = {}): EnvelopeHead {
    this.sequence++;
    return {
      epoch: this.epoch,
      sequence: this.sequence,
      consent: this.consent,
      edition: this.edition,
      madeAt: this.now,
      ...change,
    };
  }

  /** `as`: the id that it claims, for forgeries. */
  async sealed(draft: Draft, head: EnvelopeHead = this.nextHead(), as = this.id): Promise<Uint8Array> {
    const { message, reason, items } = draft;
    const machine = { id: as, privateKey: this.privateKey };
    const hub = this.#keys.keys.document.age[0]!;
    return (await sealMessage(JSON.stringify({ message, reason, items }), head, { machine, hub })).body;
  }

  /** Signs and seals whatever bytes, as a message is. */
  async sealedClear(clear: Uint8Array): Promise<Uint8Array> {
    const { id, recipient } = this.#keys.keys.document.age[0]!;
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const text = formatEnvelope(signByMachine(MESSAGE_PAYLOAD_TYPE, clear, this.privateKey));
    return Buffer.concat([Buffer.from('TSM1'), Buffer.from(id, 'hex'), await encrypter.encrypt(text)]);
  }

  /** Seals and sends; the same `head` again is the same message again. */
  async send(draft: Draft, head?: EnvelopeHead): Promise<Answer> {
    return this.sendBody(await this.sealed(draft, head));
  }

  sendBody(body: Uint8Array): Promise<Answer> {
    const headers = { 'content-type': 'application/vnd.tocsin.sealed' };
    return this.call('POST', '/v1/messages', { headers, body: Buffer.from(body) });
  }

  /** Shows a record to the hub. */
  sendRecord({ text }: Pick<SignedRecord, 'text'>, reason = 'given'): Promise<Answer> {
    const items = { 'connection.consent_record': Buffer.from(text).toString('base64') };
    return this.send({ message: 'consent-receipt-request', reason, items });
  }

  askErasure(scope = 'all', record?: SignedRecord, head?: EnvelopeHead): Promise<Answer> {
    const items = {
      'connection.erasure_scope': scope,
      ...(record === undefined
        ? {}
        : { 'connection.consent_record': Buffer.from(record.text).toString('base64') }),
    };
    const reason = record === undefined ? 'asked' : 'withdrawn';
    return this.send({ message: 'erasure-request', reason, items }, head);
  }
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly key?: string;
  readonly cert?: string;
}

/** One HTTPS request on a connection of its own, as whoever. */
export function call(port: number, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { headers = {}, body, key, cert } = options;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, ...(body ? { 'content-length': body.length } : {}) },
        rejectUnauthorized: false,
        agent: false,
        ...(key ? { key, cert } : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
