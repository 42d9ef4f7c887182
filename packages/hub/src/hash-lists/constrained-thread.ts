// The thread in which updates under a receiver's limits are made, one order after the other: sets are large, and machines
// do not wait for them. It shares nothing with the hub's own thread but the directory of sets.
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { HashSet, HashSize } from 'tocsin/lists/hash-set.ts';
import { setFileName } from './build.ts';
import type { SizeConstraints } from './constrained.ts';
import { constrainedUpdate, parseState } from './constrained.ts';
import { readSetFile } from './set-file.ts';
import { encodeHashList } from './wire.ts';

export interface ConstrainedOrder {
  readonly name: string;
  readonly size: HashSize;
  readonly directory: string;
  /** Of the list as it is given out, hex. */
  readonly newest: string;
  /** What the receiver says that it has, hex; null where it has nothing of this list. */
  readonly have: string | null;
  readonly constraints: SizeConstraints;
  /** Seconds, where nothing more is to be had at once. */
  readonly minimumWait: number;
}

export type ConstrainedAnswer =
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  /** The newest version is not on the disk any more: another one is being given out. */
  | { readonly kind: 'gone' };

function answer(order: ConstrainedOrder): ConstrainedAnswer {
  const sets = new Map<string, HashSet | null>();
  const setOf = (version: string): HashSet | null => {
    if (!sets.has(version))
      sets.set(version, readSetFile(join(order.directory, setFileName(order.name, version)), order.size));
    return sets.get(version)!;
  };
  if (setOf(order.newest) === null) return { kind: 'gone' };
  const have = order.have === null ? null : parseState(Buffer.from(order.have, 'hex'));
  const { update, version, complete } = constrainedUpdate(have, order.newest, setOf, order.constraints);
  const { name, size, minimumWait } = order;
  const bytes = encodeHashList({ ...update, name, size, version, minimumWait: complete ? minimumWait : 0 });
  return { kind: 'made', bytes };
}

// Only where it is a thread: tests import the types.
parentPort?.on('message', (order: ConstrainedOrder) => parentPort!.postMessage(answer(order)));
