// The operator's terms as this machine keeps them: fetched from the hub, verified, never replaced by older ones.
// Without them the Statement names no operator, and opt-in rules. Writing them is client/consent/change.ts's part.
import type { ConsentRecord } from '../../catalog/consent-record.ts';
import { Fields } from '../../catalog/fields.ts';
import type { HubText } from '../../catalog/hub-text.ts';
import { payloadDigest, peekHubText } from '../../catalog/hub-text.ts';
import type { Terms } from '../../catalog/terms.ts';
import {
  parseTerms,
  TERMS_LIMITS,
  TERMS_PAYLOAD_TYPE,
  termsFingerprint,
  verifyTerms,
} from '../../catalog/terms.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { readSmallFile } from '../state/home.ts';
import type { HubFile, HubFileKind, Opened } from './hub-file.ts';

const KIND: HubText = {
  what: 'terms',
  payloadType: TERMS_PAYLOAD_TYPE,
  maxText: TERMS_LIMITS.maxSignedText,
};

export const TERMS_FILE: HubFileKind<Terms> = {
  maxBytes: TERMS_LIMITS.maxSignedText + 1,
  peek: (text) => opened(text, (payload) => parseTerms(Fields.json('terms', payload))),
  verify: (text, receiptKey) => opened(text, () => verifyTerms(text, receiptKey)),
};

function opened(text: string, read: (payload: Uint8Array) => Terms): Opened<Terms> {
  const payload = peekHubText(KIND, text);
  const value = read(payload);
  return { place: { sequence: value.number, sha256: payloadDigest(payload) }, value, text };
}

/** True where the choice was made under exactly these terms. */
export function isUnder(terms: Terms, record: ConsentRecord): boolean {
  const version = record.statement?.version ?? '';
  return version.endsWith(`.${terms.number}`) && termsFingerprint(terms) === record.terms;
}

/** The text of the terms that are held, where newer ones would take away what the choice was made under. */
export function textToKeep(held: HubFile<Terms>, record: ConsentRecord | null): string | null {
  return held.kind === 'held' && record !== null && isUnder(held.value, record) ? held.text : null;
}

/**
 * The terms under which a choice was made, of those that are kept; null where they are not. What binds in them is what
 * the record, signed by this machine, says by its fingerprint; the rest is for reading only. Never throws.
 */
export function acceptedTerms(path: string, newest: Terms | null, record: ConsentRecord): Terms | null {
  if (newest !== null && isUnder(newest, record)) return newest;
  try {
    const bytes = readSmallFile(path, TERMS_FILE.maxBytes);
    if (bytes === null) return null;
    const { value } = TERMS_FILE.peek(Buffer.from(bytes).toString('latin1').trimEnd());
    return isUnder(value, record) ? value : null;
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}
