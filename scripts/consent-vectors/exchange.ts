// Vectors of what a hub says of choices: its newest records, and receipts (spec/consent.md, 5 and 6).
import { createPublicKey } from 'node:crypto';
import type { Receipt } from '../../packages/tocsin/src/catalog/consent-receipt.ts';
import {
  encodeReceipt,
  RECEIPT_PAYLOAD_TYPE,
  signReceipt,
} from '../../packages/tocsin/src/catalog/consent-receipt.ts';
import { signRecord } from '../../packages/tocsin/src/catalog/consent-record.ts';
import { POLICY_PAYLOAD_TYPE } from '../../packages/tocsin/src/catalog/policy.ts';
import { toBase64 } from '../../packages/tocsin/src/protocol/base64.ts';
import {
  byHub,
  MACHINE,
  machineKey,
  OTHER_MACHINE,
  otherMachineKey,
  otherReceiptKey,
  plain,
  receiptId,
  receiptKey,
  receiptRaw,
} from './keys.ts';
import { first, record, second, third } from './records.ts';

export function adoptionVectors(): unknown {
  const other = signRecord(record({ sequence: 2, previous: first.sha256, value: 'extended' }), machineKey);
  const wider = signRecord(record({ sequence: 3, previous: second.sha256, value: 'extended' }), machineKey);
  const at = (
    name: string,
    have: number,
    records: readonly string[],
    sequence: number,
    want: string,
  ): object => ({ name, have, hub: { v: 1, sequence, records }, want });
  const texts = [first.text, second.text, third.text];
  return {
    machine: MACHINE,
    machineKey: toBase64(machineKey.export({ type: 'pkcs8', format: 'der' })),
    log: texts,
    cases: [
      at('neither has any', 0, [], 0, 'same'),
      at('both have the same', 3, texts, 3, 'same'),
      at('the hub shows the newest ones only', 3, texts.slice(2), 3, 'same'),
      at('the hub has fewer', 3, texts.slice(0, 1), 1, 'behind'),
      at('the hub has none', 3, [], 0, 'behind'),
      at('the hub has one more', 2, texts, 3, 'adopted'),
      at('the hub shows only what is missing', 1, texts.slice(1), 3, 'adopted'),
      at('the hub has all, the machine none', 0, texts, 3, 'adopted'),
      at('another record under a number that both have', 2, [first.text, other.text], 2, 'diverged'),
      at(
        'a newer one that follows on another record',
        2,
        [signRecord(record({ sequence: 3, previous: other.sha256 }), machineKey).text],
        3,
        'diverged',
      ),
      at('a withdrawal, and those before it are not shown', 1, texts.slice(2), 3, 'adopted'),
      at('a wider choice, and those before it are not shown', 1, [wider.text], 3, 'conflict'),
      at('the newest is not shown', 1, texts.slice(0, 2), 3, 'conflict'),
      at('signed by another machine', 0, [signRecord(record(), otherMachineKey).text], 1, 'denied'),
      at(
        'of another machine, signed by this one',
        0,
        [signRecord(record({ machine: OTHER_MACHINE }), machineKey).text],
        1,
        'denied',
      ),
      at('no record', 0, ['x'], 1, 'format'),
      at('65 records', 0, Array(65).fill(first.text), 1, 'format'),
    ],
  };
}

export const receipt: Receipt = {
  v: 1,
  machine: MACHINE,
  sequence: 1,
  record: first.sha256,
  receivedAt: '2026-01-15T09:30:02Z',
};
export const receiptText = signReceipt(receipt, receiptId, receiptKey);

export function receiptVectors(): unknown {
  const good = plain(encodeReceipt(receipt));
  const changed = (change: object): string => byHub({ ...good, ...change }, RECEIPT_PAYLOAD_TYPE);
  const at = (name: string, text: string, want: string): object => ({ name, text, want });
  return {
    receiptKey: toBase64(receiptRaw),
    records: [first.text, second.text, third.text],
    machineKey: toBase64(createPublicKey(machineKey).export({ type: 'spki', format: 'der' })),
    cases: [
      at('as made', receiptText, 'kept'),
      at('members of a later version are passed over', changed({ log: 'x' }), 'kept'),
      at(
        'for a record that this machine does not have',
        changed({ sequence: 9, record: 'b'.repeat(64) }),
        'conflict',
      ),
      at('for another number', changed({ sequence: 2 }), 'conflict'),
      at('for another machine', changed({ machine: OTHER_MACHINE }), 'conflict'),
      at('signed by another key', byHub(good, RECEIPT_PAYLOAD_TYPE, otherReceiptKey), 'pin'),
      at('a policy instead of a receipt', byHub(good, POLICY_PAYLOAD_TYPE), 'format'),
      at('version 2', changed({ v: 2 }), 'format'),
      at('no digest', changed({ record: 'x' }), 'format'),
      at('a time of another zone', changed({ receivedAt: '2026-01-15T09:30:02+01:00' }), 'format'),
      at('4,097 characters', `${receiptText}${' '.repeat(4_097 - receiptText.length)}`, 'limit'),
    ],
  };
}
