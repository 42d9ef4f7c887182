import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeptThread } from './kept-thread.ts';

/** Answers with what it was told and which thread it is; some orders make it throw or end. */
const PROGRAM = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ says, ms }) => {
      if (says === 'throw') throw new Error('as it was told');
      if (says === 'exit') process.exit();
      setTimeout(() => parentPort.postMessage({ says, threadId }), ms);
    });
  `)}`,
);

interface Order {
  readonly says: string;
  readonly ms: number;
}
interface Answer {
  readonly says: string;
  readonly threadId: number;
}

const LONG = 60_000;

function threadOf(restMs = LONG): KeptThread<Order, Answer> {
  return new KeptThread(PROGRAM, { makes: 'a trial', restMs });
}

const ENDED = { code: 'busy', message: 'Cannot make a trial: its thread has ended, want a later call' };

test('orders are answered by one thread, one after the other', async () => {
  const thread = threadOf();
  const orders = [30, 0, 10, 0].map((ms, n) => ({ says: `order ${n}`, ms }));
  const answers = await Promise.all(orders.map((order) => thread.ask(order)));
  assert.deepEqual(
    answers.map(({ says }) => says),
    orders.map(({ says }) => says),
  );
  assert.equal(new Set(answers.map(({ threadId }) => threadId)).size, 1);
  await thread.close();
});

test('a thread that had nothing to do for a while ends, and the next order starts another', async () => {
  const thread = threadOf(20);
  const first = await thread.ask({ says: 'a', ms: 0 });
  await sleep(200);
  const second = await thread.ask({ says: 'b', ms: 0 });
  assert.notEqual(second.threadId, first.threadId);
  await thread.close();
});

test('an order that takes longer than a thread rests is answered, and so is one that comes as it ends', async () => {
  const thread = threadOf(5);
  for (let ms = 0; ms < 12; ms++) {
    const says = `after ${ms} ms`;
    assert.equal((await thread.ask({ says, ms: 20 })).says, says);
    await sleep(ms);
  }
  await thread.close();
});

for (const [how, want] of [
  ['throw', { message: 'as it was told' }],
  ['exit', ENDED],
] as const)
  test(`a thread that ends under an order (${how}) is told to who gave it, and to nobody else`, async () => {
    const thread = threadOf();
    const before = await thread.ask({ says: 'a', ms: 0 });
    const [failed, other] = await Promise.allSettled([
      thread.ask({ says: how, ms: 0 }),
      thread.ask({ says: 'b', ms: 0 }),
    ]);
    assert.ok(failed.status === 'rejected' && other.status === 'fulfilled');
    assert.equal(failed.reason.message, want.message);
    assert.notEqual(other.value.threadId, before.threadId);
    await thread.close();
  });

test('closed, it rejects what is under way and what waits, and starts no other', async () => {
  const thread = threadOf();
  await thread.ask({ says: 'a', ms: 0 });
  const pending = [thread.ask({ says: 'b', ms: LONG }), thread.ask({ says: 'c', ms: 0 })];
  const rejected = Promise.all(pending.map((each) => assert.rejects(each, ENDED)));
  await sleep(20);
  await thread.close();
  await rejected;
  await assert.rejects(thread.ask({ says: 'd', ms: 0 }), ENDED);
});
