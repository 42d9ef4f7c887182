// Drives a Firefox by its own remote protocol, Marionette: messages `LENGTH:JSON` over TCP, one command at a time.
import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** What a command answered, or threw. */
export class MarionetteError extends Error {}

export class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #received = Buffer.alloc(0);
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new MarionetteError('the browser is gone'));
    });
  }

  /** A session of its own; throws where nobody listens. */
  static async connect(port: number): Promise<Marionette> {
    const socket = connect({ host: '127.0.0.1', port });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const marionette = new Marionette(socket);
    await marionette.send('WebDriver:NewSession', { pageLoadStrategy: 'normal' });
    return marionette;
  }

  async send(command: string, parameters: object = {}): Promise<unknown> {
    const id = ++this.#id;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    const text = JSON.stringify([0, id, command, parameters]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return await answer.promise;
  }

  /** Runs in the browser itself, with all its rights; `resolve` ends it. */
  async inBrowser(script: string, args: readonly unknown[] = []): Promise<unknown> {
    await this.send('Marionette:SetContext', { value: 'chrome' });
    try {
      const answer = await this.send('WebDriver:ExecuteAsyncScript', {
        script: `const resolve = arguments[arguments.length - 1];\n${script}`,
        args,
      });
      return (answer as { readonly value: unknown }).value;
    } finally {
      await this.send('Marionette:SetContext', { value: 'content' });
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const length = Number(this.#received.toString('latin1', 0, Math.max(0, colon)));
      if (colon < 1 || this.#received.length < colon + 1 + length) return;
      const message: unknown = JSON.parse(this.#received.toString('utf8', colon + 1, colon + 1 + length));
      this.#received = this.#received.subarray(colon + 1 + length);
      if (Array.isArray(message)) this.#answer(message);
    }
  }

  #answer([, id, error, result]: readonly unknown[]): void {
    const waiting = this.#waiting.get(id as number);
    this.#waiting.delete(id as number);
    if (error === null) waiting?.resolve(result);
    else waiting?.reject(new MarionetteError(JSON.stringify(error)));
  }
}
