// Memory for the bodies of look-ups, used again for the next ones: they are large, many, and needed for a moment, which is
// what a collector of garbage does worst. It knows nothing of requests: who takes room gives it back, once.

export const BODY_ROOM_LIMITS = {
  /** The smallest piece; each kind is twice the one before. */
  smallestBytes: 4_096,
  /** What nobody uses now is kept up to so much. */
  keptBytes: 8 * 2 ** 20,
} as const;

export class BodyRoom {
  /** Free pieces by their size. */
  readonly #free = new Map<number, Buffer[]>();
  #kept = 0;

  /** A piece of `bytes` at least, with anything in it. */
  take(bytes: number): Buffer {
    let size: number = BODY_ROOM_LIMITS.smallestBytes;
    while (size < bytes) size *= 2;
    const piece = this.#free.get(size)?.pop();
    if (piece === undefined) return Buffer.allocUnsafeSlow(size);
    this.#kept -= size;
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
