// The thread in which hash lists are built: one order in, one answer out. It shares nothing with the hub's own thread.
import { parentPort, workerData } from 'node:worker_threads';
import type { BuildOrder } from './build.ts';
import { buildHashLists } from './build.ts';

const answers = buildHashLists(workerData as BuildOrder);
parentPort!.postMessage(
  answers,
  answers.flatMap((answer) => (answer.kind === 'built' ? [answer.whole.buffer as ArrayBuffer] : [])),
);
