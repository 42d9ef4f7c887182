import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import { hostKey, ipKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import type { StreamFormat } from './format.ts';
import { hosts } from './hosts.ts';
import { maltrail } from './maltrail.ts';
import { domains, ips, urls } from './network-lists.ts';
import { run } from './testing.ts';

const url = (expression: string) => ['url', toHex(urlKey(expression).bytes)];
const host = (name: string) => ['host', toHex(hostKey(name).bytes)];
const ip = (text: string) => ['ip', toHex(ipKey(text).bytes)];
const refused = (why: string) => ['refused', why];

/** Each line with what it becomes; a line that fits stands around them, so that no file is refused whole. */
function check(
  format: StreamFormat,
  fitting: string,
  table: readonly (readonly [string, ...string[][]])[],
): void {
  for (const [line, ...wanted] of table) {
    const sink = run(format, `${fitting}\n${line}\n`);
    const found = [
      ...sink.taken.filter((t) => t.line === 2).map((t) => [t.kind, t.key]),
      ...sink.refused.map((r) => ['refused', r.why]),
    ];
    assert.deepEqual(found, wanted, line);
  }
}

test('urls: the key is that of the most exact expression of the canonical URL', () => {
  check(urls, 'http://fits.example/', [
    ['http://Evil.Example/a/../b.php?id=1#frag', url('evil.example/b.php?id=1')],
    ['hxxps://evil[.]example/x', url('evil.example/x')],
    ['evil.example/path', url('evil.example/path')],
    ['evil.example', url('evil.example/')],
    ['http://1.2.3.4:8080/x', url('1.2.3.4/x')],
    ['http://[2001:db8::1]/x', url('[2001:db8::1]/x')],
    ['http://bücher.example/ seen in March', url('xn--bcher-kva.example/')],
    ['http://evil.example/;jsessionid=A', url('evil.example/;jsessionid=A')],
    ['# comment'],
    ['1.2.3.4', refused('an IP address or range, not a URL')],
    ['1.2.3.4\t10', refused('an IP address or range, not a URL')],
    ['1.2.3.0/24,hoster', refused('an IP address or range, not a URL')],
    ['1.2.3.4:8080', refused('an IP address or range, not a URL')],
    ['[2001:db8::1]:443', refused('an IP address or range, not a URL')],
    ['1.2.3.4/login', url('1.2.3.4/login')],
    ['tcp://evil.example/x', refused('a URL of another scheme than http, https, ftp, ws, wss')],
    ['localhost/x', refused('a name without a dot')],
    ['http://', refused('not a URL')],
    ['<a>', refused('not a URL')],
  ]);
});

test('domains: names are made canonical, other objects are refused', () => {
  check(domains, 'fits.example', [
    ['Evil.Example.', host('evil.example')],
    ['*.evil.example', host('evil.example')],
    ['.evil.example', host('evil.example')],
    ['evil[.]example # since March', host('evil.example')],
    ['evil.example;comment', host('evil.example')],
    ['bücher.example', host('xn--bcher-kva.example')],
    ['1.2.3.4', refused('an IP address, not a host name')],
    ['localhost', refused('a name without a dot')],
    ['.com', refused('a name without a dot')],
    ['http://evil.example/', refused('not a host name')],
    ['evil*.example', refused('not a host name')],
  ]);
});

test('domains: text behind a name is its reason', () => {
  const sink = run(domains, 'evil.example # phishing kit\nb.example\n');
  assert.deepEqual(
    sink.taken.map((t) => t.details?.reason ?? null),
    ['phishing kit', null],
  );
});

test('ips: addresses, ranges and ports, IPv4 and IPv6', () => {
  check(ips, '9.9.9.9', [
    ['1.2.3.4', ip('1.2.3.4')],
    ['1.2.3.4:443', ip('1.2.3.4')],
    ['1.2.3.99/24', ip('1.2.3.0/24')],
    ['2001:DB8:0:0::1', ip('2001:db8::1')],
    ['[2001:db8::1]:80', ip('2001:db8::1')],
    ['2001:db8::/32 # net', ip('2001:db8::/32')],
    ['::ffff:1.2.3.4', ip('1.2.3.4')],
    ['0.0.0.0/0', refused('a range wider than /8 (IPv4) or /16 (IPv6)')],
    ['1.2.3.256', refused('not an IP address or range')],
    ['1.2.3.4-1.2.3.9', refused('not an IP address or range')],
    ['evil.example', refused('not an IP address or range')],
  ]);
});

test('ips: a count behind an address says how many lists name it', () => {
  const sink = run(ips, '1.2.3.4\t10\n1.2.3.5\t1\n1.2.3.6 # scanner.example\n1.2.3.7\n');
  assert.deepEqual(
    sink.taken.map((t) => t.details?.reason ?? null),
    ['named by 10 lists', 'named by 1 list', 'scanner.example', null],
  );
});

test('hosts: names behind a null address are taken, what a machine says of itself is not', () => {
  check(hosts, '0.0.0.0 fits.example', [
    ['0.0.0.0 Evil.Example', host('evil.example')],
    ['127.0.0.1\ta.example b.example # both', host('a.example'), host('b.example')],
    [':: c.example', host('c.example')],
    ['127.0.0.1 localhost'],
    ['fe80::1%lo0 localhost'],
    ['ff02::1 ip6-allnodes'],
    ['# 0.0.0.0 old.example'],
    ['10.0.0.7 printer.example', refused('a name with a real address')],
    ['10.0.0.7 printer', refused('a name with a real address')],
    ['10.0.0.7 12', refused('not a host name')],
    ['0.0.0.0', refused('no name behind the address')],
    ['evil.example', refused('no IP address at the start')],
    ['0.0.0.0 a.example not_a_name!', refused('not a host name')],
  ]);
});

test('maltrail: each trail becomes what it is', () => {
  check(maltrail, 'fits.example', [
    ['evil.example', host('evil.example')],
    ['ns.evil.example# pasted comment', host('ns.evil.example')],
    ['1.2.3.4', ip('1.2.3.4')],
    ['1.2.3.4:4444', ip('1.2.3.4')],
    ['[2a12:bec4:1460:50::2]:3478', ip('2a12:bec4:1460:50::2')],
    ['1.2.3.0/24', ip('1.2.3.0/24')],
    ['evil.example/gate.php', url('evil.example/gate.php')],
    ['evil.example:8080', url('evil.example/')],
    ['http://1.2.3.4', url('1.2.3.4/')],
    ['good.example/;jsessionid=ABC', url('good.example/;jsessionid=ABC')],
    ['http://good.example/a;b=1?c=2;d=3 # note', url('good.example/a;b=1?c=2;d=3')],
    ['evil.example;note', host('evil.example')],
    ['1.2.3.4;note', ip('1.2.3.4')],
    ['1.2.3.0/24;note', ip('1.2.3.0/24')],
    ['/gate.php', refused('a path without a host')],
    ['q(l|r)[0-9]{5,6}\\.pw', refused('a regular expression')],
    ['.tk', refused('a name without a dot')],
    ['registry.12913298', refused('not a host name')],
  ]);
});

test('maltrail: the file names the family, and the comment above a group its source', () => {
  const text = [
    '# Copyright',
    '',
    '# Reference: https://a.example/1',
    '# Reference: https://a.example/2',
    'one.example',
    '',
    'two.example',
    '# Referecne: https://b.example',
    'three.example',
    '# Generic',
    'four.example',
  ].join('\n');
  const { taken } = run(maltrail, text, { fileName: '/lists/apt_x.txt' });
  assert.deepEqual(
    taken.map((t) => [t.details?.name, t.details?.reason]),
    [
      ['apt_x', 'https://a.example/1'],
      ['apt_x', 'https://a.example/1'],
      ['apt_x', 'https://b.example'],
      ['apt_x', null],
    ],
  );
  assert.equal(taken[0]?.details, taken[1]?.details);
});

test('maltrail: a file of nothing but paths is of this format, and makes no claim', () => {
  assert.deepEqual(run(maltrail, '/a.php\n/b.php\n').reasons, { 'a path without a host': 2 });
});
