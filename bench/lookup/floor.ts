// What latency is on this machine at a given rate whatever a hub does: of a static server, asked over TLS by the asker that
// asks the hub, at the rate at which the hub was.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../goals.ts';
import { Asker, singleRequest } from './ask.ts';
import { makeCertificate } from './certificate.ts';
import { KEY } from './keys.ts';
import { latencyAtHalf } from './measure.ts';
import type { Server } from './nginx.ts';
import { type Identity, writeRequests } from './order.ts';

export interface FloorPlan {
  readonly name: string;
  readonly server: Server;
  /** The highest of the hub, one object a request; it is asked half of that. */
  readonly perSecond: number;
  readonly connections: number;
}

/** p99 in milliseconds, as `latencyAtHalf`. */
export async function floorLatency(context: BenchContext, plan: FloorPlan): Promise<number> {
  const { name, server, perSecond, connections } = plan;
  const directory = join(context.directory, `floor-${server.port}`);
  mkdirSync(directory);
  const { key, cert } = makeCertificate(directory);
  const identity: Identity = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  const request = singleRequest(new Uint8Array(KEY));
  const asker = await Asker.open(server.port, identity);
  const { bytes } = await asker.ask(request);
  asker.close();
  const file = join(directory, 'request');
  const requests = {
    file,
    ...writeRequests(file, [request]),
    begins: 'HTTP/1.1 200 ',
    answers: [bytes],
  };
  const to = { port: server.port };
  const order = { to, identities: [identity], hello: null, awake: false, connections, requests };
  return latencyAtHalf(context, { name, objects: 1, order: { ...order, server: server.pid } }, perSecond);
}
