// The request to erase as the outbox keeps it, and for which withdrawal nothing is left to ask. In the transactions of
// its caller; sends nothing.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { readMeta, setMeta } from './spool-database.ts';

/** The request to erase that a withdrawal left; kept until the hub has confirmed it. */
export interface PendingErasure {
  readonly scope: 'all' | 'statistics' | 'submissions';
  readonly reason: 'withdrawn' | 'asked' | 'left';
  readonly epoch: number;
  /** The last number that was given out in that epoch. */
  readonly until: number;
  readonly at: string;
  /** Signed text of the withdrawal; null where erasure was asked for without one. */
  readonly record: string | null;
}

export function readErasure(database: DatabaseSync): PendingErasure | null {
  const text = readMeta(database, 'erasure');
  return text === null ? null : (JSON.parse(text) as PendingErasure);
}

export function queueErasure(database: DatabaseSync, erasure: PendingErasure): void {
  setMeta(database, 'erasure', JSON.stringify(erasure));
}

/** The hub has confirmed it. */
export function dropErasure(database: DatabaseSync): void {
  settle(database, readErasure(database)?.record ?? null);
  setMeta(database, 'erasure', null);
}

/** Nothing is left to ask for after this withdrawal; null for none. */
export function settle(database: DatabaseSync, record: string | null): void {
  if (record !== null) setMeta(database, 'settled', digestOf(record));
}

export function isSettled(database: DatabaseSync, record: string): boolean {
  return readMeta(database, 'settled') === digestOf(record);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
