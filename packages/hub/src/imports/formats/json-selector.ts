// Chosen values out of a run of JSON tokens. Only values below a chosen path are built; everything else is
// checked for form and forgotten. Depth and size of what is built are limited.
import { TokenType } from '@streamparser/json';
import { IMPORT_LIMITS } from '../config.ts';

/** Where a value stands: object keys and array indexes from the top. */
export type JsonPath = readonly (string | number)[];

export interface JsonToken {
  readonly token: TokenType;
  readonly value: unknown;
  readonly offset: number;
}

/** What is wrong with the tokens, in words for a person; the caller adds the format. */
export class JsonFault extends Error {}

interface Selector {
  readonly children: Map<string, Selector>;
  chosen: boolean;
}

/** An open array or object. */
interface Frame {
  readonly array: boolean;
  /** Selectors that reach as deep as this container; none once a value is being built. */
  readonly reached: readonly Selector[];
  /** The container being built, or null where it is only passed over. */
  readonly built: unknown[] | Record<string, unknown> | null;
  /** Of the member that comes or is being read. */
  key: string | number;
}

type State = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'over';

export class JsonSelector {
  readonly #onValue: (value: unknown, path: JsonPath) => void;
  readonly #root: Selector = { children: new Map(), chosen: false };
  readonly #frames: Frame[] = [];
  #state: State = 'value';
  /** Offset at which the value being built begins, and its tokens so far. */
  #began = 0;
  #tokens = 0;
  /** The first keys of the top object, to tell what kind of file it is. */
  readonly topKeys: string[] = [];

  /** `paths`: keys with dots between, `*` for any one key or index (`response.*.Event`). */
  constructor(paths: readonly string[], onValue: (value: unknown, path: JsonPath) => void) {
    this.#onValue = onValue;
    for (const path of paths) {
      let at = this.#root;
      for (const key of path.split('.')) {
        const child = at.children.get(key) ?? { children: new Map<string, Selector>(), chosen: false };
        at.children.set(key, child);
        at = child;
      }
      at.chosen = true;
    }
  }

  /** True once the top value is closed. */
  get over(): boolean {
    return this.#state === 'over';
  }

  /** Throws `JsonFault` where the token cannot stand here, or a limit would be passed. */
  write({ token, value, offset }: JsonToken): void {
    const frame = this.#frames.at(-1);
    if (frame?.built != null) this.#checkSize(offset);
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        this.#enter(token === TokenType.LEFT_BRACKET, frame, offset);
        return;
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        this.#leave(token === TokenType.RIGHT_BRACKET, frame);
        return;
      case TokenType.COLON:
        this.#expect('colon');
        this.#state = 'value';
        return;
      case TokenType.COMMA:
        this.#expect('comma or end');
        if (frame!.array) frame!.key = (frame!.key as number) + 1;
        this.#state = frame!.array ? 'value' : 'key';
        return;
      default:
        if (this.#state === 'key' || this.#state === 'key or end') this.#name(token, value, frame!);
        else this.#scalar(value, frame);
    }
  }

  #checkSize(offset: number): void {
    const { maxJsonValueBytes, maxJsonValueTokens } = IMPORT_LIMITS;
    if (offset - this.#began > maxJsonValueBytes)
      throw new JsonFault(`a value is larger than ${maxJsonValueBytes} bytes`);
    if (++this.#tokens > maxJsonValueTokens)
      throw new JsonFault(`a value has over ${maxJsonValueTokens} parts`);
  }

  #name(token: TokenType, value: unknown, frame: Frame): void {
    if (token !== TokenType.STRING) throw misplaced();
    frame.key = value as string;
    if (this.#frames.length === 1 && this.topKeys.length < 16 && frame.key.length < 64)
      this.topKeys.push(frame.key);
    this.#state = 'colon';
  }

  #enter(array: boolean, parent: Frame | undefined, offset: number): void {
    this.#expect('value', 'value or end');
    if (this.#frames.length >= IMPORT_LIMITS.maxJsonDepth)
      throw new JsonFault(`it is nested deeper than ${IMPORT_LIMITS.maxJsonDepth} levels`);
    const building = parent?.built != null;
    const reached = building ? [] : this.#reach(parent);
    const chosen = reached.some((selector) => selector.chosen);
    if (chosen && !building) {
      this.#began = offset;
      this.#tokens = 0;
    }
    // Objects without prototype: a key `__proto__` is a key like any other.
    const fresh = array ? [] : (Object.create(null) as Record<string, unknown>);
    this.#frames.push({ array, reached, built: building || chosen ? fresh : null, key: array ? 0 : '' });
    this.#state = array ? 'value or end' : 'key or end';
  }

  #leave(array: boolean, frame: Frame | undefined): void {
    this.#expect('comma or end', array ? 'value or end' : 'key or end');
    if (frame === undefined || frame.array !== array) throw misplaced();
    this.#frames.pop();
    this.#finish(frame.built, frame.reached, this.#frames.at(-1));
  }

  #scalar(value: unknown, parent: Frame | undefined): void {
    this.#expect('value', 'value or end');
    this.#finish(value, parent?.built != null ? [] : this.#reach(parent), parent);
  }

  /** A value is whole: it goes into the container being built, or out where it was chosen itself. */
  #finish(value: unknown, reached: readonly Selector[], parent: Frame | undefined): void {
    if (parent?.built != null) (parent.built as Record<string | number, unknown>)[parent.key] = value;
    else if (reached.some((selector) => selector.chosen))
      this.#onValue(
        value,
        this.#frames.map((frame) => frame.key),
      );
    this.#state = parent === undefined ? 'over' : 'comma or end';
  }

  /** The selectors that reach the member which `parent` is reading. */
  #reach(parent: Frame | undefined): readonly Selector[] {
    if (parent === undefined) return [this.#root];
    const found: Selector[] = [];
    for (const { children } of parent.reached) {
      const exact = children.get(String(parent.key));
      const any = children.get('*');
      if (exact !== undefined) found.push(exact);
      if (any !== undefined && any !== exact) found.push(any);
    }
    return found;
  }

  #expect(...states: readonly State[]): void {
    if (!states.includes(this.#state)) throw misplaced();
  }
}

function misplaced(): JsonFault {
  return new JsonFault('it is no valid JSON');
}
