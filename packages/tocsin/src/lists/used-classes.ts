// The classes that a segment's entries point to: numbered by first use, equal records one, unused ones left out.
import { TocsinError } from '../protocol/errors.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { LineNumbers } from './line-numbers.ts';
import { encodeClass, SEGMENT_LIMITS } from './segment-format.ts';

/** Class lines by number, no two equal, each as `encodeClass` spells it: what a ClassTable hands to the writer. */
export interface ClassLines {
  readonly length: number;
  line(index: number): Uint8Array;
}

/** Numbers by the index that was handed in, in the order of first use. */
export class UsedClasses {
  readonly #given: readonly ClassRecord[] | ClassLines;
  /** Number + 1 by given index; 0 = not used so far. */
  #numbers = new Int32Array(64);
  readonly #order: number[] = [];
  readonly #byLine = new LineNumbers();

  constructor(given: readonly ClassRecord[] | ClassLines) {
    this.#given = given;
  }

  get count(): number {
    return this.#order.length;
  }

  /** Throws `input` where there is no such class, `format` where a field of the record is wrong. */
  number(index: number): number {
    const known = this.#numbers[index];
    return known === undefined || known === 0 ? this.#first(index) : known - 1;
  }

  /** The line of the class that got this number. */
  line(number: number): Uint8Array {
    const index = this.#order[number]!;
    return 'line' in this.#given ? this.#given.line(index) : Buffer.from(encodeClass(this.#given[index]!));
  }

  #first(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.#given.length)
      throw refused(`there is no class ${index}`, `one of ${this.#given.length}`);
    if (index >= this.#numbers.length) {
      const grown = new Int32Array(Math.max(index + 1, 2 * this.#numbers.length));
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    const number = this.#numberOfRecord(index);
    if (number === SEGMENT_LIMITS.maxClasses)
      throw overLimit(`it has ${number} classes`, 'no more than that');
    if (number === this.#order.length) this.#order.push(index);
    this.#numbers[index] = number + 1;
    return number;
  }

  #numberOfRecord(index: number): number {
    if ('line' in this.#given) return this.#order.length;
    return this.#byLine.number(encodeClass(this.#given[index]!));
  }
}

export function refused(state: string, want: string): TocsinError {
  return new TocsinError('input', `Cannot write the segment: ${state}, want ${want}`);
}

export function overLimit(state: string, want: string): TocsinError {
  return new TocsinError('limit', `Cannot write the segment: ${state}, want ${want}`);
}
