// Certificates as objects (spec/objects.md): the two keys of one, and the certificates of a PEM or DER file. Reads no
// name and no date of theirs, and trusts nothing.
import { createHash } from 'node:crypto';
import { TocsinError } from './errors.ts';
import { digestKey } from './keys-of.ts';
import type { ObjectKey } from './kinds.ts';

export const CERTIFICATE_OBJECT_LIMITS = { maxBytes: 65_536, maxInFile: 64, maxFile: 1 << 20 } as const;

const SEQUENCE = 0x30;

/** `certificate-sha256` and `certificate-tbs`, the more exact first. Throws `format` for bytes that are no certificate. */
export function certificateKeys(der: Uint8Array): readonly [whole: ObjectKey, tbs: ObjectKey] {
  return [
    digestKey('certificate-sha256', sha256(der)),
    digestKey('certificate-tbs', sha256(signedPart(der))),
  ];
}

/** The part that is signed, with its tag and length: a view. Throws `format` as the spec says. */
export function signedPart(der: Uint8Array): Uint8Array {
  const outer = der.length <= CERTIFICATE_OBJECT_LIMITS.maxBytes ? sequenceAt(der, 0) : null;
  const inner = outer === null || outer.end !== der.length ? null : sequenceAt(der, outer.content);
  if (inner !== null) return der.subarray(outer!.content, inner.end);
  throw new TocsinError(
    'format',
    `Cannot read the certificate: its ${der.length} bytes are no DER of one, want X.509`,
  );
}

/** Where the content of the SEQUENCE at `at` begins and ends (X.690, definite form, up to three bytes of length), or null. */
function sequenceAt(der: Uint8Array, at: number): { content: number; end: number } | null {
  const first = der[at + 1];
  if (der[at] !== SEQUENCE || first === undefined) return null;
  const more = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || more > 3 || at + 2 + more > der.length) return null;
  let size = more === 0 ? first : 0;
  for (let i = 0; i < more; i++) size = size * 256 + der[at + 2 + i]!;
  if (more > 0 && size < Math.max(0x80, 256 ** (more - 1))) return null; // DER: the shortest form of a length
  const content = at + 2 + more;
  return size > 0 && content + size <= der.length ? { content, end: content + size } : null;
}

const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a file, in their order: PEM (RFC 7468) with text around, or one in DER. Throws `format`, `limit`. */
export function certificatesIn(file: Uint8Array): readonly Uint8Array[] {
  const { maxFile, maxInFile } = CERTIFICATE_OBJECT_LIMITS;
  if (file.length > maxFile) throw tooMuch(`it has ${file.length} bytes`, `${maxFile} at most`);
  const found: Uint8Array[] = [];
  const text = Buffer.from(file).toString('latin1');
  for (const [, base64] of text.matchAll(PEM)) {
    if (found.length >= maxInFile) throw tooMuch(`it holds more than ${maxInFile}`, 'fewer');
    found.push(new Uint8Array(Buffer.from(base64!, 'base64')));
  }
  if (found.length === 0 && file[0] !== SEQUENCE && /^-----BEGIN /m.test(text))
    throw new TocsinError(
      'format',
      'Cannot read the file of certificates: it is PEM without a whole certificate, want BEGIN to END CERTIFICATE',
    );
  if (found.length === 0) found.push(file);
  for (const der of found) signedPart(der);
  return found;
}

function tooMuch(state: string, want: string): TocsinError {
  return new TocsinError('limit', `Cannot read the file of certificates: ${state}, want ${want}`);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
