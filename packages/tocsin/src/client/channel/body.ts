// Reads the body of an answer into memory, with a limit on its size and on silence. Must not trust
// Content-Length: bytes are counted as they come.
import type { IncomingMessage } from 'node:http';
import { TocsinError } from '../../protocol/errors.ts';

/** The whole body. Throws `limit` beyond `maxBytes`, `unreachable` where it breaks off or falls silent. */
export async function collect(
  response: IncomingMessage,
  maxBytes: number,
  silenceMs: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const counter = new ByteCounter(maxBytes, "Cannot read the hub's answer");
  for await (const chunk of counter.pass(quietly(response, silenceMs))) chunks.push(chunk);
  return Buffer.concat(chunks, counter.bytes);
}

/** Counts what passes and ends it at the limit: what a hub says of a size is not believed. */
export class ByteCounter {
  bytes = 0;
  readonly #max: number;
  readonly #what: string;

  constructor(max: number, what: string) {
    this.#max = max;
    this.#what = what;
  }

  /** The chunks as they come; throws `limit` instead of the one that passes it. */
  async *pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (this.bytes + chunk.length > this.#max)
        throw new TocsinError(
          'limit',
          `${this.#what}: it is longer than ${this.#max} bytes, want at most that`,
        );
      this.bytes += chunk.length;
      yield chunk;
    }
  }
}

/** The chunks of a body; throws `unreachable` where it breaks off, or where nothing comes for `silenceMs`. */
export async function* quietly(response: IncomingMessage, silenceMs: number): AsyncGenerator<Buffer> {
  const timer = setTimeout(() => response.destroy(new Error('silence')), silenceMs);
  try {
    for await (const chunk of response) {
      timer.refresh();
      yield chunk as Buffer;
    }
  } catch (cause) {
    if (cause instanceof TocsinError || (cause as Error).name === 'AbortError') throw cause;
    throw new TocsinError('unreachable', "Cannot read the hub's answer: it broke off, want it whole", {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}
