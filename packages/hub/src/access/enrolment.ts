// Who gets a machine certificate: the holder of a token once, and a machine under its own certificate
// (spec/enrolment.md sections 3 and 4). Speaks no HTTP.
import type { X509Certificate } from 'node:crypto';
import { parseBase64Url } from 'tocsin/protocol/base64.ts';
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import { TOKEN_LIMITS } from 'tocsin/protocol/join-token.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { issueMachine } from '../keys/authority.ts';
import type { KeyRing } from '../keys/store.ts';
import { readCertificateRequest } from './request.ts';
import type { MachineStore, TokenStore } from './store.ts';
import { secretDigest } from './tokens.ts';

/** A machine as its connection proved it. */
export interface ProvedMachine {
  readonly machineId: string;
  /** SHA-256 of the key of its certificate. */
  readonly key: Uint8Array;
}

export interface EnrolmentParts {
  readonly keys: KeyRing;
  readonly tokens: TokenStore;
  readonly machines: MachineStore;
  readonly world: World;
}

export class Enrolment {
  readonly #parts: EnrolmentParts;

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
  }

  /**
   * The digest of the secret in `Authorization: Bearer`, where it may still be redeemed, before a body is read.
   * Throws `token-foreign`, `token-expired`. A used one passes: the same key may ask again, `enrol` decides.
   */
  async admit(authorization: string | undefined): Promise<Uint8Array> {
    const secret = parseBearer(authorization);
    if (secret === null) throw refusal('foreign');
    const digest = secretDigest(secret);
    const { kind } = await this.#parts.tokens.tokenState(digest, this.#parts.world.clock.now());
    if (kind === 'foreign' || kind === 'expired') throw refusal(kind);
    return digest;
  }

  /**
   * Redeems the token for the key in the request. When this resolves the machine is on disk; a request that is
   * malformed leaves the token as it was. Throws `input`, `token-used`, `token-expired`, `token-foreign`.
   */
  async enrol(secretSha256: Uint8Array, requestText: string): Promise<X509Certificate> {
    const { world, tokens, keys } = this.#parts;
    const { publicKey, key } = await readCertificateRequest(requestText);
    const at = world.clock.now();
    const expiresAt = at + CERTIFICATE_LIMITS.machineLifetime * 1000;
    const outcome = await tokens.redeem({ secretSha256, machineId: randomUuid(world), key, at, expiresAt });
    switch (outcome.kind) {
      case 'enrolled':
      case 'repeated':
        return issueMachine(keys.issuing, outcome.machineId, publicKey, world);
      case 'used':
      case 'expired':
      case 'foreign':
        throw refusal(outcome.kind);
      default:
        return never(outcome);
    }
  }

  /** A new certificate for the machine, for its key or another one. Throws `input`; `certificate` where it may not. */
  async renew(machine: ProvedMachine, requestText: string): Promise<X509Certificate> {
    const { world, machines, keys } = this.#parts;
    const { publicKey, key } = await readCertificateRequest(requestText);
    const at = world.clock.now();
    const expiresAt = at + CERTIFICATE_LIMITS.machineLifetime * 1000;
    const { machineId, key: shownKey } = machine;
    if (!(await machines.renew({ machineId, shownKey, newKey: key, at, expiresAt })))
      throw new TocsinError(
        'certificate',
        "Cannot renew the certificate: the machine is revoked, or the key was replaced; want 'tocsin rejoin' with a new token",
      );
    return issueMachine(keys.issuing, machineId, publicKey, world);
  }
}

/** The secret, or null for anything that is not exactly one. */
function parseBearer(header: string | undefined): Uint8Array | null {
  const value = /^Bearer ([A-Za-z0-9_-]{1,64})$/.exec(header ?? '')?.[1];
  const secret = value === undefined ? null : parseBase64Url(value);
  return secret?.length === TOKEN_LIMITS.secretBytes ? secret : null;
}

function refusal(kind: 'foreign' | 'used' | 'expired'): TocsinError {
  const state = { foreign: 'it is not of this hub', used: 'it was used', expired: 'it has expired' }[kind];
  return new TocsinError(
    `token-${kind}`,
    `Cannot enrol with the join token: ${state}, want a new one from 'tocsin-hub token'`,
  );
}

/** RFC 9562 version 4. */
function randomUuid(world: World): string {
  const b = Buffer.from(world.random(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = b.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
