// A look-up thread for tests that ends by itself, or never begins: by the name of its data directory.
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadOrder } from './thread-messages.ts';

const { data, listen } = workerData as ThreadOrder;
const say = (message: FromThread): void => parentPort!.postMessage(message);
if (data === 'never') say({ kind: 'failed', code: 'conflict', words: 'the port is taken' });
else {
  // A thread of its own port first, as the system would give one; those that follow are told it.
  const end = listen.port === 0 || data === 'ends';
  say({ kind: 'take', id: 1, want: { kind: 'url', of: 'bases', digests: ['a'], rows: 1 } });
  say({ kind: 'ready', port: listen.port === 0 ? 4_711 : listen.port });
  if (end) setTimeout(() => process.exit(), 50);
  else parentPort!.on('message', (message: { kind: string }) => message.kind === 'close' && process.exit());
}
