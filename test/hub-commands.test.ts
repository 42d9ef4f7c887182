// Commands of the hub as processes: where they make a hub and where not, and what Ctrl-C leaves behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, Place } from './support/processes.ts';

async function withPlace(run: (place: Place) => Promise<void>): Promise<void> {
  const place = new Place();
  try {
    await run(place);
  } finally {
    await place.remove();
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; !what(); i++) {
    assert.ok(i < 3_000, 'it never came to that');
    await sleep(10);
  }
}

test('a data directory without a hub is refused by every command that makes none, and stays as it was', async () =>
  await withPlace(async (place) => {
    const file = join(place.directory, 'backup.tar.zst');
    for (const words of [
      ['backup', file],
      ['token'],
      ['sources'],
      ['held'],
      ['publish'],
      ['machines', 'list'],
      ['verdict', 'show', 'evil.example'],
      ['verdict', 'set', 'evil.example', '--level', 'malicious'],
      ['browser-policy', 'root', '--browser-name', 'lists.example'],
    ]) {
      const { status, stdout, stderr } = await place.hub(words);
      assert.deepEqual([status, stdout], [2, ''], words.join(' '));
      assert.equal(
        stderr,
        `error: Cannot open a hub in '${place.data}': none was ever made there, want --data with the directory of one that serve, import or restore made\n`,
      );
    }
    assert.equal(existsSync(place.data), false);
    assert.equal(existsSync(file), false);
    const list = join(place.directory, 'list.txt');
    writeFileSync(list, 'evil.example\n');
    const wrong = await place.hub(['import', 'domians', list]);
    assert.equal(wrong.status, 2);
    assert.equal(existsSync(place.data), false, 'a word that makes no sense makes no hub');
    assert.equal((await place.hub(['import', 'domains', list])).status, 0);
    assert.equal((await place.hub(['backup', file])).status, 0);
    const keys = readdirSync(join(place.data, 'keys'));
    const { status, stdout, stderr } = await place.hub([
      'browser-policy',
      'root',
      '--browser-name',
      'lsits.a',
    ]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.equal(
      stderr,
      "error: Cannot print a root for browsers at 'lsits.a': none was made yet, want the hub started first with --browser-listen and this --browser-name\n",
    );
    assert.deepEqual(readdirSync(join(place.data, 'keys')), keys, 'to print a root makes none');
  }));

test('what a warning list holds is shown with the line that accuses, and a person decides', async () =>
  await withPlace(async (place) => {
    const file = (name: string, text: string): string => {
      const path = join(place.directory, name);
      writeFileSync(path, text);
      return path;
    };
    await place.hub(['import', 'domains', file('feed', 'top.example # seen in a mail\npages.dev\n')]);
    const ranking = await place.hub([
      'import',
      'top-sites',
      file('ranking', '1,top.example\n9,b.example\n'),
      '--top',
      '5',
    ]);
    assert.match(ranking.stdout, /refused line 2: beyond the ranks that are taken \(--top\)/);
    assert.match(ranking.stdout, /; 1 held for a person \(see: tocsin-hub held\)/);
    const held = await place.hub(['held']);
    assert.match(
      held.stdout,
      /^host:[0-9a-f]{64}\n {2}held for a person: feed says malicious, ranking warns: among the 100 most visited sites\n {2}top\.example # seen in a mail\n$/,
    );
    const shown = await place.hub(['verdict', 'show', 'http://top.example/']);
    assert.match(shown.stdout, /top\.example \(the whole host\)\n {2}held: /);
    await place.hub(['verdict', 'set', 'top.example', '--level', 'good', '--reason', 'ours']);
    assert.equal((await place.hub(['held'])).stdout, 'nothing is held\n');
    const suffix = await place.hub(['verdict', 'set', 'pages.dev', '--level', 'malicious']);
    assert.equal(suffix.status, 2);
    assert.match(suffix.stderr, /Cannot set a verdict on 'pages\.dev': it is a public suffix/);
  }));

test('Ctrl-C during an import stops the engine with it, says so, and changes nothing', async () =>
  await withPlace(async (place) => {
    const small = join(place.directory, 'small.txt');
    const large = join(place.directory, 'large.txt');
    const digests = (n: number): string =>
      Array.from({ length: n }, (_, i) => createHash('sha256').update(`${i}`).digest('hex')).join('\n');
    writeFileSync(small, digests(10));
    writeFileSync(large, digests(600_000));
    assert.equal((await place.hub(['import', 'hashes', small, '--source', 'feed'])).status, 0);
    const engine = join(place.data, 'postgres', 'postmaster.pid');
    const tmp = join(place.data, 'tmp');
    assert.equal(existsSync(engine), false);
    for (const moment of [
      () => existsSync(engine),
      () => readdirSync(tmp).some((name) => name.startsWith('import-')),
    ]) {
      const child = place.spawnHub(['import', 'hashes', large, '--source', 'feed']);
      const end = ended(child, '');
      await until(moment);
      child.kill('SIGINT');
      const { status, stdout, stderr } = await end;
      assert.deepEqual([status, stdout], [130, ''], stderr);
      assert.equal(
        stderr,
        'stopping … (once more ends it at once)\nstopped: what was finished stands, the rest changed nothing\n',
      );
      assert.equal(existsSync(engine), false, 'the engine has stopped');
    }
    const { stdout } = await place.hub(['sources', '--json']);
    assert.equal((JSON.parse(stdout) as { objects: number }).objects, 10);
  }));

test('Ctrl-C during a restore leaves neither an engine nor half a hub', async () =>
  await withPlace(async (place) => {
    const list = join(place.directory, 'list.txt');
    const file = join(place.directory, 'backup.tar.zst');
    writeFileSync(list, 'evil.example\n');
    assert.equal((await place.hub(['import', 'domains', list])).status, 0);
    assert.equal((await place.hub(['backup', file])).status, 0);
    const target = join(place.directory, 'restored');
    const child = place.spawnHub(['restore', file, '--data', target]);
    const end = ended(child, '');
    await until(() => existsSync(join(target, 'postgres', 'postmaster.pid')));
    child.kill('SIGINT');
    const { status, stderr } = await end;
    assert.equal(status, 130, stderr);
    assert.deepEqual(readdirSync(target), []);
    const again = await place.hub(['restore', file, '--data', target]);
    assert.equal(again.status, 0, again.stderr);
  }));

test('words that no list can hold are refused, and foreign ones are shown as text', async () =>
  await withPlace(async (place) => {
    const list = join(place.directory, 'a\u001b[31mb.txt');
    writeFileSync(list, 'evil.example\n');
    const unnamed = await place.hub(['import', 'domains', list]);
    assert.equal(unnamed.status, 2);
    assert.match(unnamed.stderr, /^error: Cannot name the source after the file 'a\?\[31mb\.txt': /);
    const named = await place.hub(['import', 'domains', list, '--source', 'feed']);
    assert.equal(named.status, 0, named.stderr);
    assert.match(named.stdout, /^imported a\ufffd\[31mb\.txt as source 'feed'/);
    const set = (...words: string[]) =>
      place.hub(['verdict', 'set', 'evil.example', '--level', 'malicious', ...words]);
    for (const words of [
      ['--reason', ''],
      ['--reason', 'x'.repeat(5_000)],
      ['--reason', 'a\nb\u001b[31m'],
      ['--name', 'x\ny'],
    ]) {
      const { status, stderr } = await set(...words);
      assert.equal(status, 2);
      assert.match(
        stderr,
        /^error: Cannot use the (name|reason) '[\x20-\x7e…]*': .*, want one line of 1 to \d+ characters\n$/,
      );
    }
    assert.equal((await set('--reason', 'copies our login page')).status, 0);
    const { stdout } = await place.hub(['verdict', 'show', 'evil.example']);
    assert.match(stdout, /a\ufffd\[31mb\.txt line 1$/m);
    assert.ok(!stdout.includes('\u001b'));
  }));

test('a policy for browsers names the address and the root that fit the settings, or says what is missing', async () =>
  await withPlace(async (place) => {
    const asked = (words: string) => place.hub(['browser-policy', ...words.split(' ')]);
    const update = 'browser.safebrowsing.provider.google5.updateURL';
    for (const [words, origin, install] of [
      ['firefox --browser-listen 127.0.0.1:81', 'http://127.0.0.1:81', undefined],
      ['firefox --url https://a.example:444', 'https://a.example:444', undefined],
      ['firefox --url https://a.example --root r.pem', 'https://a.example', ['r.pem']],
      [
        'firefox --browser-listen 0.0.0.0:81 --browser-name Lists.Example.',
        'https://lists.example:81',
        ['/etc/firefox/policies/tocsin-root.pem'],
      ],
      [
        'firefox --browser-listen [::]:81 --browser-name 2001:DB8::1 --root /r.pem',
        'https://[2001:db8::1]:81',
        ['/r.pem'],
      ],
      [
        'firefox --url https://[2001:db8::1] --browser-name [2001:db8::1] --root r',
        'https://[2001:db8::1]',
        ['r'],
      ],
    ] as const) {
      const { status, stdout, stderr } = await asked(words);
      assert.equal(status, 0, stderr);
      const { policies } = JSON.parse(stdout);
      assert.equal(policies.Preferences[update].Value, `${origin}/v5/hashLists:batchGet?alt=proto`);
      assert.deepEqual(policies.Certificates?.Install, install);
    }
    for (const [words, state] of [
      ['firefox', /it is not known where browsers reach the hub/],
      ['firefox --browser-listen 127.0.0.1:0', /it is not known where/],
      ['firefox --browser-listen 0.0.0.0:81', /no certificate is given/],
      ['firefox --browser-name https://a.example', /it is no name/],
      ['firefox --url https://b.example --browser-name a.example', /is for 'a.example' alone/],
      ['firefox --url http://127.0.0.1 --browser-name 127.0.0.1', /want https:\/\/127.0.0.1/],
      ['root', /want --browser-name NAME/],
      ['chromium', /that browser is not known/],
    ] as const) {
      const { status, stdout, stderr } = await asked(words);
      assert.deepEqual([status, stdout], [2, ''], words);
      assert.match(stderr, state);
    }
  }));
