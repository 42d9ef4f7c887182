// The one error class of the project. Every failure is first "retry or stop", then which; words follow the
// form "Cannot <do> '<value>': <state now>, want <state wanted>" and never hold a secret or a user's path.
import type { RetryAfter } from './retry-after.ts';
import { systemWords } from './system-errors.ts';

/** Why something failed, closed. `protocol/errors.ts` is the only place that adds a code. */
export type ErrorCode =
  | 'input' // the caller's words or bytes are not what was asked for
  | 'format' // a file or message is not of the format it claims to be
  | 'corrupt' // a checksum, size or structure of our own data does not hold
  | 'limit' // a named limit would be passed
  | 'not-found'
  | 'conflict' // somebody else holds the lock, or the state has moved on
  | 'denied' // authenticated, but without the right
  | 'pin' // the other side does not hold the key that was pinned
  | 'token-expired'
  | 'token-used'
  | 'token-foreign' // a join token of another hub, or none of ours
  | 'certificate' // a machine's or hub's certificate is refused, for the reason in the words
  | 'unreachable' // no answer from the other side
  | 'busy' // the other side sheds load; try later
  | 'not-joined' // this machine has no hub yet
  | 'engine' // an embedded engine does not start or answer
  | 'io';

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['conflict', 'unreachable', 'busy']);

export class TocsinError extends Error {
  readonly code: ErrorCode;
  /** When the other side wants to be asked again, where it said so. */
  readonly retryAfter: RetryAfter | null;

  constructor(
    code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly retryAfter?: RetryAfter | null },
  ) {
    super(message, options);
    this.name = 'TocsinError';
    this.code = code;
    this.retryAfter = options?.retryAfter ?? null;
  }

  /** True where the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** The words of anything thrown, in one line, for a person: nothing in it moves the cursor or colours a screen. */
export function errorWords(error: unknown): string {
  const text = systemWords(error) ?? (error instanceof Error ? error.message : String(error));
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** An error as one thread posts it to another, which cannot post a class. */
export interface Failure {
  readonly code: ErrorCode;
  readonly words: string;
}

export function failureOf(error: unknown): Failure {
  return { code: error instanceof TocsinError ? error.code : 'io', words: errorWords(error) };
}

/** Foreign text for a terminal: no control or formatting characters (they could move the cursor or forge lines). */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

/** Foreign text as an error may quote it: printable ASCII, everything else `?`, cut to `max` characters. */
export function shown(text: string, max = 40): string {
  const head = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return head.replace(/[^\x20-\x7e…]/g, '?');
}

/** Ends a `switch` over a closed union: compiling proves that every kind was handled. */
export function never(value: never): never {
  throw new TypeError(`unhandled case ${JSON.stringify(value)}`);
}
