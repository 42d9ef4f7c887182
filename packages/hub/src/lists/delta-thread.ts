// The thread that makes one delta: one order in, one outcome out. It shares nothing with the hub's own thread.
import { parentPort, workerData } from 'node:worker_threads';
import type { DeltaOrder, MadeDelta } from 'tocsin/lists/delta-make.ts';
import { makeDelta } from 'tocsin/lists/delta-make.ts';
import type { ErrorCode } from 'tocsin/protocol/errors.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';

export type DeltaOutcome =
  | MadeDelta
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly words: string };

function outcomeOf(order: DeltaOrder): DeltaOutcome {
  try {
    return makeDelta(order);
  } catch (error) {
    return {
      kind: 'failed',
      code: error instanceof TocsinError ? error.code : 'io',
      words: errorWords(error),
    };
  }
}

parentPort!.postMessage(outcomeOf(workerData as DeltaOrder));
