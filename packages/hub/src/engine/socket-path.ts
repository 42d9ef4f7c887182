// The path by which this process reaches the engine's socket, however long the data directory's own path is.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Layout } from '../store/layout.ts';
import { ENGINE_LIMITS, ENGINE_PORT } from './config.ts';

export interface SocketPath {
  /** The directory of the socket, good in this process until `close`. */
  readonly host: string;
  close(): void;
}

/** Throws 'limit' where the path is too long for a socket and this system offers no way around. */
export function openSocketPath(layout: Layout): SocketPath {
  if (Buffer.byteLength(join(layout.postgres, `.s.PGSQL.${ENGINE_PORT}`)) <= ENGINE_LIMITS.socketPathBytes) {
    return { host: layout.postgres, close: () => {} };
  }
  if (process.platform !== 'linux') {
    throw new TocsinError(
      'limit',
      `Cannot reach the database engine: the data directory's path has ${Buffer.byteLength(layout.directory)} bytes, want at most 75 on this system`,
    );
  }
  const fd = openSync(layout.directory, 'r');
  return { host: `/proc/self/fd/${fd}/postgres`, close: () => closeSync(fd) };
}
