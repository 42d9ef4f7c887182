// What a partner gets: lines of JSON of shareable messages, without the ids of machines. A pseudonym joins the lines
// of one machine within one export and means nothing in the next; so for keyed checksums, which would be the same in
// every export. Highly sensitive items are in none.
import { createHmac } from 'node:crypto';
import { itemOf } from 'tocsin/catalog/catalog.ts';
import type { PartnerUse } from 'tocsin/catalog/terms.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { SignedTerms } from '../privacy/terms.ts';
import type { Queries } from '../store/database.ts';
import type { ShareableRow } from './shareable.ts';
import { shareableMessages } from './shareable.ts';

export interface ExportParts {
  readonly db: Queries;
  readonly use: PartnerUse;
  readonly terms: SignedTerms;
  /** Messages that came at or after it. */
  readonly since: Date;
  readonly world: World;
}

/** Throws `denied` where the terms name nobody who may receive anything for this use. */
export function requirePartner({ terms }: SignedTerms, use: PartnerUse): void {
  if (terms.partners.some((partner) => partner.use === use)) return;
  throw new TocsinError(
    'denied',
    `Cannot export for '${use}': the terms in force name no partner for it, want one in the setting partners, and the hub started with it`,
  );
}

/** One line a message, each ending in LF. Throws as `requirePartner`, before the first. */
export async function* exportLines({ db, use, terms, since, world }: ExportParts): AsyncGenerator<string> {
  requirePartner(terms, use);
  const key = world.random(32);
  for await (const row of shareableMessages(db, use, terms, since)) {
    const { message, reason, edition } = row;
    const at = `${row.madeAt.toISOString().slice(0, 13)}:00:00Z`;
    const machine = keyed(key, row.machine).slice(0, 16);
    yield `${JSON.stringify({ v: 1, machine, at, message, reason, edition, items: shared(row, key) })}\n`;
  }
}

function shared({ items }: ShareableRow, key: Uint8Array): Readonly<Record<string, unknown>> {
  const entries = Object.entries(items).flatMap(([id, value]) => {
    const declared = itemOf(id);
    if (declared === undefined || declared.sensitivity === 'highly-sensitive') return [];
    const names = declared.transform.startsWith('hmac') || declared.type.kind === 'uuid';
    return [[id, names ? rekeyed(value, key) : value]];
  });
  return Object.fromEntries(entries);
}

/** Keyed checksums and random ids anew, by the key of this export; their length stays, so that they keep their type. */
function rekeyed(value: unknown, key: Uint8Array): unknown {
  if (typeof value === 'string')
    return /^[0-9a-f-]{16,}$/.test(value) ? inShape(value, keyed(key, value)) : value;
  if (Array.isArray(value)) return value.map((each) => rekeyed(each, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rekeyed(each, key)]));
}

function inShape(shape: string, digits: string): string {
  let at = 0;
  return shape.replace(/[0-9a-f]/g, () => digits[at++ % digits.length]!);
}

function keyed(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
