// What enrolment and renewal share of EST (RFC 7030): the form of a request, and what is checked of the certificate that
// comes back.
import { checkMachineCertificate } from '../../protocol/certificates.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import type { World } from '../../protocol/world.ts';
import { readAnswer } from './csr.ts';
import type { MachineIdentity } from './identity.ts';
import { checkPair } from './identity.ts';

export const EST_HEADERS = {
  'content-type': 'application/pkcs10',
  'content-transfer-encoding': 'base64',
} as const;

/** What the hub gave is checked as the hub will check it, before it replaces what works. */
export async function identityOf(
  body: Uint8Array,
  privateKey: string,
  keys: TrustedKeys,
  world: World,
): Promise<MachineIdentity> {
  const certificate = await readAnswer(body, privateKey);
  const check = checkMachineCertificate(certificate, keys.authorities, world.clock.now());
  if (check.kind === 'refused' || check.renewOnly)
    throw new TocsinError(
      'certificate',
      `Cannot use the certificate from the hub: ${check.kind === 'refused' ? check.why : 'it has ended'}, want a right clock here and at the hub`,
    );
  const identity = { machineId: check.machineId, privateKey, certificate: certificate.toString() };
  checkPair(identity);
  return identity;
}
