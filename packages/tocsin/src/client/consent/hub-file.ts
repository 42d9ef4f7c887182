// A text of the hub that is kept here (terms, policy). It was verified when it came; by the digest that the guard
// remembers of it, it is known again when the hub's key has changed or the keys document has run out.
import type { LogPlace } from '../../catalog/settings.ts';
import { errorWords } from '../../protocol/errors.ts';
import { readSmallFile } from '../state/home.ts';

/** A text that somebody opened: its number, the digest of its payload, and what it says. */
export interface Opened<T> {
  readonly place: LogPlace;
  readonly value: T;
  readonly text: string;
}

export type HubFile<T> =
  | { readonly kind: 'absent' }
  | ({ readonly kind: 'held' } & Opened<T>)
  /** Validly signed, but not the newest that was here. */
  | { readonly kind: 'older' }
  | { readonly kind: 'altered'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface HubFileKind<T> {
  /** Bytes. */
  readonly maxBytes: number;
  /** Opens a text unverified. Throws TocsinError. */
  peek(text: string): Opened<T>;
  /** Opens a text that this raw receipt key signed. Throws TocsinError. */
  verify(text: string, receiptKey: Uint8Array): Opened<T>;
}

/**
 * Reads what is kept: `seen` is the newest that was ever verified here. A newer one, that a crash kept the guard
 * from noting, counts where the receipt key signed it. Never throws.
 */
export function readHubFile<T>(
  path: string,
  kind: HubFileKind<T>,
  seen: LogPlace | null,
  receiptKey: () => Uint8Array | null,
): HubFile<T> {
  let bytes: Uint8Array | null;
  try {
    bytes = readSmallFile(path, kind.maxBytes);
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
  if (bytes === null) return { kind: 'absent' };
  try {
    const text = Buffer.from(bytes).toString('latin1').trimEnd();
    const opened = kind.peek(text);
    if (seen !== null && opened.place.sha256 === seen.sha256) return { kind: 'held', ...opened };
    const key = receiptKey();
    if (key === null) return { kind: 'altered', why: 'there is no key of the hub to check it with' };
    const verified = kind.verify(text, key);
    return seen !== null && verified.place.sequence <= seen.sequence
      ? { kind: 'older' }
      : { kind: 'held', ...verified };
  } catch (error) {
    return { kind: 'altered', why: errorWords(error) };
  }
}
