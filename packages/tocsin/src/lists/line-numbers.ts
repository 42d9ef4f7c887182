// Numbers lines by their content, from 0, equal lines one number, without keeping them: 16 bytes of SHA-256 and the
// number of each stand in an open-addressing table (40 to 80 bytes a line).
import { hash } from 'node:crypto';

/** Words of a slot: four of the digest, then number + 1 (0 = free). */
const SLOT = 5;

export class LineNumbers {
  #slots = new Uint32Array(64 * SLOT);
  #length = 0;

  /** How many different lines there were; the next new one gets this number. */
  get length(): number {
    return this.#length;
  }

  /** The number of the line; a new one for one not seen before. */
  number(line: string | Uint8Array): number {
    if (2 * (this.#length + 1) * SLOT > this.#slots.length) this.#grow();
    const [a, b, c, d] = wordsOf(line);
    const slots = this.#slots;
    const at = this.#slotOf(a, b, c, d);
    if (slots[at + 4]! > 0) return slots[at + 4]! - 1;
    slots[at] = a;
    slots[at + 1] = b;
    slots[at + 2] = c;
    slots[at + 3] = d;
    slots[at + 4] = this.#length + 1;
    return this.#length++;
  }

  /** The number of a line seen before; -1 for another one. */
  find(line: string | Uint8Array): number {
    return this.#slots[this.#slotOf(...wordsOf(line)) + 4]! - 1;
  }

  /** Where the digest stands, or the free slot where it would. */
  #slotOf(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots;
    const count = slots.length / SLOT;
    for (let i = a % count; ; i = (i + 1) % count) {
      const at = i * SLOT;
      if (slots[at + 4] === 0) return at;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += SLOT) {
      if (old[at + 4] === 0) continue;
      const to = this.#slotOf(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!);
      for (let i = 0; i < SLOT; i++) this.#slots[to + i] = old[at + i]!;
    }
  }
}

function wordsOf(line: string | Uint8Array): [number, number, number, number] {
  const digest = hash('sha256', line, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)];
}
