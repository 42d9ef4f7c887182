// Bits in the order of Safe Browsing: from the least significant bit of the first byte on, numbers with their least
// significant bit first. For rice.ts; knows nothing of what the bits mean.
import { TocsinError } from '../protocol/errors.ts';

/** A stream of so many bytes has fewer than 2^31 bits, so that a position is a small integer. */
export const MAX_BIT_BYTES = 2 ** 28 - 8;

export class BitWriter {
  readonly #bytes: number;
  readonly #view: DataView;
  #at = 0;
  #word = 0;
  #fill = 0;

  /** `bits` is how many will be written, exactly. */
  constructor(bits: number) {
    this.#bytes = Math.ceil(bits / 8);
    this.#view = new DataView(new ArrayBuffer(4 * Math.ceil(bits / 32) + 4));
  }

  /** The low `count` bits (1 to 32) of `value`, whose other bits must be zero. */
  write(value: number, count: number): void {
    this.#word |= value << this.#fill;
    const room = 32 - this.#fill;
    if (count < room) {
      this.#fill += count;
      return;
    }
    this.#view.setUint32(this.#at, this.#word >>> 0, true);
    this.#at += 4;
    this.#word = room === 32 ? 0 : value >>> room;
    this.#fill = count - room;
  }

  /** `count` ones and a zero. */
  writeUnary(count: number): void {
    let left = count;
    for (; left >= 32; left -= 32) this.write(0xffffffff, 32);
    this.write(left === 0 ? 0 : 0xffffffff >>> (32 - left), left + 1);
  }

  finish(): Uint8Array {
    this.#view.setUint32(this.#at, this.#word >>> 0, true);
    return new Uint8Array(this.#view.buffer, 0, this.#bytes);
  }
}

export class BitReader {
  readonly #words: Uint32Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_BIT_BYTES)
      throw new TocsinError(
        'limit',
        `Cannot read the bits: they are ${bytes.length} bytes, want up to ${MAX_BIT_BYTES}`,
      );
    this.#end = 8 * bytes.length;
    this.#words = new Uint32Array((bytes.length >>> 2) + 2);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const whole = bytes.length >>> 2;
    for (let i = 0; i < whole; i++) this.#words[i] = view.getUint32(4 * i, true);
    for (let i = 4 * whole; i < bytes.length; i++) this.#words[whole]! |= bytes[i]! << (8 * (i & 3));
  }

  /** The next `count` bits (1 to 32) as a number. Throws `corrupt` where so many are not left. */
  read(count: number): number {
    const word = this.#at >>> 5;
    const shift = this.#at & 31;
    this.#at += count;
    if (this.#at > this.#end) throw tooShort();
    let value = this.#words[word]! >>> shift;
    if (shift + count > 32) value |= this.#words[word + 1]! << (32 - shift);
    return (count === 32 ? value : value & ~(-1 << count)) >>> 0;
  }

  /** How many ones stand before the next zero, which is taken too. Throws `corrupt` where none follows. */
  readUnary(): number {
    let ones = 0;
    for (;;) {
      if (this.#at >= this.#end) throw tooShort();
      const shift = this.#at & 31;
      const zeros = ~(this.#words[this.#at >>> 5]! >>> shift);
      const run = Math.min(32 - shift, zeros === 0 ? 32 : 31 - Math.clz32(zeros & -zeros));
      ones += run;
      this.#at += run;
      if (run < 32 - shift) break;
    }
    if (++this.#at > this.#end) throw tooShort();
    return ones;
  }
}

function tooShort(): TocsinError {
  return new TocsinError(
    'corrupt',
    'Cannot read the bits: they end within a number, want as many as were said',
  );
}
