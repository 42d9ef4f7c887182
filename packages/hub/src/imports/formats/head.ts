// What a file is, by its first bytes: enough to say "a PNG picture" instead of a thousand refused rows.
import { IMPORT_LIMITS } from '../config.ts';
import type { FormatParser } from './format.ts';

/** Magic bytes as latin1 text, and what they mean to a person. */
const MAGICS: readonly (readonly [magic: string, what: string])[] = [
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['%PDF-', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive (unpack it first)'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\x1f\x8b', 'gzip data (unpack it first)'],
  ['\x28\xb5\x2f\xfd', 'zstd data (unpack it first)'],
  ['\xfd7zXZ\x00', 'xz data (unpack it first)'],
  ['BZh91AY&SY', 'bzip2 data (unpack it first)'],
  ["7z\xbc\xaf'\x1c", 'a 7z archive (unpack it first)'],
  ['Rar!\x1a\x07', 'a RAR archive (unpack it first)'],
  ['\x7fELF', 'an ELF program'],
  ['\xd0\xcf\x11\xe0', 'an OLE document'],
  ['SQLite format 3\x00', 'an SQLite database'],
  ['ClamAV-VDB:', 'a packed ClamAV database (unpack it with sigtool)'],
  ['TOCSEG1\n', 'a segment file of a hub'],
  ['-----BEGIN', 'a PEM file'],
  ['\xff\xfe', 'UTF-16 text (convert it to UTF-8)'],
  ['\xfe\xff', 'UTF-16 text (convert it to UTF-8)'],
];

export type HeadKind = 'text' | 'json' | 'other';

/** `what` is one noun phrase for a person. */
export interface Head {
  readonly kind: HeadKind;
  readonly what: string;
}

/** Tells text, JSON and everything else apart; `head` is the first `headBytes` of the file, or all of it. */
export function recognize(head: Uint8Array): Head {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  for (const [magic, what] of MAGICS) if (text.startsWith(magic)) return { kind: 'other', what };
  if (text.startsWith('ustar', 257)) return { kind: 'other', what: 'a tar archive (unpack it first)' };
  if (text.includes('\0')) {
    const program = text.startsWith('MZ');
    return { kind: 'other', what: program ? 'a Windows program' : 'binary data' };
  }
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(?:!doctype html|html|head|body|title|script|meta)\b/i.test(start))
    return { kind: 'other', what: 'an HTML page' };
  if (/^<(?:\?xml|!doctype|!--|[a-z][\w:-]*[\s/>])/i.test(start)) return { kind: 'other', what: 'XML' };
  if (/^(?:\{\s*(?:["}]|$)|\[\s*(?:["{[\]]|$))/.test(start)) return { kind: 'json', what: 'JSON' };
  return { kind: 'text', what: 'text' };
}

/** Holds a file back until its head is known, and lets it through to `inner` without a byte order mark. */
export class HeadGuard implements FormatParser {
  readonly #check: (head: Head) => void;
  readonly #inner: FormatParser;
  readonly #head = new Uint8Array(IMPORT_LIMITS.headBytes);
  #held = 0;
  #open = false;

  /** `check` throws where the head is none of the format. */
  constructor(check: (head: Head) => void, inner: FormatParser) {
    this.#check = check;
    this.#inner = inner;
  }

  push(chunk: Uint8Array): void {
    if (this.#open) {
      this.#inner.push(chunk);
      return;
    }
    const wanted = Math.min(chunk.length, this.#head.length - this.#held);
    this.#head.set(chunk.subarray(0, wanted), this.#held);
    this.#held += wanted;
    if (this.#held < this.#head.length) return;
    this.#release();
    if (wanted < chunk.length) this.#inner.push(chunk.subarray(wanted));
  }

  end(): void {
    if (!this.#open) this.#release();
    this.#inner.end();
  }

  #release(): void {
    const head = this.#head.subarray(0, this.#held);
    this.#check(recognize(head));
    this.#open = true;
    const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    this.#inner.push(head.subarray(marked ? 3 : 0));
  }
}
