// The two columns of certificate checks of the channel (spec/keys.md sections 6 and 7): a hub's leaf as a
// machine sees it, a machine's leaf as a hub sees it. Pure; the TLS handshake has proved possession of the key.
// OpenSSL's own verdict is not asked, because it knows neither the pin nor the tolerated skew.
import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import { isKeyId } from './ed25519.ts';
import type { TrustedAuthority, TrustedKeys } from './keys-document.ts';
import { KEYS_LIMITS } from './keys-document.ts';

export const CERTIFICATE_LIMITS = {
  /** Life of a machine's certificate, seconds; renewed when 2/3 of it have passed. */
  machineLifetime: 72 * 3_600,
  /** How long after its end a machine's certificate still allows to renew, and only that. */
  renewAfterEnd: 180 * 86_400,
  /** How far two clocks may stand apart. */
  skew: KEYS_LIMITS.skew,
  /** A leaf of ours has about 500 bytes. */
  maxBytes: 4_096,
} as const;

export const HUB_URN = 'urn:tocsin:hub:';
const MACHINE_URN = 'urn:uuid:';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

export type HubCheck =
  | { readonly kind: 'good' }
  /** Not the pinned hub, by its own words; null where it names none. */
  | { readonly kind: 'other-hub'; readonly hub: string | null }
  /** Says that it is the pinned hub, but no authority in the keys document issued it: perhaps a newer one did. */
  | { readonly kind: 'unknown-authority' }
  | { readonly kind: 'wrong-use' }
  | { readonly kind: 'dates'; readonly from: Date; readonly to: Date };

/** Whether the other end may be spoken to as the hub of `keys`; the checks in order, the first that fails tells. */
export function checkHubCertificate(leaf: X509Certificate, keys: TrustedKeys, nowMs: number): HubCheck {
  const hub = hubOfCertificate(leaf);
  if (hub !== keys.root.id) return { kind: 'other-hub', hub }; // 6.1
  if (issuerOf(leaf, keys.authorities, nowMs) === null) return { kind: 'unknown-authority' }; // 6.2
  if (leaf.ca || !isOnlyFor(leaf, SERVER_AUTH)) return { kind: 'wrong-use' }; // 6.3
  if (!(nowMs >= fromMs(leaf) - SKEW_MS && nowMs <= toMs(leaf) + SKEW_MS))
    return { kind: 'dates', from: new Date(fromMs(leaf)), to: new Date(toMs(leaf)) }; // 6.4
  return { kind: 'good' };
}

/** The root id that a certificate claims in its only alternative name, or null. Proves nothing. */
export function hubOfCertificate(leaf: X509Certificate): string | null {
  const id = soleUri(leaf, HUB_URN);
  return isKeyId(id) ? id : null;
}

export type MachineCheck =
  | {
      readonly kind: 'good';
      readonly machineId: string;
      /** SHA-256 of the public key (SPKI DER). */
      readonly key: Uint8Array;
      /** Past its end: it may renew, and do nothing else. */
      readonly renewOnly: boolean;
      readonly notAfter: number;
    }
  | { readonly kind: 'refused'; readonly why: MachineRefusal };

export type MachineRefusal = 'unknown-authority' | 'not-a-machine' | 'too-early' | 'too-old';

/** Whether a peer is a machine of this hub. Whether it is revoked is the machine store's to say. */
export function checkMachineCertificate(
  leaf: X509Certificate,
  authorities: readonly TrustedAuthority[],
  nowMs: number,
): MachineCheck {
  if (leaf.raw.length > CERTIFICATE_LIMITS.maxBytes) return { kind: 'refused', why: 'not-a-machine' }; // 7.1
  if (issuerOf(leaf, authorities, nowMs) === null) return { kind: 'refused', why: 'unknown-authority' }; // 7.2
  const machineId = machineOfCertificate(leaf);
  if (machineId === null || leaf.ca || !isOnlyFor(leaf, CLIENT_AUTH))
    return { kind: 'refused', why: 'not-a-machine' }; // 7.3
  if (!(nowMs >= fromMs(leaf) - SKEW_MS)) return { kind: 'refused', why: 'too-early' }; // 7.4
  const age = nowMs - toMs(leaf) - SKEW_MS;
  if (!(age <= CERTIFICATE_LIMITS.renewAfterEnd * 1000)) return { kind: 'refused', why: 'too-old' }; // 7.5
  const notAfter = Math.floor(toMs(leaf) / 1000);
  return { kind: 'good', machineId, key: publicKeyDigest(leaf), renewOnly: age > 0, notAfter }; // 7.6
}

/** The UUID in a certificate's only alternative name, or null. Proves nothing. */
export function machineOfCertificate(leaf: X509Certificate): string | null {
  const id = soleUri(leaf, MACHINE_URN);
  return id !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}

export function machineUri(machineId: string): string {
  return MACHINE_URN + machineId;
}

export function hubUri(rootId: string): string {
  return HUB_URN + rootId;
}

/** SHA-256 of the SPKI: how a hub remembers a machine's key. */
export function publicKeyDigest(leaf: X509Certificate): Uint8Array {
  return createHash('sha256')
    .update(leaf.publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

/** The moment, in milliseconds since 1970, at which a certificate is to be renewed: 2/3 of its life. */
export function renewalDue(leaf: X509Certificate): number {
  return fromMs(leaf) + (2 / 3) * (toMs(leaf) - fromMs(leaf));
}

const SKEW_MS = CERTIFICATE_LIMITS.skew * 1000;

/** One step only: an authority signs leaves, nothing signs for an authority but the root's document. */
function issuerOf(
  leaf: X509Certificate,
  authorities: readonly TrustedAuthority[],
  nowMs: number,
): TrustedAuthority | null {
  return (
    authorities.find(
      (authority) =>
        nowMs <= authority.notAfter * 1000 + SKEW_MS &&
        leaf.checkIssued(authority.certificate) &&
        leaf.verify(authority.certificate.publicKey),
    ) ?? null
  );
}

/** What follows `prefix` where the certificate has exactly one alternative name and it is a URI of that form. */
function soleUri(leaf: X509Certificate, prefix: string): string | null {
  const start = `URI:${prefix}`;
  const text = leaf.subjectAltName ?? '';
  return text.startsWith(start) && /^[0-9a-z-]+$/.test(text.slice(start.length))
    ? text.slice(start.length)
    : null;
}

/** `keyUsage` of Node is the extended key usage: object ids. */
function isOnlyFor(leaf: X509Certificate, use: string): boolean {
  const uses = leaf.keyUsage as readonly string[] | undefined;
  return uses?.length === 1 && uses[0] === use;
}

function fromMs(leaf: X509Certificate): number {
  return leaf.validFromDate.getTime();
}

function toMs(leaf: X509Certificate): number {
  return leaf.validToDate.getTime();
}
