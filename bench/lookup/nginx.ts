// A peer of single look-ups: nginx, which answers every path with the same text over TLS 1.3, with as many workers as the
// hub has threads that answer.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS, LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { freePort } from '../own.ts';
import { findProgram, installPeers } from '../peers.ts';
import { stopProcess } from '../process.ts';
import { type Certificate, makeCertificate } from './certificate.ts';

/** A peer that was started. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What every request is answered with. */
export interface StaticAnswer {
  readonly cacheControl: string;
  readonly body: string;
}

export async function startNginx(context: BenchContext, answer: StaticAnswer): Promise<Server> {
  installPeers([{ program: 'nginx', debianPackage: 'nginx-light' }], context);
  const directory = join(context.directory, 'nginx');
  mkdirSync(directory);
  const port = await freePort();
  const config = join(directory, 'nginx.conf');
  writeFileSync(config, configOf({ directory, port, answer, ...makeCertificate(directory) }));
  const words = ['-c', config, '-p', directory, '-g', 'daemon off;'];
  const child = spawn(findProgram('nginx') ?? 'nginx', words, { stdio: 'ignore' });
  const stop = (): Promise<void> => stopProcess(child);
  context.atEnd(stop);
  await sleep(BENCH_LIMITS.settleMs, undefined, { signal: context.signal });
  if (child.exitCode !== null)
    throw new TocsinError('engine', "Cannot start 'nginx': it ended, want it to listen");
  return { port, pid: child.pid ?? 0, stop };
}

interface Config extends Certificate {
  readonly directory: string;
  readonly port: number;
  readonly answer: StaticAnswer;
}

function configOf({ directory, port, key, cert, answer }: Config): string {
  return `worker_processes ${LOOKUP_BENCH.serverThreads};
pid ${directory}/pid;
error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} ssl reuseport;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.3;
    location / {
      default_type application/json;
      add_header cache-control ${quoted(answer.cacheControl)};
      return 200 ${quoted(answer.body)};
    }
  }
}
`;
}

/** As nginx reads a text; one with a dollar sign would be a variable there. */
function quoted(text: string): string {
  if (/[$\n]/.test(text)) throw new RangeError('a text that nginx would not answer as it is');
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
