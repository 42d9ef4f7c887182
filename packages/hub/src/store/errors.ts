// PostgreSQL's failures in our words: is it worth trying again. What is a mistake in our SQL, or a constraint that
// a caller asks about, passes unchanged.
import pg from 'pg';
import { TocsinError } from 'tocsin/protocol/errors.ts';

/** The five characters by which PostgreSQL says what failed, or null where it did not come from it. */
export function sqlState(error: unknown): string | null {
  // Not by the look of `code`: EPIPE has five characters too.
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** True where a row with that key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** True where the transaction lost against another one and would pass when run again. */
export function isSerializationFailure(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** True where no server was reached, or it went away. Whether a sent statement took effect is then unknown. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return state.startsWith('08') || /^57P0[1-3]$/.test(state);
  if (!(error instanceof Error)) return false;
  if (
    'code' in error &&
    /^(ECONN|ENOENT|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|EHOSTUNREACH)/.test(String(error.code))
  )
    return true;
  return /Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable/i.test(
    error.message,
  );
}

/** The error to throw on for what a query threw. */
export function storeError(error: unknown): unknown {
  if (error instanceof TocsinError) return error;
  if (isConnectionLoss(error)) {
    return new TocsinError(
      'unreachable',
      'Cannot reach the record store: the PostgreSQL server does not answer, want it running',
      {
        cause: error,
      },
    );
  }
  if (isSerializationFailure(error)) {
    return new TocsinError(
      'conflict',
      'Cannot write to the record store: another change came first, want the call repeated',
      {
        cause: error,
      },
    );
  }
  switch (sqlState(error)) {
    case '53300':
      return new TocsinError(
        'busy',
        'Cannot reach the record store: all its connections are taken, want one free',
        { cause: error },
      );
    case '53100':
      return new TocsinError('io', 'Cannot write to the record store: its disk is full, want room', {
        cause: error,
      });
    case '55P03':
      return new TocsinError(
        'conflict',
        'Cannot get a lock of the record store: another process holds it, want it released',
        {
          cause: error,
        },
      );
    case '28P01':
    case '28000':
    case '3D000':
      return new TocsinError(
        'denied',
        'Cannot open the record store: the server refuses this user, password or database, want --database-url with ones it knows',
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
