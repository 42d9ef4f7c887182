// A peer of single look-ups: nginx with one worker, which answers every path with the same text over TLS 1.3.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS } from './config.ts';
import type { BenchContext } from './goals.ts';
import { freePort } from './own.ts';
import { findProgram, installPeers } from './peers.ts';
import { stopProcess } from './process.ts';

/** `body`: without quotes. Resolves with the port once it listens. */
export async function startNginx(context: BenchContext, body: string): Promise<number> {
  installPeers([{ program: 'nginx', debianPackage: 'nginx-light' }], context);
  const directory = join(context.directory, 'nginx');
  mkdirSync(directory);
  const port = await freePort();
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const make = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=bench',
  ];
  const made = spawnSync('openssl', [...make, '-keyout', key, '-out', cert, '-days', '1']);
  if (made.status !== 0)
    throw new TocsinError('io', "Cannot make a certificate for nginx: 'openssl req' failed");
  const config = join(directory, 'nginx.conf');
  writeFileSync(config, configOf({ directory, port, key, cert, body }));
  const child = spawn(findProgram('nginx') ?? 'nginx', ['-c', config, '-p', directory, '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
  context.atEnd(() => stopProcess(child));
  await sleep(BENCH_LIMITS.settleMs, undefined, { signal: context.signal });
  if (child.exitCode !== null)
    throw new TocsinError('engine', "Cannot start 'nginx': it ended, want it to listen");
  return port;
}

interface Config {
  readonly directory: string;
  readonly port: number;
  readonly key: string;
  readonly cert: string;
  readonly body: string;
}

function configOf({ directory, port, key, cert, body }: Config): string {
  return `worker_processes 1;
pid ${directory}/pid;
error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.3;
    location / { default_type application/json; return 200 '${body}'; }
  }
}
`;
}
