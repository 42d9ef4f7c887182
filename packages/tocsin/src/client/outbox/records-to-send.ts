// Records of choices on their way to the hub's countersignature, as sender.ts takes them. Keeps the receipts that
// come back; sends nothing itself.
import { stricter } from '../../catalog/consent.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { Adoption } from '../consent/exchange.ts';
import { withLock } from '../consent/ground.ts';
import type { ConsentParts } from '../consent/places.ts';
import { placesOf } from '../consent/places.ts';
import type { Receipts } from '../consent/receipts.ts';
import { keepReceipt, withoutReceipt } from '../consent/receipts.ts';

interface Records {
  records(): readonly SignedRecord[];
  receipts(): Receipts;
  adopt(sequence: number, records: readonly string[]): Adoption;
}

export class RecordsToSend {
  readonly #parts: ConsentParts;
  readonly #source: Records;

  constructor(parts: ConsentParts, source: Records) {
    this.#parts = parts;
    this.#source = source;
  }

  /** Those that the hub has not countersigned, oldest first; none where nothing was ever agreed to. */
  pending(): readonly SignedRecord[] {
    return withoutReceipt(this.#source.records(), this.#source.receipts());
  }

  /** Why a record is sent: it narrows what the one before it of that choice allowed, or gives or widens something. */
  reasonOf({ record }: SignedRecord): 'given' | 'narrowed' {
    if (record.value === 'off' || record.value === 'no') return 'narrowed';
    const before = this.#source
      .records()
      .findLast(({ record: other }) => other.choice === record.choice && other.sequence < record.sequence);
    if (record.choice !== 'participation' || before?.record.choice !== 'participation') return 'given';
    const narrower = stricter(record.value, before.record.value);
    return narrower === record.value && record.value !== before.record.value ? 'narrowed' : 'given';
  }

  newest(): SignedRecord | null {
    return this.#source.records().at(-1) ?? null;
  }

  /** Verifies and keeps a receipt, durably. Throws `pin`, `format`, `conflict` where it is for none of the records. */
  receipted(text: string): void {
    withLock(this.#parts, (takeGround) => {
      const key = takeGround().owner.receiptKey();
      if (key === null)
        throw new TocsinError(
          'pin',
          'Cannot check the receipt: the hub names no receipt key that counts now',
        );
      keepReceipt(placesOf(this.#parts.home).receipts, text, key, this.#source.records());
    });
  }

  /**
   * Takes over records that the hub holds beyond ours. Throws as `adoptRecords`; `conflict` where two machines chose
   * under this one's name: then participation is off.
   */
  adopt(texts: readonly string[]): void {
    const newest = this.#source.records().at(-1)?.record.sequence ?? 0;
    const { kind } = this.#source.adopt(newest, texts);
    if (kind === 'diverged')
      throw new TocsinError(
        'conflict',
        "Cannot send: the hub knows other choices of this machine under the same numbers, so it is a copy of another one; want 'tocsin rejoin URL TOKEN'",
      );
  }
}
