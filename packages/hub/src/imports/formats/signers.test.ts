import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import { groupSecretOf, parseBssid, parseSsid, wifiKey } from 'tocsin/protocol/wifi.ts';
import { csv } from './csv.ts';
import { signers } from './signers.ts';
import { attempt, run } from './testing.ts';

const HEAD = 'tbs_sha256\ttbs_sha1\tsubject\tserial\tis_ca\toccurrences\tcategories';
const tbs = (byte: string): string => byte.repeat(32);

test('signers: who signed bad drivers, without authorities, time stampers and publishers of everybody', () => {
  const rows = [
    `${tbs('a1')}\t\tC=XX, O=Maker, CN=Maker, Inc.\t01\t\t54\tvulnerable driver`,
    `${tbs('a2')}\t\tC=XX, CN=Thief\t02\t\t1\tmalicious`,
    `${tbs('a3')}\t\tC=XX, CN=Some CA\t03\tTrue\t500\tvulnerable driver`,
    `${tbs('a4')}\t\tC=XX, CN=Some Time Stamping Signer, G4\t04\t\t394\tvulnerable driver`,
    `${tbs('a5')}\t\tCN=Microsoft Windows Hardware Compatibility Publisher\t05\t\t31\tmalicious`,
    '\tabcd\tC=XX, CN=Old\t06\t\t2\tvulnerable driver',
  ];
  const sink = run(signers, [HEAD, ...rows].join('\n'));
  assert.deepEqual(
    sink.taken.map(({ kind, key, details }) => [kind, key, details]),
    [
      [
        'certificate-tbs',
        tbs('a1'),
        {
          level: 'riskware',
          category: 'vulnerable-driver',
          name: 'Maker, Inc.',
          reason: 'signed 54 drivers of that list',
        },
      ],
      [
        'certificate-tbs',
        tbs('a2'),
        { level: 'suspicious', category: 'malware', name: 'Thief', reason: 'signed 1 driver of that list' },
      ],
    ],
  );
  assert.deepEqual(sink.reasons, {
    'a certificate authority: it vouches for much else': 1,
    'a time stamper: it vouches for much else': 1,
    'a publisher that signs drivers of everybody': 1,
    'no SHA-256 of the signed part': 1,
  });
  assert.match(attempt(signers, `sha256\tname\n${tbs('a1')}\tx\n`).error ?? '', /has no column 'tbs_sha256'/);
});

const REAL = join(import.meta.dirname, '../../../../../../shared/data/loldrivers/signers.tsv');

test('signers: the real table, of 724 certificates', {
  skip: !existsSync(REAL) && 'the table is absent',
}, () => {
  const sink = run(signers, readFileSync(REAL));
  assert.equal(sink.rows, 724);
  assert.deepEqual(sink.reasons, {
    'a certificate authority: it vouches for much else': 183,
    'a publisher that signs drivers of everybody': 40,
    'a time stamper: it vouches for much else': 32,
    'no SHA-256 of the signed part': 15,
  });
  assert.equal(sink.counts['certificate-tbs'], 724 - 183 - 40 - 32 - 15);
});

test('csv: Wi-Fi networks become ids under the secret of the group, and are refused without it', () => {
  const group = groupSecretOf(new Uint8Array(32).fill(9));
  const table =
    'ssid,bssid,level,reason\nFree Wifi,02:00:5e:10:00:01,suspicious,copies a café\n,02-00-5e-10-00-02,,\nx,zz,,\n';
  const id = (ssid: string, bssid: string): string =>
    toHex(wifiKey(group, parseSsid(ssid, false), parseBssid(bssid)).bytes);
  const sink = run(csv, table, { group });
  assert.deepEqual(
    sink.taken.map(({ kind, key }) => [kind, key]),
    [
      ['wifi', id('Free Wifi', '02005e100001')],
      ['wifi', id('', '02005e100002')],
    ],
  );
  assert.deepEqual(sink.reasons, { 'no name of up to 32 bytes and address of a Wi-Fi network': 1 });
  assert.equal(run(csv, `wifi\n${tbs('ab')}\n`).counts.wifi, 1);
  assert.match(attempt(csv, table).error ?? '', /^$|rows/);
});
