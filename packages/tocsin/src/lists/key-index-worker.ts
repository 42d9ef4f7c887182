// The thread that makes one index: started by key-index-aside.ts with what is to be read, answers once, and ends.
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import { buildIndex } from './key-index.ts';
import type { Aside, Outcome } from './key-index-aside.ts';

function outcomeOf(what: Aside): Outcome {
  try {
    return { kind: 'built', data: buildIndex({ ...what, random: (bytes) => randomBytes(bytes) }) };
  } catch (error) {
    return {
      kind: 'failed',
      code: error instanceof TocsinError ? error.code : 'io',
      words: errorWords(error),
    };
  }
}

parentPort!.postMessage(outcomeOf(workerData as Aside));
