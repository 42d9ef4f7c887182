// A signed text of one kind, before anybody's signature is looked at: of the size and the payload type of its kind.
import type { Envelope } from '../protocol/dsse.ts';
import { parseEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';

export interface SignedTextKind {
  /** Names it in errors ("settings"). */
  readonly what: string;
  readonly payloadType: string;
  /** Characters. */
  readonly maxText: number;
}

/** Throws `limit` for a text that is too long, `format` for one that is none or of another type. */
export function readSignedText({ what, payloadType, maxText }: SignedTextKind, text: string): Envelope {
  if (text.length > maxText)
    throw new TocsinError(
      'limit',
      `Cannot read the ${what}: the text has ${text.length} characters, want ${maxText} at most`,
    );
  const envelope = parseEnvelope(text);
  if (envelope.payloadType !== payloadType)
    throw new TocsinError('format', `Cannot read the ${what}: it is of another type, want ${payloadType}`);
  return envelope;
}
