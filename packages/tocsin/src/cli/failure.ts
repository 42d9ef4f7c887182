// Turns anything thrown into one sentence and a hint on stderr, and an exit status. Never a stack for a person
// (TOCSIN_TRACE=1 shows it to who asks).
import type { ErrorCode } from '../protocol/errors.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import { systemWords } from '../protocol/system-errors.ts';
import type { Terminal } from './terminal.ts';

/** 0 nothing found; 1 something was found; 2 it could not be done; 130 stopped by Ctrl-C. */
export const EXIT = { ok: 0, found: 1, failed: 2, interrupted: 130 } as const;

/** An error with a hint of its own. */
export class HintedError extends TocsinError {
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string) {
    super(code, message);
    this.hint = hint;
  }
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'not-joined': "run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'",
  pin: "if the hub was really set up anew, run 'tocsin rejoin URL TOKEN' with a token that its operator gave you; if not, somebody may stand in between",
  'token-expired': "ask the hub's operator for a new token ('tocsin-hub token')",
  'token-used': "a token admits one machine; ask the hub's operator for a new one ('tocsin-hub token')",
  'token-foreign': "check that address and token are of the same hub ('tocsin-hub token' prints both)",
  certificate:
    "check this machine's date and time ('date'); if they are right, run 'tocsin rejoin URL TOKEN'",
  unreachable:
    "check the address, the network, and that the hub runs; 'tocsin status' shows what works without it",
  busy: 'try again in a minute',
  corrupt: "run 'tocsin status': it shows what is damaged, and how to mend it",
};

/** Tells the failure and returns the exit status. */
export function tellFailure(terminal: Terminal, error: unknown): number {
  terminal.note(`${terminal.styleError('red', 'tocsin:')} ${errorWords(error)}`);
  const hint = hintFor(error);
  if (hint !== null) terminal.hint(hint);
  if (process.env['TOCSIN_TRACE'] === '1') terminal.note(String((error as Error | null)?.stack));
  return EXIT.failed;
}

function hintFor(error: unknown): string | null {
  if (error instanceof HintedError) return error.hint;
  if (error instanceof TocsinError) return HINTS[error.code] ?? null;
  if (systemWords(error) !== null) return null;
  return 'this is a mistake in tocsin; with TOCSIN_TRACE=1 it shows where';
}
