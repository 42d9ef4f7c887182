// Makes spec/vectors/objects/objects.json anew: `node scripts/make-object-vectors.ts`. It uses nothing of the product,
// so that a mistake there cannot be in the vectors as well. The certificates are those of other vectors.
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VECTORS = join(import.meta.dirname, '../spec/vectors');
const SECRETS = [Buffer.alloc(32, 0x11), createHash('sha256').update('another group').digest()];
const NETWORKS = [
  { ssid: Buffer.from('Café'), bssid: '02005e100001' },
  { ssid: Buffer.alloc(0), bssid: '02005e100001' },
  {
    ssid: Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex'),
    bssid: 'fcfffffffffe',
  },
];

function wifiId(secret: Buffer, ssid: Buffer, bssid: string): string {
  const text = Buffer.concat([
    Buffer.from('tocsin wifi network\0'),
    Buffer.of(ssid.length),
    ssid,
    Buffer.from(bssid, 'hex'),
  ]);
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** By hand for certificates of less than 64 KiB: outer tag and length, then the first element. */
function tbs(der: Buffer): Buffer {
  const sizeAt = (at: number): [header: number, size: number] =>
    der[at + 1]! < 0x80
      ? [2, der[at + 1]!]
      : der[at + 1] === 0x81
        ? [3, der[at + 2]!]
        : [4, der.readUInt16BE(at + 2)];
  const [outer] = sizeAt(0);
  const [inner, size] = sizeAt(outer);
  return der.subarray(outer, outer + inner + size);
}

const keys = JSON.parse(readFileSync(join(VECTORS, 'keys/certificates.json'), 'utf8')) as unknown;
const found = new Set(JSON.stringify(keys).match(/MII[A-Za-z0-9+/]{200,}={0,2}/g) ?? []);
const certificates = [...found].slice(0, 3).map((text) => Buffer.from(text, 'base64'));

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const idOf = (secret: Buffer): string =>
  sha256(Buffer.concat([Buffer.from('tocsin group secret\0'), secret])).slice(0, 16);
const spelled = (secret: Buffer) => ({ id: idOf(secret), secret: secret.toString('base64url') });
const [NEW, OLD] = [SECRETS[0]!, SECRETS[1]!];
const out = {
  answers: [
    { text: JSON.stringify({ v: 1, ...spelled(NEW) }), until: null },
    {
      text: JSON.stringify({ v: 1, ...spelled(NEW), former: { ...spelled(OLD), until: 1790000000 } }),
      until: 1790000000,
    },
  ],
  secrets: SECRETS.map((secret) => ({
    secret: secret.toString('base64url'),
    id: idOf(secret),
  })),
  networks: SECRETS.flatMap((secret) =>
    NETWORKS.map(({ ssid, bssid }) => ({
      secret: secret.toString('base64url'),
      ssid: ssid.toString('hex'),
      bssid,
      id: wifiId(secret, ssid, bssid),
    })),
  ),
  certificates: certificates.map((der) => ({
    der: der.toString('base64'),
    'certificate-sha256': sha256(der),
    'certificate-tbs': sha256(tbs(der)),
  })),
  refused: {
    certificates: ['', '30', '3000', '30800000', '0500', '3003020101', '30023001', '3082000430023000'],
    bssids: ['', '01005e100001', '02005e1000', 'xx005e100001'],
  },
};
mkdirSync(join(VECTORS, 'objects'), { recursive: true });
writeFileSync(join(VECTORS, 'objects/objects.json'), `${JSON.stringify(out, null, 2)}\n`);
