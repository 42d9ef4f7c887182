// Items about the signature of a file and about certificates: those that sign files and those that web services
// show. Both are public: they are handed to everybody who gets the file or calls the service.
import { item } from '../item.ts';
import { OBJECT, planned } from './object-common.ts';

const CERTIFICATE = { ...OBJECT, purposes: ['reputation', 'threat-analysis'] } as const;

/** Where certificates come from, for the collectors below. */
const SEEN =
  'signer certificate of the PKCS #7 data in the PE attribute certificate table, or getPeerX509Certificate() of the web check of the agent';

export const OBJECT_CERTIFICATE_ITEMS = [
  item({
    ...CERTIFICATE,
    id: 'object.signature_result',
    type: {
      kind: 'choice',
      values: [
        'none',
        'valid',
        'content-changed',
        'untrusted',
        'expired',
        'revoked',
        'malformed',
        'unsupported',
      ],
    },
    what: 'what the check of the signature over the file came to: none there, valid, content changed since signing, signer not trusted, and so on',
    statement: ['object.signature_check_result'],
    difference:
      'whether the file is what was signed; object.certificate_result is whether the certificate itself holds',
    collector: planned(
      'Authenticode digest of the PE file against its PKCS #7 data; for package files dpkg .md5sums and the apt InRelease signature',
    ),
    example: 'valid',
  }),
  item({
    ...CERTIFICATE,
    personal: true,
    id: 'object.signer',
    type: { kind: 'text', max: 256 },
    what: 'the name that a valid signature gives for who signed the file: a company as a rule, a single person now and then; e-mail addresses are cut. For packages the name of the archive key',
    statement: ['object.signer'],
    difference:
      'name only, and only where the signature is valid; object.certificate_owner is the whole owner entry of any certificate',
    collector: planned(
      'common name, else organisation, of the signer certificate in the PKCS #7 data; for packages Origin of the signed InRelease file',
    ),
    example: 'Example Software GmbH',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.signed_at',
    type: { kind: 'time', precision: 'second' },
    what: 'when the file was signed, as a timestamping service confirmed it; the same in every copy, so nothing about this machine',
    transform: 'utc-second',
    statement: ['object.signed_at'],
    collector: planned(
      'genTime of the RFC 3161 token, else the countersignature, in the PKCS #7 data of the PE file',
    ),
    example: '2026-05-04T11:31:40Z',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_issuer',
    type: { kind: 'text', max: 512 },
    what: 'the name of the authority that issued the certificate, as it stands in it',
    statement: ['object.certificate_issuer'],
    collector: planned(`issuer of the ${SEEN}`),
    example: 'C=US, O=Example Trust, CN=Example Code Signing CA 3',
  }),
  item({
    ...CERTIFICATE,
    personal: true,
    id: 'object.certificate_owner',
    type: {
      kind: 'record',
      fields: {
        subject: { kind: 'text', max: 512 },
        names: { kind: 'list', of: { kind: 'text', max: 253 }, max: 100 },
        usages: { kind: 'list', of: { kind: 'text', max: 64, pattern: '[A-Za-z0-9.]+' }, max: 32 },
        authority: { kind: 'flag' },
      },
    },
    what: 'to whom the certificate was issued and what it may be used for: owner entry, host names, permitted uses, and whether it may issue others; e-mail addresses are cut. The owner may be a single person',
    statement: ['object.certificate_owner_and_settings'],
    difference: 'as the certificate says, trusted or not; object.signer is the proven name',
    collector: planned(`subject, subjectAltName, keyUsage, extKeyUsage and basicConstraints of the ${SEEN}`),
    example: {
      subject: 'C=DE, O=Example Software GmbH, CN=Example Software GmbH',
      names: [],
      usages: ['digitalSignature', 'codeSigning'],
      authority: false,
    },
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_serial',
    type: { kind: 'text', max: 40, pattern: '([0-9a-f]{2}){1,20}' },
    what: 'the number that its issuer gave the certificate, in hex; together with the issuer it names the certificate in revocation lists',
    statement: ['object.certificate_serial_number'],
    collector: planned(`serialNumber of the ${SEEN}`),
    example: '0a3f9c11d27e48b6',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_thumbprint',
    type: {
      kind: 'record',
      fields: {
        algorithm: { kind: 'choice', values: ['sha256'] },
        value: { kind: 'digest', bytes: 32 },
      },
    },
    what: 'the digest of the whole certificate and the name of the algorithm that made it; SHA-256 only, since MD5 and SHA-1 can be forged',
    statement: ['object.certificate_thumbprint_algorithm', 'object.certificate_thumbprint_and_hash'],
    difference:
      'of the certificate with its dates; object.certificate_public_key stays equal when it is renewed with the same key',
    collector: planned(`SHA-256 over the DER bytes of the ${SEEN}`),
    example: {
      algorithm: 'sha256',
      value: 'c1d3f07a95be2846e0719c5ad82b34f60e97a1c48d5f2b6370a8e94d1c6b5f23',
    },
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_public_key',
    type: { kind: 'digest', bytes: 32 },
    what: "the SHA-256 digest of the certificate's public key; enough to see that two certificates share a key, and the key itself is not sent",
    statement: ['object.certificate_public_key'],
    difference: 'of the key alone; object.certificate_thumbprint is of the whole certificate',
    collector: planned(`SHA-256 over SubjectPublicKeyInfo of the ${SEEN}`),
    example: '7be2c0914da83f56127f0be9d6c5a3481e20f97bc64d8a350f1be72d94c8a06e',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_public_key_algorithm',
    type: { kind: 'text', max: 32, pattern: '[a-z0-9]+(-[a-z0-9]+)*' },
    what: 'for which algorithm, and of what size or on which curve, the key in the certificate is',
    statement: ['object.certificate_public_key_algorithm'],
    collector: planned(`asymmetricKeyType and asymmetricKeyDetails of the public key in the ${SEEN}`),
    example: 'rsa-3072',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_issued_at',
    type: { kind: 'time', precision: 'second' },
    what: 'the first moment at which the certificate is valid',
    transform: 'utc-second',
    statement: ['object.certificate_issued_at'],
    collector: planned(`notBefore of the ${SEEN}`),
    example: '2025-02-01T00:00:00Z',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_expires_at',
    type: { kind: 'time', precision: 'second' },
    what: 'the last moment at which the certificate is valid',
    transform: 'utc-second',
    statement: ['object.certificate_expires_at'],
    collector: planned(`notAfter of the ${SEEN}`),
    example: '2028-02-01T23:59:59Z',
  }),
  item({
    ...CERTIFICATE,
    id: 'object.certificate_result',
    type: {
      kind: 'choice',
      values: [
        'trusted',
        'unknown-root',
        'incomplete-chain',
        'not-yet-valid',
        'expired',
        'revoked',
        'wrong-name',
        'wrong-use',
        'weak',
        'malformed',
      ],
    },
    what: 'what the check of the certificate came to: chain up to a root that this machine trusts, dates, revocation, name and use',
    statement: ['object.certificate_verification_result'],
    difference:
      'speaks of the certificate, on a file or a web service; object.signature_result speaks of the signed file',
    collector: planned(
      'chain against /etc/ssl/certs and the revocation entries of the published lists; authorizationError of the TLS socket in the web check of the agent',
    ),
    example: 'unknown-root',
  }),
] as const;
