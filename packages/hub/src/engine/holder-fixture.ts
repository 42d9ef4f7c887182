// For tests only: a process that starts or adopts the engine of the directory in its argument, says so in one line,
// and gives it back when it is told "stop". Ends by itself when whoever started it is gone.
import { createInterface } from 'node:readline';
import { errorWords } from 'tocsin/protocol/errors.ts';
import { startPostgres } from './postgres.ts';

const directory = process.argv[2];
if (directory === undefined) throw new TypeError('want a directory');
try {
  const engine = await startPostgres({ directory, log: () => {} });
  console.log(engine.adopted ? 'adopted' : 'started');
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'stop') break;
  }
  console.log(await engine.stop());
} catch (error) {
  console.log(errorWords(error));
}
process.stdin.destroy();
