import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firefoxPolicy } from './firefox.ts';

const PREFIX = 'browser.safebrowsing.';

test('browser policy: preferences of Safe Browsing alone, all of which lead to the hub or nowhere', () => {
  const { policies } = firefoxPolicy({ url: 'https://lists.example.org:8443/', downloads: false });
  assert.deepEqual(Object.keys(policies), ['Preferences']);
  for (const [name, { Value, Status }] of Object.entries(policies.Preferences)) {
    assert.ok(name.startsWith(PREFIX), name);
    assert.equal(Status, name.endsWith('.nextupdatetime') ? 'default' : 'locked');
    if (/URL$|\.url$/.test(name)) assert.match(String(Value), /^$|^https:\/\/lists\.example\.org:8443\//);
  }
  const update = policies.Preferences[`${PREFIX}provider.google5.updateURL`]!.Value;
  assert.match(String(update), /\?\w+=\w+$/, 'the browser appends its parameters with &');
});

test('browser policy: downloads are asked about only where that is wanted', () => {
  for (const downloads of [false, true]) {
    const { Preferences } = firefoxPolicy({ url: 'http://127.0.0.1:8744', downloads }).policies;
    assert.equal(Preferences[`${PREFIX}downloads.remote.enabled`]!.Value, downloads);
  }
});

test('browser policy: an address at which no browser would ask is refused', () => {
  const wrong = [
    '',
    'lists.example.org',
    'http://lists.example.org',
    'ftp://a.example',
    'https://a.example/path',
  ];
  for (const url of [...wrong, 'https://user@a.example', 'https://a.example/?q'])
    assert.throws(() => firefoxPolicy({ url, downloads: false }), { code: 'input' });
  for (const url of ['http://[::1]:80', 'http://localhost:8080', 'https://[2001:db8::1]'])
    firefoxPolicy({ url, downloads: false });
});
