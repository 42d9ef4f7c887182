// What bare.ts starts. Reads BareOrder from standard input, answers everything with its body, and says its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface BareOrder {
  /** Paths of PEM files. */
  readonly key: string;
  readonly cert: string;
  readonly cacheControl: string;
  readonly body: string;
}

function serve({ key, cert, cacheControl, body }: BareOrder): void {
  const head = {
    'cache-control': cacheControl,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const tls = { key: readFileSync(key), cert: readFileSync(cert), minVersion: 'TLSv1.3' } as const;
  const server = createServer({ ...tls, keepAliveTimeout: 72_000 }, (_request, response) => {
    response.writeHead(200, head).end(body);
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

if (import.meta.main) serve(JSON.parse(await text(process.stdin)) as BareOrder);
