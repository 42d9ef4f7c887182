// The values that settings can have. Each parser throws an Error whose words say what is there and what is wanted;
// config.ts puts the place in front.
import { resolve } from 'node:path';
import { canonicalHost } from 'tocsin/protocol/host.ts';
import { formatIp, parseIp } from 'tocsin/protocol/ip.ts';

export interface Listen {
  /** A name or address, IPv6 without brackets. */
  readonly host: string;
  /** 0 lets the system pick one. */
  readonly port: number;
}

/** An absolute path, from here. */
export function parsePath(text: string): string {
  if (text === '') throw new Error('it is empty, want a path');
  if (text.includes('\0')) throw new Error('it holds a zero byte, want a path');
  return resolve(text);
}

export function parseListen(text: string): Listen {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  if (parts === null || host === undefined)
    throw new Error('it is no address with a port, want HOST:PORT as 127.0.0.1:8743 or [::1]:8743');
  const port = Number(parts[3]);
  if (port > 65_535) throw new Error('the port is above 65535, want 0 to 65535');
  return { host, port };
}

/** A host or an address, in its one spelling. */
export function parseName(text: string): string {
  const address = parseIp(text);
  if (address !== null) return formatIp(address);
  try {
    return canonicalHost(text);
  } catch {
    throw new Error(
      'it is no name, want one as lists.example.org, or an IP address, without scheme and port',
    );
  }
}

export function parseDatabaseUrl(text: string): string {
  const url = URL.parse(text);
  const words = 'want postgresql://user:password@host/database';
  if (url === null) throw new Error(`it is no URL, ${words}`);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')
    throw new Error(`it does not begin with postgresql://, ${words}`);
  if (url.pathname.length < 2) throw new Error(`it names no database, ${words}`);
  return text;
}

/** A whole number within bounds. */
export function parseCount(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least || value > most)
      throw new Error(`it is no whole number in range, want ${least} to ${most}`);
    return value;
  };
}
