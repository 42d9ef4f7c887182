// Where machines reach this hub, as `serve` last listened: so that `token` can print the whole command for a machine.
// Advice for a person and nothing else: whoever changes the file changes a line of text.
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { Layout } from '../store/layout.ts';
import { note } from './words.ts';

/** What stands for an address that nobody knows yet. */
const UNKNOWN = 'https://HOST:PORT';

export interface JoinAddress {
  /** As `tocsin join` takes it. */
  readonly url: string;
  /** What a person has to know about it, or null. */
  readonly remark: string | null;
}

/** Remembers where the hub answers; overwrites what was known. A disk that refuses costs the advice, not the hub. */
export function rememberAddress(layout: Layout, url: string): void {
  try {
    writeFileSync(layout.address, `${url}\n`, { mode: 0o600 });
  } catch (error) {
    note(`the address is not remembered for 'tocsin-hub token': ${errorWords(error)}`);
  }
}

export function joinAddress(layout: Layout, host: string = hostname()): JoinAddress {
  const url = readAddress(layout);
  if (url === null) return { url: UNKNOWN, remark: "its address is what 'tocsin-hub serve' prints" };
  if (/^(0\.0\.0\.0|\[::\])$/.test(url.hostname))
    return { url: `https://${host}:${url.port || '443'}`, remark: null };
  const local = /^(127\.[\d.]+|\[::1\]|localhost)$/.test(url.hostname);
  return {
    url: url.origin,
    remark: local ? 'it listens on this computer only; --listen 0.0.0.0:8743 lets others in' : null,
  };
}

function readAddress(layout: Layout): URL | null {
  try {
    const url = new URL(readFileSync(layout.address, 'utf8').trim());
    return url.protocol === 'https:' ? url : null;
  } catch {
    return null; // never served, or not what we wrote: nobody knows
  }
}
