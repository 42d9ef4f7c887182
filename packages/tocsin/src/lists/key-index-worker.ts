// The thread that makes indexes, one after the other, for key-index-aside.ts.
import { randomBytes } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
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
parentPort!.on('message', (what: Aside) => parentPort!.postMessage(outcomeOf(what)));
