import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAccounts, pathWithoutUser, readAccounts } from './path-without-user.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
anna:x:1000:1000:Anna Beispiel,,,:/home/anna:/bin/bash
bob:x:1001:1001::/srv/people/bob:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
broken line
odd:x:NaN:1::relative:/bin/sh
slash:x:2000:1::/:/bin/sh`;
const ACCOUNTS = parseAccounts(PASSWD);

test('accounts: people only, whatever else stands in the list', () => {
  assert.deepEqual(ACCOUNTS, [
    { name: 'anna', home: '/home/anna' },
    { name: 'bob', home: '/srv/people/bob' },
  ]);
  assert.deepEqual(readAccounts('/nonexistent/passwd'), []);
});

test('paths leave without the names of people', () => {
  const table: [string, string][] = [
    ['/usr/bin/ls', '/usr/bin/ls'],
    ['/home/anna/Downloads/a.run', '/home/USER/Downloads/a.run'],
    ['/home/anna', '/home/USER'],
    ['/home/annabel/x', '/home/USER/x'], // of no account here: a folder of /home all the same
    ['/srv/people/bob/x', '/home/USER/x'],
    ['/srv/people/bobby/x', '/srv/people/bobby/x'],
    ['/var/mail/anna', '/var/mail/USER'],
    ['/media/anna/stick/anna/f', '/media/USER/stick/USER/f'],
    ['/tmp/hanna', '/tmp/hanna'],
  ];
  for (const [path, want] of table) assert.equal(pathWithoutUser(path, ACCOUNTS), want, path);
});

test('paths: no part of what leaves is a login name or a folder of /home, whatever the path', () => {
  const part = fc.oneof(
    fc.constantFrom('home', 'anna', 'bob', 'srv', 'people', 'x'),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const left = pathWithoutUser(`/${parts.join('/')}`, ACCOUNTS).split('/');
      assert.ok(!left.includes('anna') && !left.includes('bob'));
      if (left[1] === 'home' && left.length > 2) assert.equal(left[2], 'USER');
    }),
  );
});
