// One connection of the load generator: one request at a time, and its answer, of which it knows the length before it comes
// and looks at the beginning only. So it spends next to nothing on reading. It never asks again: what fails, fails the run.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { shown } from 'tocsin/protocol/errors.ts';
import type { Hello, Identity, LoadOrder } from './order.ts';

type Fail = (error: Error) => void;

export class Line {
  readonly #socket: Socket;
  readonly #begins: Buffer;
  readonly #fail: Fail;
  #left = 0;
  #answer = 0;
  #answered: () => void = () => {};

  /** Of an open connection. `fail` is called where an answer is not what it must be, or the other end closes. */
  constructor(socket: Socket, begins: string, fail: Fail) {
    this.#socket = socket;
    this.#begins = Buffer.from(begins, 'latin1');
    this.#fail = fail;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('close', () => fail(new Error('the other end closed')));
  }

  /** One at a time: `answered` is called when all bytes of the answer have come. */
  ask(request: Uint8Array, answer: number, answered: () => void): void {
    this.#left = answer;
    this.#answer = answer;
    this.#answered = answered;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #onData(chunk: Buffer): void {
    const isBeginning = this.#left !== this.#answer || this.#isBeginning(chunk);
    this.#left -= chunk.length;
    if (!isBeginning)
      this.#fail(new Error(`an answer begins with '${shown(chunk.toString('latin1', 0, 40))}'`));
    else if (this.#left < 0) this.#fail(new Error(`an answer is ${-this.#left} bytes too long`));
    else if (this.#left === 0) this.#answered();
  }

  #isBeginning(chunk: Buffer): boolean {
    const size = Math.min(chunk.length, this.#begins.length);
    return this.#begins.compare(chunk, 0, size, 0, size) === 0;
  }
}

/** Connects as `identity`, and says hello where that is wanted. */
export async function openLine(order: LoadOrder, identity: Identity | null, fail: Fail): Promise<Line> {
  const socket = await connected(order, identity);
  socket.on('error', fail);
  if (order.hello !== null) await sayHello(socket, order.hello);
  return new Line(socket, order.requests.begins, fail);
}

function connected({ to }: LoadOrder, identity: Identity | null): Promise<Socket> {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', noDelay: true, ...to };
    const socket: Socket =
      identity === null
        ? connectTcp(options, () => done(socket))
        : connectTls({ ...options, ...identity, rejectUnauthorized: false }, () => done(socket));
    socket.once('error', fail);
  });
}

async function sayHello(socket: Socket, { says, ends }: Hello): Promise<void> {
  for (const words of says) {
    socket.write(words, 'latin1');
    let heard = '';
    await new Promise<void>((done, fail) => {
      const onEnd = (): void => fail(new Error(`the other end closed after '${heard.slice(0, 200)}'`));
      const onData = (chunk: Buffer): void => {
        heard += chunk.toString('latin1');
        if (!heard.endsWith(ends)) return;
        socket.off('data', onData).off('close', onEnd);
        done();
      };
      socket.on('data', onData).on('close', onEnd);
    });
  }
}
