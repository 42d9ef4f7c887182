// The thread that makes one delta: one order in, one outcome out. It shares nothing with the hub's own thread.
import { parentPort, workerData } from 'node:worker_threads';
import type { DeltaOrder, MadeDelta } from 'tocsin/lists/delta-make.ts';
import { makeDelta } from 'tocsin/lists/delta-make.ts';
import type { Failure } from 'tocsin/protocol/errors.ts';
import { failureOf } from 'tocsin/protocol/errors.ts';

export type DeltaOutcome = MadeDelta | ({ readonly kind: 'failed' } & Failure);

function outcomeOf(order: DeltaOrder): DeltaOutcome {
  try {
    return makeDelta(order);
  } catch (error) {
    return { kind: 'failed', ...failureOf(error) };
  }
}

parentPort!.postMessage(outcomeOf(workerData as DeltaOrder));
