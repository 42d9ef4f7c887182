// The hub's word that it erased what came from a machine (spec/message.md section 6): made at the hub, verified and
// kept by the machine. No storage and no clock.
import type { KeyObject } from 'node:crypto';
import { Fields, isUuid } from './fields.ts';
import type { HubText } from './hub-text.ts';
import { openHubText, signHubText } from './hub-text.ts';
import { isUtcTime } from './value-text.ts';

export const ERASURE_PAYLOAD_TYPE = 'application/vnd.tocsin.erasure+json';

export const ERASURE_SCOPES = ['all', 'statistics', 'submissions'] as const;
export type ErasureScope = (typeof ERASURE_SCOPES)[number];

const KIND: HubText = { what: 'confirmation', payloadType: ERASURE_PAYLOAD_TYPE, maxText: 4_096 };

export interface Confirmation {
  readonly v: 1;
  readonly machine: string;
  readonly scope: ErasureScope;
  /** The last message that it covers. */
  readonly until: { readonly epoch: number; readonly sequence: number };
  /** ISO 8601 in UTC, to the second, by the clock of the hub. */
  readonly erasedAt: string;
  /** How many were there. */
  readonly messages: number;
}

/** One line, signed with the receipt key of the hub. */
export function signConfirmation(
  confirmation: Confirmation,
  { id, privateKey }: { readonly id: string; readonly privateKey: KeyObject },
): string {
  const { v, machine, scope, until, erasedAt, messages } = confirmation;
  const { epoch, sequence } = until;
  const payload = { v, machine, scope, until: { epoch, sequence }, erasedAt, messages };
  return signHubText(KIND, Buffer.from(JSON.stringify(payload)), id, privateKey);
}

/** Throws `limit`, `format`; `pin` where the hub's receipt key did not sign it. */
export function verifyConfirmation(text: string, receiptKey: Uint8Array): Confirmation {
  const fields = Fields.of('confirmation', openHubText(KIND, text, receiptKey));
  fields.version1();
  const until = fields.object('until');
  return {
    v: 1,
    machine: fields.text('machine', isUuid, 'a machine id'),
    scope: fields.oneOf('scope', ERASURE_SCOPES),
    until: { epoch: until.whole('epoch', 0), sequence: until.whole('sequence', 0) },
    erasedAt: fields.text('erasedAt', (at) => isUtcTime(at, 'second'), 'a time in UTC'),
    messages: fields.whole('messages', 0),
  };
}
