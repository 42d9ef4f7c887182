// Who gets a machine certificate: the holder of a token once, a machine under its own certificate, and a copy of a
// machine as another one (spec/enrolment.md sections 3 and 4). Speaks no HTTP.
import type { X509Certificate } from 'node:crypto';
import { parseBase64Url } from 'tocsin/protocol/base64.ts';
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import { TOKEN_LIMITS } from 'tocsin/protocol/join-token.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { issueMachine } from '../keys/authority.ts';
import type { KeyRing } from '../keys/store.ts';
import { ACCESS_LIMITS } from './config.ts';
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
    const { publicKey, key, spki } = await readCertificateRequest(requestText);
    const at = world.clock.now();
    const expiresAt = at + CERTIFICATE_LIMITS.machineLifetime * 1000;
    const machineId = randomUuid(world);
    const outcome = await tokens.redeem({ secretSha256, machineId, key, publicKey: spki, at, expiresAt });
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

  /**
   * A certificate for a copy of a machine, under the certificate that it was copied with: a machine of its own from
   * then on, with the marks of its origin and none of its choices. Its key must be a new one. Throws `input`,
   * `certificate`, `busy` beyond the copies that one machine may have in a day.
   */
  async enrolClone(origin: ProvedMachine, requestText: string): Promise<X509Certificate> {
    const { world, machines, keys } = this.#parts;
    const { publicKey, key, spki } = await readCertificateRequest(requestText);
    const at = world.clock.now();
    const outcome = await machines.clone({
      originId: origin.machineId,
      machineId: randomUuid(world),
      key,
      publicKey: spki,
      at,
      expiresAt: at + CERTIFICATE_LIMITS.machineLifetime * 1000,
      since: at - 86_400_000,
      limit: ACCESS_LIMITS.clonesPerDay,
    });
    if (outcome.kind === 'enrolled' || outcome.kind === 'repeated')
      return issueMachine(keys.issuing, outcome.machineId, publicKey, world);
    throw cloneRefusal(outcome.kind);
  }

  /** A new certificate for the machine, for its key or another one. Throws `input`; `certificate` where it may not. */
  async renew(machine: ProvedMachine, requestText: string): Promise<X509Certificate> {
    const { world, machines, keys } = this.#parts;
    const { publicKey, key, spki } = await readCertificateRequest(requestText);
    const at = world.clock.now();
    const expiresAt = at + CERTIFICATE_LIMITS.machineLifetime * 1000;
    const { machineId, key: shownKey } = machine;
    const renewal = { machineId, shownKey, newKey: key, newPublicKey: spki, at, expiresAt };
    if (!(await machines.renew(renewal)))
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

function cloneRefusal(kind: 'same-key' | 'too-many' | 'refused'): TocsinError {
  switch (kind) {
    case 'same-key':
      return new TocsinError(
        'input',
        "Cannot enrol the copy of a machine: the request is for the machine's own key, want a new key",
      );
    case 'too-many':
      return new TocsinError(
        'busy',
        `Cannot enrol the copy of a machine: ${ACCESS_LIMITS.clonesPerDay} of this one enrolled within a day, want a later call, or a join token`,
      );
    case 'refused':
      return new TocsinError(
        'certificate',
        "Cannot enrol the copy of a machine: the machine is revoked, want 'tocsin rejoin' with a new token",
      );
    default:
      return never(kind);
  }
}

/** RFC 9562 version 4. */
function randomUuid(world: World): string {
  const b = Buffer.from(world.random(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = b.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
