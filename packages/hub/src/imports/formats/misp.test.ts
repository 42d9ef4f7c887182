import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import { hostKey, ipKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import { misp } from './misp.ts';
import { run } from './testing.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const attribute = (type: string, value: string, more: object = {}) => ({
  type,
  value,
  to_ids: true,
  ...more,
});
const event = (attributes: object[], more: object = {}) => ({
  Event: { info: 'Op', Attribute: attributes, ...more },
});
const read = (document: unknown, options = {}) => run(misp, JSON.stringify(document), options);

test('misp: every known type names its objects', () => {
  const url = ['url', toHex(urlKey('evil.example/x').bytes)];
  const host = ['host', toHex(hostKey('evil.example').bytes)];
  const ip = ['ip', toHex(ipKey('1.2.3.4').bytes)];
  for (const [type, value, ...wanted] of [
    ['md5', MD5, ['file-md5', MD5]],
    ['sha1', SHA1, ['file-sha1', SHA1]],
    ['sha256', SHA256, ['file-sha256', SHA256]],
    ['filename|md5', `a|b.exe|${MD5}`, ['file-md5', MD5]],
    ['filename|sha1', `x|${SHA1}`, ['file-sha1', SHA1]],
    ['filename|sha256', `x|${SHA256}`, ['file-sha256', SHA256]],
    ['malware-sample', `x|${MD5}`, ['file-md5', MD5]],
    ['x509-fingerprint-sha256', SHA256, ['certificate-sha256', SHA256]],
    ['url', 'http://evil.example/x', url],
    ['domain', 'evil.example', host],
    ['hostname', 'Evil.example', host],
    ['hostname|port', 'evil.example|80', host],
    ['domain|ip', 'evil.example|1.2.3.4', host, ip],
    ['ip-src', '1.2.3.4', ip],
    ['ip-dst', '1.2.3.4', ip],
    ['ip-dst|port', '1.2.3.4|22', ip],
    ['ip-src|port', '1.2.3.4|22', ip],
  ] as const)
    assert.deepEqual(
      read(event([attribute(type, value)])).taken.map((t) => [t.kind, t.key]),
      wanted,
      type,
    );
});

test('misp: an event, a list of events and an answer of the API are the same', () => {
  const one = event([attribute('md5', MD5)], { Object: [{ Attribute: [attribute('sha1', SHA1)] }] });
  for (const document of [one, [one], { response: [one] }, { response: one }]) {
    const sink = read(document);
    assert.deepEqual(
      sink.taken.map((t) => [t.kind, t.line]),
      [
        ['file-md5', 1],
        ['file-sha1', 2],
      ],
    );
  }
  assert.equal(read({ response: [one, one] }).taken.length, 4);
  assert.equal(read({ Event: {} }).rows, 0);
});

test('misp: what is not marked for detection is refused, unless it is asked for', () => {
  const document = event([attribute('md5', MD5), attribute('sha1', SHA1, { to_ids: false })]);
  const sink = read(document);
  assert.deepEqual(sink.refused, [{ line: 2, why: 'not marked for detection (to_ids)' }]);
  assert.equal(read(document, { unmarked: true }).taken.length, 2);
});

test('misp: bad attributes are refused one by one', () => {
  const sink = read(
    event([
      attribute('md5', 'xyz'),
      attribute('text', 'words'),
      attribute('md5', MD5, { deleted: true }),
      { type: 'md5' },
      attribute('domain|ip', 'evil.example'),
      attribute('domain|ip', 'evil.example|nowhere'),
      attribute('md5', MD5),
    ]),
  );
  assert.deepEqual(
    sink.taken.map((t) => t.line),
    [7],
  );
  assert.deepEqual(sink.reasons, {
    'no MD5, SHA-1 or SHA-256 in hex': 1,
    "type 'text' names no known kind of object": 1,
    deleted: 1,
    'no type and value': 1,
    'a value with another number of parts than its type': 1,
    'not an IP address or range': 1,
  });
  assert.equal(sink.rows, 7);
});

test('misp: names come from galaxies and tags, also behind the attributes, else from the event', () => {
  const tag = (name: string) => ({ name });
  const named = read(
    event([attribute('md5', MD5), attribute('sha1', SHA1, { Tag: [tag('misp-galaxy:malpedia="Emotet"')] })], {
      Tag: [
        tag('tlp:white'),
        tag('misp-galaxy:mitre-attack-pattern="Phishing"'),
        tag('misp-galaxy:threat-actor="APT32"'),
      ],
    }),
  );
  assert.deepEqual(
    named.taken.map((t) => [t.details?.name, t.details?.reason]),
    [
      ['APT32', 'Op'],
      ['Emotet', 'Op'],
    ],
  );
  const galaxy = { type: 'ransomware', GalaxyCluster: [{ value: 'LockBit' }] };
  assert.equal(read(event([attribute('md5', MD5)], { Galaxy: [galaxy] })).taken[0]?.details?.name, 'LockBit');
  assert.equal(read(event([attribute('md5', MD5)])).taken[0]?.details?.name, 'Op');
  const two = read([event([attribute('md5', MD5)], { Galaxy: [galaxy] }), event([attribute('md5', MD5)])]);
  assert.deepEqual(
    two.taken.map((t) => t.details?.name),
    ['LockBit', 'Op'],
  );
});

test('misp: the original of a row is its attribute on one line', () => {
  const sink = read(event([attribute('md5', MD5, { comment: 'dropper', data: 'AAAA' })]));
  assert.equal(sink.originals.get(1), `{"type":"md5","value":"${MD5}","comment":"dropper"}`);
});

test('misp: other JSON is refused whole, by what it is', () => {
  const want = 'want a MISP event as JSON \\(an object with "Event", a list of such, or "response"\\)$';
  for (const [document, found] of [
    [{ type: 'bundle', objects: [] }, 'it is a STIX bundle'],
    [{ name: 'list', list: ['a'] }, 'it is JSON without an event'],
    [[], 'it is JSON without an event'],
  ] as const)
    assert.throws(() => read(document), {
      message: new RegExp(`^Cannot read the file as 'misp': ${found}, ${want}`),
    });
});
