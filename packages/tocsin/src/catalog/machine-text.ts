// What this machine signs for itself, as one exact text: no second spelling of it counts, so that no byte of a file
// can be changed without being noticed. Texts from elsewhere may be spelled in other ways: protocol/dsse.ts.
import type { KeyObject } from 'node:crypto';
import type { Envelope } from '../protocol/dsse.ts';
import { formatEnvelope, parseEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';
import { isMachineSigned, machineKeyId, signByMachine } from '../protocol/machine-signature.ts';
import type { SignedTextKind } from './signed-text.ts';
import { readSignedText } from './signed-text.ts';

export type MachineText = SignedTextKind;

/** One line, without its end. */
export function signText({ payloadType }: MachineText, payload: Uint8Array, machineKey: KeyObject): string {
  return formatEnvelope(signByMachine(payloadType, payload, machineKey));
}

/**
 * The payload of a text that this key signed, spelled exactly as `signText` spells it. Throws `limit`, `format` for
 * what is no such text, `denied` where the signature is not of the key.
 */
export function openText(kind: MachineText, text: string, machineKey: KeyObject): Uint8Array {
  const { what } = kind;
  const envelope = readSignedText(kind, text);
  if (!isMachineSigned(envelope, machineKey))
    throw new TocsinError(
      'denied',
      `Cannot trust the ${what}: the key of this machine did not sign it, want its signature`,
    );
  if (!isExactly(text, envelope, machineKey))
    throw new TocsinError(
      'format',
      `Cannot trust the ${what}: the text was altered, want it as it was written`,
    );
  return envelope.payload;
}

/** True where the text is what signing with this key makes, hints and spelling included. */
export function isExactText(text: string, machineKey: KeyObject): boolean {
  return isExactly(text, parseEnvelope(text), machineKey);
}

function isExactly(text: string, envelope: Envelope, machineKey: KeyObject): boolean {
  return (
    envelope.signatures.length === 1 &&
    envelope.signatures[0]!.keyId === machineKeyId(machineKey) &&
    formatEnvelope(envelope) === text
  );
}
