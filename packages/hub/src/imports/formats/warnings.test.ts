// Warning lists: the ranking form and the MISP form, with their traps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import { hostKey, ipKey } from 'tocsin/protocol/keys-of.ts';
import { attempt, run } from './testing.ts';
import { topSites } from './top-sites.ts';
import { warninglist } from './warninglist.ts';

const host = (name: string): string => toHex(hostKey(name).bytes);

test('top-sites: rank and domain, with header, quotes and line ends of others', () => {
  const sink = run(topSites, 'rank,domain\r\n1,Google.com\r\n"2";"microsoft.com"\n1001,www.example.co.uk\n');
  assert.deepEqual(
    sink.taken.map(({ key, line, details }) => [key, line, details?.reason]),
    [
      [host('google.com'), 2, 'among the 100 most visited sites'],
      [host('www.google.com'), 2, 'among the 100 most visited sites'],
      [host('microsoft.com'), 3, 'among the 100 most visited sites'],
      [host('www.microsoft.com'), 3, 'among the 100 most visited sites'],
      [host('www.example.co.uk'), 4, 'among the 10,000 most visited sites'],
    ],
  );
  assert.equal(topSites.sourceKind, 'warning');
});

test('top-sites: suffixes, other ranks and rows that are none are refused by themselves', () => {
  const { reasons, counts } = run(topSites, '1,com\n2,github.io\n3,co.uk\n4,a.example\n5,b.example\n', {
    top: 4,
  });
  assert.deepEqual(reasons, {
    'a name without a dot': 1,
    'a public suffix: what stands below it belongs to others': 2,
    'beyond the ranks that are taken (--top)': 1,
  });
  assert.deepEqual(counts, { host: 2 });
  assert.match(
    attempt(topSites, 'google.com\nexample.org\n').error ?? '',
    /want a rank, a comma and a domain/,
  );
});

function misp(list: unknown[], type: string, attributes: string[], name = 'Shared by many'): string {
  return JSON.stringify({ description: 'x', list, matching_attributes: attributes, name, type, version: 1 });
}

test('warninglist: ranges, with the name of the list as the reason', () => {
  const sink = run(
    warninglist,
    misp(['192.0.2.7/24', '2001:DB8::/32', '1.1.1.1', 'no'], 'cidr', ['ip-dst', 'domain|ip']),
  );
  assert.deepEqual(
    sink.taken.map(({ kind, key, details }) => [kind, key, details?.reason]),
    ['192.0.2.0/24', '2001:db8::/32', '1.1.1.1'].map((text) => [
      'ip',
      toHex(ipKey(text).bytes),
      'Shared by many',
    ]),
  );
  assert.deepEqual(sink.refused, [{ line: 4, why: 'not an IP address or range' }]);
  assert.equal(sink.originals.get(1), '"192.0.2.7/24"');
});

test('warninglist: hosts with their www, files, certificates; patterns are refused', () => {
  const hosts = run(
    warninglist,
    misp(['.bank.example', 'api.b.example', 'AAA'], 'hostname', ['hostname', 'url']),
  );
  assert.deepEqual(
    hosts.taken.map(({ key }) => key),
    [host('bank.example'), host('www.bank.example'), host('api.b.example')],
  );
  const sha256 = 'ab'.repeat(32);
  const attributes = ['md5', 'sha256', 'x509-fingerprint-sha256'];
  assert.deepEqual(run(warninglist, misp([sha256, 'cd'.repeat(16)], 'string', attributes)).counts, {
    'certificate-sha256': 1,
    'file-sha256': 1,
    'file-md5': 1,
  });
  assert.deepEqual(run(warninglist, misp(['/x/i'], 'regex', ['domain'])).reasons, {
    'a pattern, not an object': 1,
  });
  assert.deepEqual(run(warninglist, misp(['14d82eec'], 'string', ['azure-application-id'])).reasons, {
    'no file, host, address or certificate': 1,
  });
});

test('warninglist: JSON of another kind, and a list of nothing, are refused whole', () => {
  for (const [text, words] of [
    ['{"Event":{}}', /it is JSON without such a list, want a MISP warning list/],
    [misp([], 'cidr', ['ip-dst']), /its list is empty/],
    [misp(['1.1.1.1'], 'cidr', ['ip-dst']).slice(0, -9), /it is no valid JSON|it is cut off/],
  ] as const)
    assert.match(attempt(warninglist, text).error ?? '', words);
  assert.equal(run(warninglist, misp([], 'cidr', ['ip-dst']), { mayBeEmpty: true }).rows, 0);
});
