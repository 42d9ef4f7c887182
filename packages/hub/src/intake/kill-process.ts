// For tests only: a process that takes sealed messages from standard input and prints the answers, so that it can be
// killed at each step. Arguments: a JSON of {connection, keys, machine, now, die}.
import { createInterface } from 'node:readline';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { openKeys } from '../keys/store.ts';
import { CurrentTerms } from '../privacy/terms.ts';
import { openDatabase } from '../store/database.ts';
import { Intake } from './intake.ts';

interface Arguments {
  readonly connection: object;
  readonly keys: string;
  readonly machine: string;
  /** The clock stands here. */
  readonly now: number;
  /** True: killed when a message was taken, before the answer is printed. */
  readonly die: boolean;
}

const { connection, keys: directory, machine, now, die } = JSON.parse(process.argv[2] ?? '') as Arguments;
const world = { ...systemWorld, clock: { ...systemWorld.clock, now: () => now } };
const db = await openDatabase({ connection }, { world });
const keys = openKeys(directory);
const terms = await CurrentTerms.open(db, keys);
const intake = new Intake({ db, keys, terms: () => terms.current, world });
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await intake.take(machine, Buffer.from(line, 'base64'));
  if (die) process.kill(process.pid, 'SIGKILL');
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await db.close();
