// The load generator of `bench lookup`, a process of its own: keeps some connections busy with one request after the other
// (each of several that were made before), for a time, and prints how many were answered. It knows the length of every
// answer before it comes, so that it spends next to nothing on reading; the first answer of each request was checked.
//
//   stdin: JSON of LoadOrder -> connections -> rounds -> stdout: JSON of LoadResult
import { connect as connectTcp, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

export interface LoadOrder {
  readonly port: number;
  /** Null without TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly connections: number;
  readonly seconds: number;
  /** Base64 of each request, and how many bytes its answer has. */
  readonly requests: readonly { readonly bytes: string; readonly answer: number }[];
}

export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds from request to answer: half of them, and 99 of 100, were not slower. */
  readonly p50: number;
  readonly p99: number;
}

const LIMITS = { samples: 1_000_000 } as const;

async function main(order: LoadOrder): Promise<LoadResult> {
  const requests = order.requests.map(({ bytes, answer }) => ({
    bytes: Buffer.from(bytes, 'base64'),
    answer,
  }));
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => open(order)));
  const times: number[] = [];
  const started = performance.now();
  const until = started + order.seconds * 1_000;
  let answered = 0;
  await Promise.all(
    sockets.map(async (socket, first) => {
      for (let n = first; performance.now() < until; n++) {
        const { bytes, answer } = requests[n % requests.length]!;
        const asked = performance.now();
        await exchange(socket, bytes, answer);
        answered++;
        if (times.length < LIMITS.samples) times.push(performance.now() - asked);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  for (const socket of sockets) socket.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0;
  return { answered, seconds, p50: at(0.5), p99: at(0.99) };
}

function open({ port, tls }: LoadOrder): Promise<Socket> {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port, noDelay: true };
    const socket: Socket =
      tls === null
        ? connectTcp(options, () => done(socket))
        : connectTls({ ...options, ...tls, rejectUnauthorized: false }, () => done(socket));
    socket.once('error', fail);
  });
}

/** Sends, and waits until as many bytes as the answer has have come. */
function exchange(socket: Socket, bytes: Buffer, answer: number): Promise<void> {
  return new Promise((done, fail) => {
    let left = answer;
    const onData = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      socket.off('data', onData);
      socket.off('close', onClose);
      if (left < 0) fail(new Error(`an answer is ${-left} bytes too long`));
      else done();
    };
    const onClose = (): void => fail(new Error('the other end closed'));
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.write(bytes);
  });
}

if (import.meta.main)
  process.stdout.write(JSON.stringify(await main(JSON.parse(await text(process.stdin)) as LoadOrder)));
