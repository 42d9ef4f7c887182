// Reads the hub's event stream (text/event-stream, WHATWG HTML section 9.2), bounded: a line or an event
// beyond the limit ends the stream. Must not act on events.
import { TocsinError } from '../../protocol/errors.ts';

export interface HubEvent {
  /** Type; `message` where the hub named none. */
  readonly event: string;
  readonly data: string;
  /** Last id seen on this stream, to go on from. */
  readonly id: string;
}

/** Push parser: `push` calls `onEvent` for each whole event; a stream that ends inside one drops it. */
export class EventParser {
  readonly #onEvent: (event: HubEvent) => void;
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  #event = '';
  #data: string[] = [];
  #size = 0;
  #id = '';

  constructor(onEvent: (event: HubEvent) => void, maxBytes: number) {
    this.#onEvent = onEvent;
    this.#maxBytes = maxBytes;
  }

  /** Throws `limit` where an event is longer than allowed; the stream is of no use then. */
  push(chunk: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    this.#bound(this.#rest.length);
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return; // comment: the hub's sign of life
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'data') this.#data.push(value);
    this.#size += line.length + 1;
    this.#bound(0);
  }

  #dispatch(): void {
    const data = this.#data;
    const event = this.#event || 'message';
    this.#data = [];
    this.#event = '';
    this.#size = 0;
    if (data.length > 0) this.#onEvent({ event, data: data.join('\n'), id: this.#id });
  }

  #bound(more: number): void {
    if (this.#size + more > this.#maxBytes)
      throw new TocsinError('limit', `Cannot read the hub's events: one is longer than ${this.#maxBytes}`);
  }
}
