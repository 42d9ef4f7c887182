// What the hub's own thread and its look-up threads (threads.ts, thread.ts) say to each other.
import type { IndexData } from 'tocsin/lists/key-index.ts';
import type { Failure } from 'tocsin/protocol/errors.ts';
import type { Listen } from '../settings-values.ts';
import type { DatabaseSource } from '../store/database.ts';
import type { IndexWant } from './index-maker.ts';

/** With what a thread begins. */
export interface ThreadOrder {
  readonly data: string;
  readonly database: DatabaseSource;
  readonly listen: Listen;
}

export type FromThread =
  | { readonly kind: 'ready'; readonly port: number }
  | ({ readonly kind: 'failed' } & Failure)
  | { readonly kind: 'take'; readonly id: number; readonly want: IndexWant }
  | { readonly kind: 'give-back'; readonly want: IndexWant }
  /** A list was read that does not hold. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'log'; readonly line: string };

export type ToThread =
  | { readonly kind: 'taken'; readonly id: number; readonly data: IndexData }
  | ({ readonly kind: 'not-taken'; readonly id: number } & Failure)
  | { readonly kind: 'close' };
