// Memory for the bodies of look-ups, used again for the next ones: they are large, many, and needed for a moment, which is
// what a collector of garbage does worst. It knows nothing of requests: who takes room gives it back, once.
import { PACKED_LIMITS } from 'tocsin/protocol/packed-lookup.ts';

export const BODY_ROOM_LIMITS = {
  /** The smallest piece without its head; each kind is twice the one before. */
  smallestBytes: 4_096,
  /** Beyond it in each piece: a power of two of keys comes with a head, and would need a piece of twice its size. */
  headBytes: PACKED_LIMITS.requestHead,
  /** What nobody uses now is kept up to so much. */
  keptBytes: 8 * 2 ** 20,
} as const;

export class BodyRoom {
  /** Free pieces by their size. */
  readonly #free = new Map<number, Buffer[]>();
  #kept = 0;

  /** A piece of `bytes` at least, with anything in it. */
  take(bytes: number): Buffer {
    const { headBytes, smallestBytes } = BODY_ROOM_LIMITS;
    let size: number = smallestBytes;
    while (size + headBytes < bytes) size *= 2;
    const piece = this.#free.get(size + headBytes)?.pop();
    if (piece === undefined) return Buffer.allocUnsafeSlow(size + headBytes);
    this.#kept -= piece.length;
    return piece;
  }

  /** Of a whole piece as it was taken; it must not be read any more. */
  giveBack(piece: Buffer): void {
    if (this.#kept + piece.length > BODY_ROOM_LIMITS.keptBytes) return;
    this.#kept += piece.length;
    const alike = this.#free.get(piece.length);
    if (alike === undefined) this.#free.set(piece.length, [piece]);
    else alike.push(piece);
  }
}
