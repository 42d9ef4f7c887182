// The two ends of a connection without any of our checks, for tests that play the attacker. For tests only.
import type { X509Certificate } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import type { TestContext } from 'node:test';
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls';
import { connect, createServer } from 'node:tls';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { IssuingAuthority } from '../keys/authority.ts';
import { issueHub, makeKey } from '../keys/authority.ts';

const EXCHANGE_MS = 5_000;

export interface Exchange {
  /** All that came, head and body. */
  readonly bytes: Buffer;
  readonly text: string;
  /** Status of the first answer, 0 for none. */
  readonly status: number;
}

/** Connects as whoever, writes `parts` one after the other, and returns all that came until the other end closed. */
export async function exchange(
  port: number,
  parts: readonly (string | Uint8Array)[],
  options: ConnectionOptions = {},
): Promise<Exchange> {
  const socket = await rawConnect(port, options);
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  for (const part of parts) socket.write(part);
  const timer = setTimeout(() => socket.destroy(new Error('no end in time')), EXCHANGE_MS);
  await closed;
  clearTimeout(timer);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString();
  return { text, bytes, status: Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(text)?.[1] ?? 0) };
}

/** A TLS connection that trusts anybody. */
export function rawConnect(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });
}

/** Shows a machine's certificate. */
export function asMachine({ identity }: Joined): ConnectionOptions {
  return { key: identity.privateKey, cert: identity.certificate };
}

export interface Impostor {
  readonly url: string;
  readonly port: number;
  /** What was sent to it, decrypted. */
  readonly heard: () => string;
  /** For each connection whose handshake was finished, the certificate that the client showed. */
  readonly shown: () => readonly (X509Certificate | undefined)[];
  close(): Promise<void>;
}

/** A TLS server that answers every request with `answer`. */
export async function startImpostor(options: TlsOptions, answer = ''): Promise<Impostor> {
  let heard = '';
  const shown: (X509Certificate | undefined)[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ requestCert: true, rejectUnauthorized: false, ...options }, (socket) => {
    sockets.add(socket);
    shown.push(socket.getPeerX509Certificate());
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (answer !== '' && heard.endsWith('\r\n\r\n')) socket.end(answer);
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    heard: () => heard,
    shown: () => shown,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Wire {
  readonly url: string;
  /** For each connection, what the client sent, as it went over the wire. */
  readonly connections: readonly Buffer[][];
}

/** A tap on the way to `port`. */
export async function startWire(t: TestContext, port: number): Promise<Wire> {
  const connections: Buffer[][] = [];
  const server = createTcpServer((client) => {
    const sent: Buffer[] = [];
    connections.push(sent);
    const upstream = connectTcp(port, '127.0.0.1');
    client.on('data', (chunk: Buffer) => sent.push(chunk));
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, connections };
}

/** Key and certificate of a hub with this root id, by whatever authority. */
export async function hubCredentials(
  authority: IssuingAuthority,
  rootId: string,
  world: World,
): Promise<{ key: string; cert: string; certificate: X509Certificate }> {
  const key = makeKey();
  const certificate = await issueHub(authority, rootId, createPublicKey(key), 30 * 86_400, world);
  return {
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: certificate.toString(),
    certificate,
  };
}

export function httpAnswer(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
