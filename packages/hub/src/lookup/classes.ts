// The class records of one answer: what many objects share is said once.
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { recordId } from 'tocsin/protocol/verdict.ts';

/** Class records of one answer, each named once, from whichever lists they come. */
export class Classes {
  readonly records: ClassRecord[] = [];
  readonly #index = new Map<ClassRecord, number>();
  readonly #byId = new Map<string, number>();

  #last: ClassRecord | null = null;
  #lastIndex = 0;

  indexOf(record: ClassRecord): number {
    if (record === this.#last) return this.#lastIndex;
    this.#last = record;
    this.#lastIndex = this.#find(record);
    return this.#lastIndex;
  }

  #find(record: ClassRecord): number {
    const known = this.#index.get(record);
    if (known !== undefined) return known;
    const id = recordId(record);
    const index = this.#byId.get(id) ?? this.records.push(record) - 1;
    this.#byId.set(id, index);
    this.#index.set(record, index);
    return index;
  }
}
