// How a hub is asked by hand in `bench lookup`: as a machine, over one connection, to read answers before their sizes and
// contents are relied on. What is measured is asked by load.ts.
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import type { Identity } from './order.ts';

export interface Answer {
  readonly status: number;
  /** Of the whole answer, head and body. */
  readonly bytes: number;
  readonly head: string;
  readonly body: Buffer;
}

export function packedRequest(body: Buffer): Buffer {
  const head = [
    'POST /v1/lookup HTTP/1.1',
    'host: 127.0.0.1',
    `content-type: ${PACKED_TYPES.request}`,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

export function singleRequest(key: Uint8Array): Buffer {
  return objectRequest(`sha256:${Buffer.from(key).toString('hex')}`);
}

export function objectRequest(id: string): Buffer {
  return Buffer.from(`GET /v1/objects/${id} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
}

export class Asker {
  readonly #socket: TLSSocket;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  static async open(port: number, identity: Identity): Promise<Asker> {
    const socket = connect({ host: '127.0.0.1', port, ...identity, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new Asker(socket);
  }

  /** One request, one answer, which must say its `content-length`. */
  async ask(request: Buffer): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let got = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      got = Buffer.concat([got, chunk]);
      const answer = answerOf(got);
      if (answer !== null) resolve(answer);
    };
    const onClose = (): void =>
      reject(new TocsinError('format', 'Cannot ask the hub: it closed before the end of its answer'));
    this.#socket.on('data', onData).on('close', onClose).once('error', reject);
    this.#socket.write(request);
    try {
      return await promise;
    } finally {
      this.#socket.off('data', onData).off('close', onClose).off('error', reject);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Null while there is more to come. */
function answerOf(got: Buffer): Answer | null {
  const end = got.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = got.toString('latin1', 0, end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head);
  const length = /^content-length: (\d+)\r?$/im.exec(head);
  if (status === null || length === null)
    throw new TocsinError('format', `Cannot read the hub's answer: it begins '${head.slice(0, 80)}'`);
  if (got.length < end + 4 + Number(length[1])) return null;
  return { status: Number(status[1]), bytes: got.length, head, body: got.subarray(end + 4) };
}
