import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firefoxPolicy, ROOT_FILE } from './firefox.ts';

const PREFIX = 'browser.safebrowsing.';

test('browser policy: preferences of Safe Browsing alone, all of which lead to the hub or nowhere', () => {
  const { policies } = firefoxPolicy({
    url: 'https://lists.example.org:8443/',
    downloads: false,
    root: null,
  });
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
    const { Preferences } = firefoxPolicy({ url: 'http://127.0.0.1:8744', downloads, root: null }).policies;
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
    assert.throws(() => firefoxPolicy({ url, downloads: false, root: null }), { code: 'input' });
  for (const url of ['http://[::1]:80', 'http://localhost:8080', 'https://[2001:db8::1]'])
    firefoxPolicy({ url, downloads: false, root: null });
});

test('browser policy: a root is installed where one is named, by a path that a browser finds', () => {
  const url = 'https://lists.example.org';
  const installs = (root: string | null) =>
    firefoxPolicy({ url, downloads: false, root }).policies.Certificates;
  assert.equal(installs(null), undefined);
  for (const root of [ROOT_FILE, 'root.pem', 'C:\\Policies\\root.pem', '/a b/\u00e4.pem'])
    assert.deepEqual(installs(root), { Install: [root] });
  for (const root of ['', '.', '..', 'folder/root.pem', './root.pem', '..\\root.pem', '/a\nb', '/\0'])
    assert.throws(() => installs(root), { code: 'input' }, JSON.stringify(root));
});
