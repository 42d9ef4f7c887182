// Sizes of questions and answers on the wire: what is sealed by TLS still shows its length, so that it is filled up with
// white space to one of a few lengths (spec/lookup.md). White space after a JSON text means nothing. No I/O.

const KIB = 1_024;

/** A question with one prefix fits the first, whatever its kind; the largest envelope fits the last. */
export const QUESTION_SIZES: readonly number[] = [128, 1 * KIB, 4 * KIB, 16 * KIB, 64 * KIB];

/** The first fits twice what a prefix brings back on average; the last is what a machine takes (channel/config.ts). */
export const ANSWER_SIZES: readonly number[] = Array.from({ length: 12 }, (_, n) => (16 * KIB) << n);

const SPACE = 0x20;

/** The UTF-8 of a JSON text, filled up with spaces to the first of these ascending sizes; null where it fits none. */
export function padded(json: string, sizes: readonly number[]): Buffer<ArrayBuffer> | null {
  const bytes = Buffer.byteLength(json);
  const size = sizes.find((each) => each >= bytes);
  if (size === undefined) return null;
  const body = Buffer.allocUnsafe(size);
  body.write(json);
  return body.fill(SPACE, bytes);
}
