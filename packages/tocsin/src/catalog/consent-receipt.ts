// The hub's countersignature under one record of a choice: the receipt that a person keeps (spec/consent.md). Made at
// the hub, verified here by the receipt key that the keys document names. No storage and no clock.
import type { KeyObject } from 'node:crypto';
import { Fields, isUuid } from './fields.ts';
import type { HubText } from './hub-text.ts';
import { openHubText, payloadDigest, peekHubText, signHubText } from './hub-text.ts';
import { isUtcTime } from './value-text.ts';

export const RECEIPT_PAYLOAD_TYPE = 'application/vnd.tocsin.receipt+json';

export const RECEIPT_LIMITS = { maxText: 4_096 } as const;

const KIND: HubText = {
  what: 'receipt',
  payloadType: RECEIPT_PAYLOAD_TYPE,
  maxText: RECEIPT_LIMITS.maxText,
};

export interface Receipt {
  readonly v: 1;
  readonly machine: string;
  /** Sequence of the record. */
  readonly sequence: number;
  /** SHA-256 of the record's payload, hex. */
  readonly record: string;
  /** ISO 8601 in UTC, to the second, by the clock of the hub. */
  readonly receivedAt: string;
}

export interface SignedReceipt {
  readonly receipt: Receipt;
  readonly text: string;
  /** SHA-256 of the payload, hex: what names this receipt. */
  readonly id: string;
}

export function signReceipt(receipt: Receipt, keyId: string, receiptKey: KeyObject): string {
  return signHubText(KIND, encodeReceipt(receipt), keyId, receiptKey);
}

/** Throws `limit`, `format`; `pin` where the hub's receipt key did not sign it. */
export function verifyReceipt(text: string, receiptKey: Uint8Array): SignedReceipt {
  return read(text, openHubText(KIND, text, receiptKey));
}

/** As it says of itself, unverified. Throws `limit`, `format`. */
export function peekReceipt(text: string): SignedReceipt {
  return read(text, peekHubText(KIND, text));
}

/** The bytes that are signed: JSON with the members in the order of the spec, no white space. */
export function encodeReceipt({ v, machine, sequence, record, receivedAt }: Receipt): Uint8Array {
  return Buffer.from(JSON.stringify({ v, machine, sequence, record, receivedAt }));
}

/** Throws `format` with the field that is wrong. */
export function parseReceipt(fields: Fields): Receipt {
  fields.version1();
  return {
    v: 1,
    machine: fields.text('machine', isUuid, 'a machine id'),
    sequence: fields.whole('sequence'),
    record: fields.digest('record'),
    receivedAt: fields.text('receivedAt', (at) => isUtcTime(at, 'second'), 'a time in UTC'),
  };
}

function read(text: string, payload: Uint8Array): SignedReceipt {
  return { receipt: parseReceipt(Fields.of('receipt', payload)), text, id: payloadDigest(payload) };
}
