// The thread that makes one index: started by key-index-aside.ts with what is to be read, answers once, and ends.
import { randomBytes } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../protocol/errors.ts';
import { buildIndex } from './key-index.ts';
import type { Aside, Outcome } from './key-index-aside.ts';

function outcomeOf(what: Aside): Outcome {
  try {
    return { kind: 'built', data: buildIndex({ ...what, random: (bytes) => randomBytes(bytes) }) };
  } catch (error) {
    return { kind: 'failed', ...failureOf(error) };
  }
}

/** Who answers comes first where processors are short. Only Linux lowers this thread alone, and not the whole process. */
function standBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // a sandbox may forbid it: then it competes like any other
  }
}

standBack();
parentPort!.postMessage(outcomeOf(workerData as Aside));
