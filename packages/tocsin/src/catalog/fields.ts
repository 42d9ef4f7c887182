// Reads the members of one JSON object that somebody signed, each by its rule. Members of a later version are passed
// over, a missing one is refused. It knows no format: settings.ts, policy.ts and consent-receipt.ts do.
import { TocsinError } from '../protocol/errors.ts';

/** One choice about a use of data. */
export const YES_NO = ['yes', 'no'] as const;
export type YesNo = (typeof YES_NO)[number];

export class Fields {
  readonly #what: string;
  readonly #members: Readonly<Record<string, unknown>>;

  /** `what` names the whole in errors ("policy"). Throws `format` where the value is no object. */
  constructor(what: string, value: unknown) {
    this.#what = what;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw unreadable(what, 'it is no object', 'an object');
    this.#members = value as Record<string, unknown>;
  }

  /** The object in the bytes that were signed. Throws `format`. */
  static of(what: string, payload: Uint8Array): Fields {
    return new Fields(what, Fields.json(what, payload));
  }

  /** The JSON in the bytes that were signed. Throws `format`. */
  static json(what: string, payload: Uint8Array): unknown {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    } catch (cause) {
      throw unreadable(what, 'it is no JSON', 'an object', cause);
    }
  }

  /** Throws `format` where the format is of another version. */
  version1(): void {
    if (this.#members['v'] !== 1) throw this.bad('v', '1');
  }

  get(name: string): unknown {
    return this.#members[name];
  }

  text(name: string, is: (text: string) => boolean, want: string): string {
    const value = this.#members[name];
    if (typeof value !== 'string' || !is(value)) throw this.bad(name, want);
    return value;
  }

  whole(name: string, low = 1, high: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#members[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
    throw this.bad(name, `a whole number from ${low} to ${high}`);
  }

  flag(name: string): boolean {
    const value = this.#members[name];
    if (typeof value !== 'boolean') throw this.bad(name, 'true or false');
    return value;
  }

  oneOf<const T extends readonly string[]>(name: string, values: T): T[number] {
    const value = this.#members[name];
    if (!(values as readonly unknown[]).includes(value)) throw this.bad(name, `one of ${values.join(', ')}`);
    return value as T[number];
  }

  digest(name: string): string {
    return this.text(name, (text) => /^[0-9a-f]{64}$/.test(text), 'a SHA-256 in hex');
  }

  /** ISO 3166-1 alpha-2 by its form; whether there is such a place is for jurisdictions.ts. */
  country(name: string): string {
    return this.text(name, (text) => /^[A-Z]{2}$/.test(text), 'two capital letters');
  }

  object(name: string): Fields {
    return new Fields(`${this.#what}, '${name}'`, this.#members[name]);
  }

  /** Null where the member is null, else as `read` says. */
  orNull<T>(name: string, read: (name: string) => T): T | null {
    return this.#members[name] === null ? null : read(name);
  }

  bad(name: string, want: string): TocsinError {
    return unreadable(this.#what, `its field '${name}' is wrong`, want);
  }
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** `C` of release 0.1.0 or `C.T`: the versions of a Statement. */
export function isStatementVersion(text: string): boolean {
  return /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(text);
}

function unreadable(what: string, state: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError('format', `Cannot read the ${what}: ${state}, want ${want}`, { cause });
}
