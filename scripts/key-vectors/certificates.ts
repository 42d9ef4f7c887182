// The vectors of spec/vectors/keys/certificates.json: certificates of hub and machines as they are made, and ones that no hub
// makes. For make-key-vectors.ts.
import { createPublicKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { IssuingAuthority } from '../../packages/hub/src/keys/authority.ts';
import { issueHub, issueMachine, makeAuthority, makeKey } from '../../packages/hub/src/keys/authority.ts';
import { toBase64 } from '../../packages/tocsin/src/protocol/base64.ts';
import { keyId } from '../../packages/tocsin/src/protocol/ed25519.ts';
import type { World } from '../../packages/tocsin/src/protocol/world.ts';
import { unixSeconds } from '../../packages/tocsin/src/protocol/world.ts';

const DAY = 86_400;
const HOUR = 3_600;
const MACHINE = '9f86d081-884c-4d65-9a2f-eaa0c55ad015';

export interface CertificateGround {
  readonly authority: IssuingAuthority;
  /** Id of the hub. */
  readonly hub: string;
  /** The root's public key, base64. */
  readonly root: string;
  /** The keys document that names the authority, as it is signed. */
  readonly keys: string;
  readonly world: World;
}

export async function certificateVectors(ground: CertificateGround): Promise<object> {
  const { authority, hub, root, keys, world } = ground;
  const start = unixSeconds(world.clock);
  const publicKey = createPublicKey(makeKey());
  const foreign = await makeAuthority(hub, world);
  const der = (certificate: { readonly raw: Uint8Array }): string => toBase64(certificate.raw);
  const hubLeaf = der(await issueHub(authority, hub, publicKey, 30 * DAY, world));
  const machineLeaf = der(await issueMachine(authority, MACHINE, publicKey, world));
  const server = x509.ExtendedKeyUsage.serverAuth;
  const client = x509.ExtendedKeyUsage.clientAuth;
  const hubName = { type: 'url', value: `urn:tocsin:hub:${hub}` } as const;
  const machineName = { type: 'url', value: `urn:uuid:${MACHINE}` } as const;
  const odd = (options: LeafOptions): Promise<string> => oddLeaf(authority, start, options);
  const at = (name: string, as: string, certificate: string, want: string, now = start): object => ({
    name,
    as,
    now,
    certificate,
    want,
  });
  const end = start + 72 * HOUR;
  const authorityDer = der(authority.certificate);
  return {
    keys,
    root,
    machineId: MACHINE,
    cases: [
      at('as made', 'hub', hubLeaf, 'good'),
      at('the last second of life and skew', 'hub', hubLeaf, 'good', start + 31 * DAY),
      at('one second later', 'hub', hubLeaf, 'dates', start + 31 * DAY + 1),
      at('a clock a day behind', 'hub', hubLeaf, 'good', start - DAY),
      at('and one second more', 'hub', hubLeaf, 'dates', start - DAY - 1),
      at('the authority is over', 'hub', hubLeaf, 'unknown-authority', start + 5 * 365 * DAY + DAY + 1),
      at(
        'same name, by an authority that the root does not name',
        'hub',
        der(await issueHub(foreign, hub, publicKey, DAY, world)),
        'unknown-authority',
      ),
      at(
        'of another hub',
        'hub',
        der(await issueHub(authority, keyId(Buffer.from('x')), publicKey, DAY, world)),
        'other-hub',
      ),
      at('the certificate of a machine', 'hub', machineLeaf, 'other-hub'),
      at('the authority itself', 'hub', authorityDer, 'other-hub'),
      at('named as hub, for clients', 'hub', await odd({ names: [hubName], uses: [client] }), 'wrong-use'),
      at(
        'named as hub, for clients and servers',
        'hub',
        await odd({ names: [hubName], uses: [server, client] }),
        'wrong-use',
      ),
      at('named as hub, for nothing', 'hub', await odd({ names: [hubName], uses: [] }), 'wrong-use'),
      at(
        'named as hub, an authority',
        'hub',
        await odd({ names: [hubName], uses: [server], ca: true }),
        'wrong-use',
      ),
      at(
        'named as hub and as something else',
        'hub',
        await odd({ names: [hubName, { type: 'dns', value: 'a.example' }], uses: [server] }),
        'other-hub',
      ),
      at(
        'the name of a hub as a DNS name',
        'hub',
        await odd({ names: [{ type: 'dns', value: `urn:tocsin:hub:${hub}` }], uses: [server] }),
        'other-hub',
      ),
      at('no name', 'hub', await odd({ names: [], uses: [server] }), 'other-hub'),
      at('as made', 'machine', machineLeaf, 'good'),
      at('the last second of life and skew', 'machine', machineLeaf, 'good', end + DAY),
      at('one second later', 'machine', machineLeaf, 'renew-only', end + DAY + 1),
      at('the last second to renew', 'machine', machineLeaf, 'renew-only', end + 181 * DAY),
      at('one second later', 'machine', machineLeaf, 'too-old', end + 181 * DAY + 1),
      at('a clock a day behind', 'machine', machineLeaf, 'good', start - DAY),
      at('and one second more', 'machine', machineLeaf, 'too-early', start - DAY - 1),
      at(
        'by an authority that the root does not name',
        'machine',
        der(await issueMachine(foreign, MACHINE, publicKey, world)),
        'unknown-authority',
      ),
      at('the certificate of the hub', 'machine', hubLeaf, 'not-a-machine'),
      at('the authority itself', 'machine', authorityDer, 'not-a-machine'),
      at(
        'named as machine, for servers',
        'machine',
        await odd({ names: [machineName], uses: [server] }),
        'not-a-machine',
      ),
      at(
        'named as machine, for clients and servers',
        'machine',
        await odd({ names: [machineName], uses: [client, server] }),
        'not-a-machine',
      ),
      at(
        'named as two machines',
        'machine',
        await odd({ names: [machineName, machineName], uses: [client] }),
        'not-a-machine',
      ),
      at(
        'an upper-case UUID',
        'machine',
        await odd({ names: [{ type: 'url', value: machineName.value.toUpperCase() }], uses: [client] }),
        'not-a-machine',
      ),
      at(
        'an authority with the name of a machine',
        'machine',
        await odd({ names: [machineName], uses: [client], ca: true }),
        'not-a-machine',
      ),
      at(
        'self-signed by a stranger',
        'machine',
        der((await makeAuthority('x', world)).certificate),
        'unknown-authority',
      ),
    ],
  };
}

interface LeafOptions {
  readonly names: readonly { readonly type: 'url' | 'dns'; readonly value: string }[];
  readonly uses: readonly string[];
  readonly ca?: boolean;
}

/** A leaf that no hub makes, by the real authority: only such ones reach the later checks. */
async function oddLeaf(by: IssuingAuthority, start: number, options: LeafOptions): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '4242',
    subject: 'CN=odd',
    issuer: new x509.X509Certificate(by.certificate.raw).subject,
    notBefore: new Date(start * 1000),
    notAfter: new Date((start + 72 * HOUR) * 1000),
    signingAlgorithm: algorithm,
    publicKey: pair.publicKey,
    signingKey: by.privateKey.toCryptoKey(algorithm, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(options.ca ?? false, undefined, true),
      ...(options.uses.length > 0 ? [new x509.ExtendedKeyUsageExtension([...options.uses], true)] : []),
      ...(options.names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...options.names])] : []),
    ],
  });
  return toBase64(new Uint8Array(certificate.rawData));
}
