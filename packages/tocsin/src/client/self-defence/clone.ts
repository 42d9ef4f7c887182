// Tells this machine from a copy of it: by the number that firmware or hypervisor gives each machine, of which only
// an HMAC is kept, bound to the machine's id. Where the number cannot be read (not root, some containers) there is
// nothing to compare, and nothing is said.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DerivedKeys } from '../consent/places.ts';
import { readSmallFile } from '../state/home.ts';

export const PRODUCT_UUID = '/sys/class/dmi/id/product_uuid';

export const CLONE_LIMITS = { maxBytes: 4_096 } as const;

const PURPOSE = 'tocsin product mark';

/** What boards say whose maker filled nothing in. */
const FILLER = '03000200-0400-0500-0006-000700080009';

/** HMAC-SHA-256 of the number of this machine under the local key, hex; null where there is no such number to read. */
export function productMark(path: string, machine: string, key: DerivedKeys): string | null {
  const uuid = productUuid(path);
  if (uuid === null) return null;
  return createHmac('sha256', key.derive(PURPOSE)).update(`${machine}\n${uuid}`).digest('hex');
}

/** True where both are known and are not of one machine. */
export function isCopy(kept: string | null, now: string | null): boolean {
  if (kept === null || now === null) return false;
  return kept.length !== now.length || !timingSafeEqual(Buffer.from(kept), Buffer.from(now));
}

function productUuid(path: string): string | null {
  let text: string;
  try {
    text = Buffer.from(readSmallFile(path, CLONE_LIMITS.maxBytes) ?? [])
      .toString('latin1')
      .trim()
      .toLowerCase();
  } catch {
    return null;
  }
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return null;
  return text === FILLER || /^([0-9a-f])(?:-|\1)*$/.test(text) ? null : text;
}
