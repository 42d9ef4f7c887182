// How a hub is asked by hand in `bench lookup`: with a machine's certificate, once to see the answer, or over and over by ab(1).
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { loadJoined } from 'tocsin/client/channel/identity.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import { LOOKUP_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export function identityOf(home: string): Identity {
  const joined = loadJoined(homeAt(home));
  if (joined === null) throw new TocsinError('not-joined', 'Cannot ask the hub: the machine did not join');
  return { key: joined.identity.privateKey, cert: joined.identity.certificate };
}

export function requestOf(body: Buffer): Buffer {
  const head = [
    'POST /v1/lookup HTTP/1.1',
    'host: 127.0.0.1',
    `content-type: ${PACKED_TYPES.request}`,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** One request over a connection of its own; the size of the whole answer, and its body. */
export async function askOnce(
  port: number,
  identity: Identity,
  body: Buffer,
): Promise<{ bytes: number; body: Buffer }> {
  const socket = connect({ host: '127.0.0.1', port, ...identity, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.write(requestOf(body));
  let got = Buffer.alloc(0);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      got = Buffer.concat([got, chunk]);
      const end = got.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(got.toString('latin1', 0, Math.max(end, 0)));
      if (length !== null && got.length === end + 4 + Number(length[1]))
        return { bytes: got.length, body: got.subarray(end + 4) };
    }
  } finally {
    socket.destroy();
  }
  throw new TocsinError('format', 'Cannot ask the hub: it closed before the end of its answer');
}

/** Requests a second of one path by ab(1), which can show a machine's certificate. */
export function single(context: BenchContext, url: string, pem: string | null): number {
  const words = [
    '-k',
    '-q',
    '-c',
    String(LOOKUP_BENCH.connections),
    '-t',
    String(LOOKUP_BENCH.seconds),
    '-n',
    '100000000',
  ];
  const done = spawnSync('ab', [...words, ...(pem === null ? [] : ['-E', pem]), url], { encoding: 'utf8' });
  context.signal.throwIfAborted();
  const rate = /Requests per second:\s+([\d.]+)/.exec(done.stdout);
  const failed = /Non-2xx responses|Failed requests:\s+[1-9]/.exec(done.stdout);
  if (rate === null || failed !== null)
    throw new TocsinError(
      'io',
      `Cannot measure single look-ups: ${done.stderr.trim() || failed?.[0] || 'ab said nothing'}`,
    );
  return Number(rate[1]);
}
