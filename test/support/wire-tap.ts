// A wire between machines and a hub on which a test listens: a plain TCP relay that keeps every byte of each
// connection, in both directions, and can lose answers. With the key log of the machine's own process it shows the HTTP
// requests that left, byte for byte.
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { openClientData, parseKeyLog } from './tls-records.ts';

interface Call {
  readonly client: Buffer[];
  readonly server: Buffer[];
}

/** One HTTP request as it stood on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** In the order of the wire; names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export class WireTap {
  readonly #server: Server;
  readonly #calls: Call[] = [];
  readonly #sockets = new Set<Socket>();
  /** Answers of the hub that are cut off from now on, one a connection. */
  lose = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on the loopback, before the hub at `port`. */
  static async before(port: number): Promise<WireTap> {
    const server = createServer();
    const tap = new WireTap(server);
    server.on('connection', (socket) => tap.#relay(socket, port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tap;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#calls.length;
  }

  /** Bytes that machines sent, TLS and all. */
  get bytes(): number {
    return this.#calls.reduce(
      (sum, { client }) => sum + client.reduce((all, { length }) => all + length, 0),
      0,
    );
  }

  /** All requests since connection number `from`, in the order of their connections. */
  requests(keyLog: string, from = 0): readonly WireRequest[] {
    const log = parseKeyLog(keyLog);
    return this.#calls.slice(from).flatMap(({ client, server }) => {
      const data = openClientData(Buffer.concat(client), Buffer.concat(server), log);
      return parseRequests(data);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(machine: Socket, port: number): void {
    const call: Call = { client: [], server: [] };
    this.#calls.push(call);
    const hub = connect(port, '127.0.0.1');
    for (const socket of [machine, hub]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        machine.destroy();
        hub.destroy();
        this.#sockets.delete(socket);
      });
    }
    let flights = 0;
    machine.on('data', (chunk: Buffer) => {
      call.client.push(chunk);
      hub.write(chunk);
    });
    hub.on('data', (chunk: Buffer) => {
      call.server.push(chunk);
      // The first flights are the handshake; what comes after the machine's second one answers a request.
      if (call.client.length >= 2 && flights++ >= 1 && this.lose > 0) {
        this.lose--;
        machine.destroy();
        return;
      }
      machine.write(chunk);
    });
  }
}

/** HTTP/1.1 requests behind each other, bodies by their content-length. Throws where bytes are left over. */
export function parseRequests(data: Buffer): readonly WireRequest[] {
  const found: WireRequest[] = [];
  let at = 0;
  while (at < data.length) {
    const end = data.indexOf('\r\n\r\n', at);
    if (end < 0) throw new Error('bytes left that are no request');
    const [first, ...lines] = data.toString('latin1', at, end).split('\r\n');
    const [method, path] = (first ?? '').split(' ');
    const headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
    found.push({ method: method!, path: path!, headers, body: data.subarray(end + 4, end + 4 + length) });
    at = end + 4 + length;
  }
  return found;
}
