// The ceiling of single look-ups: node:http over TLS with one answer and nothing else, one process (bare-server.ts).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { BenchContext } from '../goals.ts';
import { stopProcess } from '../process.ts';
import type { BareOrder } from './bare-server.ts';
import { makeCertificate } from './certificate.ts';
import type { Server, StaticAnswer } from './nginx.ts';

export async function startBare(context: BenchContext, answer: StaticAnswer): Promise<Server> {
  const directory = join(context.directory, 'bare');
  mkdirSync(directory);
  const script = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stop = (): Promise<void> => stopProcess(child);
  context.atEnd(stop);
  const order: BareOrder = { ...makeCertificate(directory), ...answer };
  child.stdin.end(JSON.stringify(order));
  const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const port = Number(String(said[0]));
  if (child.exitCode === null && port > 0) return { port, pid: child.pid ?? 0, stop };
  throw new TocsinError('engine', 'Cannot start the bare server: it ended, want it to say its port');
}
