// Opens what one side of a recorded TLS 1.3 connection sent, with the secrets of a key log (RFC 8446 sections 5.2 and
// 7.3; the key log as in draft-ietf-tls-keylogfile). For tests: it is how a test sees the very bytes that left.
import { createDecipheriv, createHmac } from 'node:crypto';

/** Client random (hex) -> label -> secret. */
export type KeyLog = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

export function parseKeyLog(text: string): KeyLog {
  const log = new Map<string, Map<string, Buffer>>();
  for (const line of text.split('\n')) {
    const [label, random, secret] = line.split(' ');
    if (label === undefined || random === undefined || secret === undefined) continue;
    const of = log.get(random) ?? new Map<string, Buffer>();
    of.set(label, Buffer.from(secret, 'hex'));
    log.set(random, of);
  }
  return log;
}

const SUITES: Readonly<
  Record<number, { readonly hash: string; readonly key: number; readonly cipher: string }>
> = {
  4865: { hash: 'sha256', key: 16, cipher: 'aes-128-gcm' },
  4866: { hash: 'sha384', key: 32, cipher: 'aes-256-gcm' },
  4867: { hash: 'sha256', key: 32, cipher: 'chacha20-poly1305' },
};

const HANDSHAKE = 22;
const APPLICATION = 23;

/** Application data that the client sent. `client` and `server`: all bytes of either direction. Throws where it cannot be opened. */
export function openClientData(client: Buffer, server: Buffer, log: KeyLog): Buffer {
  const hello = records(client)[0];
  if (hello === undefined || hello.type !== HANDSHAKE) return Buffer.alloc(0);
  const random = hello.body.toString('hex', 6, 38);
  const secrets = log.get(random);
  const suite = SUITES[cipherSuite(server)];
  if (secrets === undefined || suite === undefined) throw new Error('no secrets for this connection');
  const readers = ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0'].map(
    (label) => new RecordReader(suite, secrets.get(label) ?? Buffer.alloc(0)),
  );
  const data: Buffer[] = [];
  for (const { type, head, body } of records(client)) {
    if (type !== APPLICATION) continue;
    while (readers.length > 0) {
      const opened = readers[0]!.open(head, body);
      if (opened !== null) {
        if (opened.type === APPLICATION) data.push(opened.content);
        break;
      }
      readers.shift(); // the next secret begins with this record
    }
    if (readers.length === 0) throw new Error('a record does not open with the secrets of the key log');
  }
  return Buffer.concat(data);
}

interface TlsRecord {
  readonly type: number;
  readonly head: Buffer;
  readonly body: Buffer;
}

function records(stream: Buffer): readonly TlsRecord[] {
  const found: TlsRecord[] = [];
  for (let at = 0; at + 5 <= stream.length; ) {
    const length = stream.readUInt16BE(at + 3);
    if (at + 5 + length > stream.length) break;
    found.push({
      type: stream[at]!,
      head: stream.subarray(at, at + 5),
      body: stream.subarray(at + 5, at + 5 + length),
    });
    at += 5 + length;
  }
  return found;
}

/** Of the last ServerHello that is in clear: a HelloRetryRequest comes before it. */
function cipherSuite(server: Buffer): number {
  const hello = records(server)
    .filter(({ type, body }) => type === HANDSHAKE && body[0] === 2)
    .at(-1);
  if (hello === undefined) throw new Error('no ServerHello');
  const session = hello.body[38]!;
  return hello.body.readUInt16BE(39 + session);
}

class RecordReader {
  readonly #cipher: string;
  readonly #key: Buffer;
  readonly #iv: Buffer;
  #sequence = 0n;

  constructor({ hash, key, cipher }: (typeof SUITES)[number], secret: Buffer) {
    this.#cipher = cipher;
    this.#key = expandLabel(hash, secret, 'key', key);
    this.#iv = expandLabel(hash, secret, 'iv', 12);
  }

  /** Null where the record is not of this secret. */
  open(head: Buffer, body: Buffer): { readonly type: number; readonly content: Buffer } | null {
    const nonce = Buffer.from(this.#iv);
    const counter = Buffer.alloc(12);
    counter.writeBigUInt64BE(this.#sequence, 4);
    for (let i = 0; i < 12; i++) nonce[i]! ^= counter[i]!;
    const decipher = createDecipheriv(this.#cipher as 'aes-256-gcm', this.#key, nonce, { authTagLength: 16 });
    decipher.setAAD(head).setAuthTag(body.subarray(-16));
    const plain = decipher.update(body.subarray(0, -16));
    try {
      decipher.final();
    } catch {
      return null;
    }
    this.#sequence++;
    let end = plain.length;
    while (end > 0 && plain[end - 1] === 0) end--;
    return { type: plain[end - 1] ?? 0, content: plain.subarray(0, end - 1) };
  }
}

/** HKDF-Expand-Label of RFC 8446 section 7.1, with an empty context. */
function expandLabel(hash: string, secret: Buffer, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Buffer.from([length >> 8, length & 0xff, full.length]),
    full,
    Buffer.from([0]),
  ]);
  let block = Buffer.alloc(0);
  let out = Buffer.alloc(0);
  for (let i = 1; out.length < length; i++) {
    block = createHmac(hash, secret)
      .update(block)
      .update(info)
      .update(Buffer.from([i]))
      .digest();
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, length);
}
