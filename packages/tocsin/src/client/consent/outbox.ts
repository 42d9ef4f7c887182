// The outbox as a withdrawal sees it. It is opened only where there is one, or where somebody withdraws: a file that is
// gone is no proof that nothing was sent.
import { existsSync, rmSync } from 'node:fs';
import { TocsinError } from '../../protocol/errors.ts';
import type { Home } from '../state/home.ts';
import type { Outbox } from './places.ts';
import { receiptsOf } from './places.ts';

type Place = Pick<Home, 'directory' | 'spool' | 'cache'>;

/** What is used of client/outbox/spool.ts. */
export interface WithdrawableSpool {
  readonly erasure: { readonly at: string; readonly record?: string | null } | null;
  isSettled(record: string): boolean;
  /** Empties it, queues the request to erase with this signed record, destroys its key; durable on return. */
  withdraw(reason: 'withdrawn', scope: 'all', record: string): unknown;
}

export interface SpoolOpener {
  /** The same one each time; made where there is none. */
  open(): WithdrawableSpool;
  /** In its place a new one, and what waited is gone (`Spool.openAnew`). */
  openAnew(): WithdrawableSpool;
}

/** The outbox of a home. */
export function outboxOf(home: Place, opener: SpoolOpener): () => Outbox {
  return () => (existsSync(home.spool) ? over(home, opener) : missing(home, opener));
}

/** None was ever needed, or it was removed: where the hub once countersigned something, something was sent. */
function missing(home: Place, opener: SpoolOpener): Outbox {
  return {
    erasure: null,
    isSettled: () => false,
    withdraw: ({ text }) => {
      const spool = existsSync(receiptsOf(home)) ? opener.openAnew() : opener.open();
      spool.withdraw('withdrawn', 'all', text);
    },
  };
}

function over(home: Place, opener: SpoolOpener): Outbox {
  return {
    get erasure() {
      const { erasure } = opener.open();
      return erasure && { record: erasure.record ?? null };
    },
    isSettled: ({ text }) => opener.open().isSettled(text),
    withdraw: ({ text }) => {
      try {
        opener.open().withdraw('withdrawn', 'all', text);
      } catch (error) {
        if (!(error instanceof TocsinError && error.code === 'io')) throw error;
        makeRoom(home);
        opener.openAnew().withdraw('withdrawn', 'all', text);
      }
    },
  };
}

/** Most likely the disk is full. To lose the cache of scans costs time, and to keep a no costs nobody anything. */
function makeRoom({ cache }: Place): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(cache + suffix, { force: true });
}
