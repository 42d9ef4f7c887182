// The class records of an open segment. They may be millions (a name each), so only their places and checksums stay
// in memory; a record is read and parsed when asked for.
import type { Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ClassRecord } from '../protocol/verdict.ts';
import { onFile, readWhole } from './files.ts';
import type { SegmentLayout } from './segment-format.ts';
import { corrupt, decodeClass, SEGMENT_LIMITS } from './segment-format.ts';

const LINE_END = 0x0a;

export class ClassReader {
  readonly count: number;
  readonly #fd: number;
  readonly #name: string;
  readonly #offset: number;
  /** Where each line starts; one more for the end of the last. */
  readonly #starts: Uint32Array;
  readonly #checksums: Uint32Array;
  readonly #cache = new Map<number, ClassRecord>();

  /**
   * Reads the section once, in steps, and feeds it to `hash`. Throws `corrupt` unless it is as many lines as `layout`
   * says.
   */
  static *read(fd: number, name: string, layout: SegmentLayout, hash: Hash): Generator<void, ClassReader> {
    const reader = new ClassReader(fd, name, layout);
    yield* reader.#scan(layout.classesBytes, hash);
    return reader;
  }

  private constructor(fd: number, name: string, layout: SegmentLayout) {
    this.#fd = fd;
    this.#name = name;
    this.#offset = layout.classesOffset;
    this.count = layout.classCount;
    this.#starts = new Uint32Array(layout.classCount + 1);
    this.#checksums = new Uint32Array(layout.classCount);
  }

  /** The record of a class number below `count`; throws `corrupt` where its line is none. */
  record(index: number): ClassRecord {
    const cached = this.#cache.get(index);
    if (cached !== undefined) return cached;
    const value = this.#read(index);
    if (this.#cache.size >= SEGMENT_LIMITS.cachedClasses) this.#cache.clear();
    this.#cache.set(index, value);
    return value;
  }

  /** Every record, in a new array. */
  all(): ClassRecord[] {
    return Array.from({ length: this.count }, (_, index) => this.#read(index));
  }

  /** The line of a class number below `count` as it stands in the file, whatever it says. */
  line(index: number): Uint8Array {
    if (index < 0 || index >= this.count) throw new RangeError(`no class ${index} among ${this.count}`);
    const start = this.#starts[index]!;
    const line = Buffer.allocUnsafe(this.#starts[index + 1]! - start);
    const whole = onFile('read', this.#name, () =>
      readWhole(this.#fd, line, 0, line.length, this.#offset + start),
    );
    if (!whole || crc32(line) !== this.#checksums[index])
      throw corrupt(this.#name, 'its class records have changed since it was opened', 'an immutable file');
    return line;
  }

  #read(index: number): ClassRecord {
    return decodeClass(this.line(index), this.#name);
  }

  *#scan(total: number, hash: Hash): Generator<void, void> {
    const chunk = Buffer.allocUnsafe(Math.min(total, SEGMENT_LIMITS.stepBytes));
    let index = 0;
    for (let done = 0; done < total; done += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, total - done));
      if (!onFile('read', this.#name, () => readWhole(this.#fd, part, 0, part.length, this.#offset + done)))
        throw corrupt(this.#name, 'it ends in the classes', 'a whole file');
      hash.update(part);
      index = this.#scanPart(part, done, index);
      yield;
    }
    if (index !== this.count) throw this.#wrongCount();
  }

  #scanPart(part: Buffer, offset: number, first: number): number {
    let index = first;
    for (let at = 0; at < part.length; ) {
      const end = part.indexOf(LINE_END, at);
      const stop = end < 0 ? part.length : end + 1;
      if (index >= this.count) throw this.#wrongCount();
      this.#checksums[index] = crc32(part.subarray(at, stop), this.#checksums[index]);
      if (offset + stop - this.#starts[index]! > SEGMENT_LIMITS.maxClassLineBytes)
        throw corrupt(
          this.#name,
          'a class record in it is too long',
          `up to ${SEGMENT_LIMITS.maxClassLineBytes} bytes`,
        );
      if (end >= 0) this.#starts[++index] = offset + stop;
      at = stop;
    }
    return index;
  }

  #wrongCount(): Error {
    return corrupt(this.#name, 'its number of class records is not as said', `${this.count} lines`);
  }
}
