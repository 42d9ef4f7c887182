// What a person sees, line by line: real processes, no hub.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { MESSAGES, messageOf } from '../catalog/catalog.ts';
import { HELLO, NOT_JOINED, PROGRAM, Stage } from './run-fixture.ts';
import { SUBCOMMANDS } from './subcommands.ts';

const NOBODY = 65_534;

test('words that make no sense get one sentence, a hint and status 2', async (t) => {
  const stage = new Stage(t);
  const table: [string[], string][] = [
    [['scna', '/'], "tocsin: unknown command 'scna' (Did you mean scan?)\nhint: run 'tocsin --help'\n"],
    [
      ['scan', '--jsn', '/'],
      "tocsin: unknown option '--jsn' (Did you mean --json?)\nhint: run 'tocsin scan --help'\n",
    ],
    [
      ['override', 'deny'],
      "tocsin: missing required argument 'object'\nhint: run 'tocsin override deny --help'\n",
    ],
    [
      ['override', 'dney', 'x'],
      "tocsin: unknown command 'dney' (Did you mean deny?)\nhint: run 'tocsin override --help'\n",
    ],
    [['scan'], "tocsin: missing required argument 'path'\nhint: run 'tocsin scan --help'\n"],
    [
      ['participation', 'on'],
      "tocsin: command-argument value 'on' is invalid for argument 'level'. Allowed choices are off, standard, extended.\nhint: run 'tocsin participation --help'\n",
    ],
    [
      ['scan', '/nonexistent'],
      "tocsin: Cannot scan '/nonexistent': there is no such file or directory, want one that exists\n",
    ],
    [
      ['sync'],
      "tocsin: Cannot ask a hub: this machine has joined none, want 'tocsin join URL TOKEN' first\nhint: run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'\n",
    ],
    [
      ['override', 'clear', 'evil.example'],
      "tocsin: Cannot clear the override of 'host:evil.example': none is set, want one of those that are\nhint: run 'tocsin override list'\n",
    ],
    [
      ['participation', 'standard'],
      "tocsin: Cannot set participation to 'standard': this machine has joined no hub, want 'tocsin join URL TOKEN' first\nhint: run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'\n",
    ],
  ];
  for (const [words, err] of table)
    assert.deepEqual(await stage.run(words), { status: 2, out: '', err }, words.join(' '));
  assert.equal(existsSync(stage.home), false, 'and nothing is made on disk');
});

test('every subcommand has help with an example', async (t) => {
  const stage = new Stage(t);
  const { out, status } = await stage.run(['--help']);
  assert.equal(status, 0);
  const names = [...out.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map((match) => match[1]!);
  assert.equal(names.length, SUBCOMMANDS.length, out);
  await Promise.all(
    names.map(async (name) => {
      const help = await stage.run([name, '--help']);
      assert.equal(help.status, 0, name);
      assert.match(help.out, new RegExp(`Examples?:\n  (source <\\()?tocsin ${name}`), name);
      assert.equal(help.err, '');
    }),
  );
  assert.deepEqual(await stage.run(['help', 'scan']), await stage.run(['scan', '--help']));
  assert.deepEqual(await stage.run([]), await stage.run(['--help']));
});

test('the status of a machine without a hub', async (t) => {
  const stage = new Stage(t);
  const { status, out, err } = await stage.run(['status']);
  assert.equal(status, 0);
  assert.equal(
    out,
    [
      'Hub           none: this machine has not joined one',
      'Participation off: no look-up leaves this machine; it answers from its own lists',
      '              Nobody has chosen yet.',
      'Lists         none',
      'Overrides     none',
      'State         DIR/home',
      '',
    ].join('\n'),
  );
  assert.equal(
    err,
    "hint: run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'\n",
  );
  const json = JSON.parse((await stage.run(['status', '--json'])).out) as Record<string, unknown>;
  assert.deepEqual(
    [json['hub'], json['lists'], json['participationLevel'], json['alarms']],
    [null, null, 'off', []],
  );
});

test('a preview shows every message of the catalog, what receiving shows and the questions too', async (t) => {
  const stage = new Stage(t);
  const all = JSON.parse((await stage.run(['preview', '--json'])).out) as {
    messages: { message: string; stays: string | null; leaves: string[] }[];
  };
  assert.deepEqual(
    all.messages.map(({ message }) => message),
    MESSAGES.map(({ id }) => id),
  );
  const shown = new Map(all.messages.map((each) => [each.message, each]));
  assert.equal(shown.get('connection')!.stays, null);
  assert.deepEqual(shown.get('connection')!.leaves, messageOf('connection')!.items);
  for (const id of ['lookup', 'lookup-address'] as const)
    assert.deepEqual([shown.get(id)!.stays, shown.get(id)!.leaves], ['participation', []]);
  const { status, out } = await stage.run(['preview', 'lookup']);
  assert.equal(status, 0);
  assert.match(out, /^ {2}lookup {20}stays: the participation in force does not reach it$/m);
});

test('a damaged setting is an alarm in the status, and off', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.home, { mode: 0o700 });
  writeFileSync(stage.path('home/participation.json'), '{"level":"extended"}');
  writeFileSync(
    stage.path('home/state.db'),
    'no database at all, but long enough to be looked at '.repeat(9),
  );
  const { status, out } = await stage.run(['status']);
  assert.equal(status, 1);
  assert.match(out, /^ALARM {9}Cannot read the participation setting: .*It counts as off$/m);
  assert.match(out, /^ALARM {9}Cannot read the overrides .*damaged/m);
  assert.match(out, /^Participation off: /m);
  const scan = await stage.run(['scan', PROGRAM]);
  assert.equal(scan.status, 2, 'a deny may be among what is not read');
  assert.match(scan.out, /^Scanned 1 file/m, 'and protection goes on');
  assert.match(scan.err, /^warning: Cannot read the overrides/m);
});

test('a scan from the first look to a found file', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  writeFileSync(stage.path('tree/hello'), 'hello\n');
  writeFileSync(stage.path('tree/other'), 'other\n');
  const shape = (text: string): string => text.replace(/in [\d.]+ s( \([\d,]+ files\/s\))?/, 'in TIME');
  const first = await stage.run(['scan', 'tree']);
  assert.deepEqual([first.status, first.err], [0, NOT_JOINED]);
  assert.equal(
    shape(first.out),
    [
      'Scanned 2 files, 12 bytes, in TIME',
      '',
      '  known good              0',
      '  unknown                 2   not in the lists here',
      '  found                   0',
      '',
      '  answered by   not looked up 2',
      '  missing       not joined',
      '',
    ].join('\n'),
  );
  await stage.run(['override', 'deny', 'tree/hello']);
  const second = await stage.run(['scan', 'tree']);
  assert.equal(second.status, 1);
  assert.equal(
    shape(second.out),
    [
      'malicious  DIR/tree/hello  (your own override)',
      'Scanned 2 files, 12 bytes, in TIME; 2 unchanged since an earlier scan',
      '',
      '  known good              0',
      '  unknown                 1   not in the lists here',
      '  found                   1   malicious 1',
      '',
      '  answered by   your overrides 1, not looked up 1',
      '  missing       not joined',
      '',
    ].join('\n'),
  );
});

test('a scan as JSON: one object a file, the summary last', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  writeFileSync(stage.path('tree/hello'), 'hello\n');
  const { status, out } = await stage.run(['scan', '--json', 'tree', '/nonexistent']);
  assert.equal(status, 2, 'a path that is not there is a failure');
  const [file, summary, ...rest] = out.trimEnd().split('\n');
  assert.deepEqual(rest, []);
  assert.equal(
    file,
    `{"path":"DIR/tree/hello","sha256":"${HELLO}","size":6,"verdict":{"level":"unknown","name":null,"category":null,"reason":null,"source":null,"record":null},"answeredBy":"none"}`,
  );
  const parsed = JSON.parse(summary!) as { summary: Record<string, unknown> };
  assert.deepEqual(
    [parsed.summary['files'], parsed.summary['found'], parsed.summary['missing']],
    [1, 0, 'not joined'],
  );
});

test('a path that was named and cannot be scanned itself is a failure, and what is below one is not', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  const server = createServer().listen(stage.path('tree/socket'));
  t.after(() => server.close());
  await once(server, 'listening');
  symlinkSync('tree/socket', stage.path('link'));
  for (const [words, status] of [
    [['tree'], 0],
    [['tree/socket'], 2],
    [['link'], 2],
    [['tree', 'tree/socket'], 2],
  ] as const) {
    const ran = await stage.run(['scan', ...words]);
    assert.equal(ran.status, status, words.join(' '));
    assert.match(ran.err, /^DIR\/tree\/socket: not scanned: it is a socket$/m);
  }
});

test('a named file or directory that may not be read is a failure', { skip: noStranger() }, async (t) => {
  const stage = new Stage(t);
  chmodSync(stage.directory, 0o755);
  mkdirSync(stage.home);
  const uid = process.getuid!() === 0 ? NOBODY : process.getuid!();
  chownSync(stage.home, uid, uid === NOBODY ? NOBODY : process.getgid!());
  chmodSync(stage.home, 0o700);
  writeFileSync(stage.path('file'), 'hello\n', { mode: 0o000 });
  mkdirSync(stage.path('directory'), 0o000);
  mkdirSync(stage.path('open'));
  writeFileSync(stage.path('open/file'), 'hello\n', { mode: 0o000 });
  for (const [name, status] of [
    ['file', 2],
    ['directory', 2],
    ['open', 0],
  ] as const) {
    const ran = await stage.ended(stage.start(['scan', name], {}, process.execPath, uid));
    assert.equal(ran.status, status, `${name}: ${ran.err}`);
    assert.match(ran.err, /^DIR\/[a-z/]+: not scanned: no right to read it \(EACCES\)$/m);
  }
});

test('names that are no UTF-8 are told with their bytes, the first of them one by one, and counted', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  const bytes = (i: number) =>
    Buffer.concat([Buffer.from(`${stage.path('tree')}/n${i}`), Buffer.from([0xff])]);
  for (let i = 0; i < 12; i++) writeFileSync(bytes(i), 'hello\n');
  const { status, out, err } = await stage.run(['scan', 'tree']);
  assert.equal(status, 0);
  assert.match(out, /^ {2}odd names {5,}12 {3}no UTF-8; --json tells their exact bytes$/m);
  const told = err.split('\n').filter((line) => line.includes('its name is no UTF-8'));
  assert.equal(told.length, 10);
  assert.ok(
    told.every((line) => /^DIR\/tree\/n\d+\ufffd: its name is no UTF-8, exactly \(base64\) \S+$/.test(line)),
    err,
  );
  assert.match(err, /^… and 2 more names that are no UTF-8$/m);
  const json = await stage.run(['scan', '--json', 'tree']);
  assert.match(json.err, /its name is no UTF-8/);
  assert.equal(JSON.parse(json.out.trimEnd().split('\n').at(-1)!).summary.oddNames, 12);
});

test('an override by MD5 wins over what is known by SHA-256, in a check and in a scan', async (t) => {
  const stage = new Stage(t);
  writeFileSync(stage.path('hello'), 'hello\n');
  const md5 = createHash('md5').update('hello\n').digest('hex');
  const set = await stage.run(['override', 'deny', `md5:${md5}`]);
  assert.match(set.err, /^hint: this holds for every file of that MD5, whatever a list says of it/);
  assert.equal((await stage.run(['check', 'hello'])).status, 1);
  assert.match(
    (await stage.run(['scan', 'hello'])).out,
    /^malicious {2}DIR\/hello {2}\(your own override\)$/m,
  );
  await stage.run(['override', 'allow', 'hello']);
  assert.match(
    (await stage.run(['check', 'hello'])).out,
    /^ {2}trusted$/m,
    'the word by SHA-256 is the more exact one',
  );
});

test('objects are checked one by one, and an override of a host holds for its pages', async (t) => {
  const stage = new Stage(t);
  writeFileSync(stage.path('hello'), 'hello\n');
  const set = await stage.run(['override', 'deny', 'evil[.]example', '--note', 'phish']);
  assert.equal(set.out, 'denied  host:evil.example\n');
  const { status, out, err } = await stage.run([
    'check',
    'hello',
    'hxxp://www.evil.example/login',
    'neverland',
    '/',
  ]);
  assert.equal(status, 1);
  assert.equal(
    out,
    [
      'hello',
      '  unknown',
      '  answer    by nobody: the lists here do not know it, and not joined',
      `  sha256    ${HELLO}`,
      'url:http://www.evil.example/login',
      '  malicious',
      '  matched   evil.example (the whole host)',
      '  because   denied here by its owner (source: this machine)',
      '  answer    by your own override on this machine',
      '',
    ].join('\n'),
  );
  assert.match(err, /^tocsin: Cannot read the object 'neverland': /m);
  assert.match(
    err,
    /^tocsin: Cannot check '\/': it is a directory, want a file or another object\nhint: run 'tocsin scan \/'$/m,
  );
  const json = (await stage.run(['check', '--json', 'hello'])).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(json[0].sha256, HELLO);
  assert.equal(json[0].matched, null);
  const page = JSON.parse(
    (await stage.run(['check', '--json', 'http://evil.example/a'])).out.split('\n')[0]!,
  );
  assert.equal(page.matched, 'evil.example (the whole host)');
  assert.equal(page.verdict.reason, 'denied here by its owner');
  assert.equal(json[1].summary.answeredBy.none, 1);
});

test('overrides are set, shown, and taken back', async (t) => {
  const stage = new Stage(t);
  writeFileSync(stage.path('hello'), 'hello\n');
  const allowed = await stage.run(['override', 'allow', 'hello']);
  assert.deepEqual(allowed, {
    status: 0,
    out: `allowed  sha256:${HELLO}  (the content of hello)\n`,
    err: '',
  });
  const listed = await stage.run(['override', 'list']);
  assert.match(
    listed.out,
    new RegExp(`^allow  sha256:${HELLO}  since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC  hello\n$`),
  );
  assert.equal(listed.err, '1 override.\n');
  assert.match((await stage.run(['check', 'hello'])).out, /^ {2}trusted$/m);
  assert.equal((await stage.run(['override', 'clear', `sha256:${HELLO}`])).out, `cleared  sha256:${HELLO}\n`);
  assert.equal((await stage.run(['override', 'list'])).err, 'No overrides are set on this machine.\n');
});

test('a token may come by standard input, and a text that is none is refused', async (t) => {
  const stage = new Stage(t);
  const ran = await stage.run(['join', 'https://127.0.0.1:1', '-']);
  assert.equal(ran.status, 2);
  assert.match(ran.err, /^tocsin: Cannot read the token: standard input holds none, want one line\nhint: /);
  const child = stage.start(['join', 'https://127.0.0.1:1', '-']);
  child.stdin!.write('nonsense\n');
  assert.match(
    (await stage.ended(child)).err,
    /^tocsin: Cannot read the join token: it does not start with 'tocsin1\.'/,
  );
});

test('the files that the package manager vouches for come as CSV', {
  skip: !existsSync('/var/lib/dpkg/info') && 'no dpkg here',
}, async (t) => {
  const stage = new Stage(t);
  const { status, out, err } = await stage.run(['vouch', '/usr/bin/dpkg']);
  assert.equal(status, 0, err);
  const [header, ...rows] = out.trimEnd().split('\n');
  assert.equal(header, 'sha256,name,reason');
  assert.equal(rows.length, 1);
  assert.match(rows[0]!, /^[0-9a-f]{64},dpkg,"installed by package dpkg, matches its records"$/);
  assert.match(err, /1 file vouched for, 0 altered/);
});

test('altered files are named on stderr, or in a file of their own', async (t) => {
  const stage = new Stage(t);
  const info = stage.path('root/var/lib/dpkg/info');
  mkdirSync(info, { recursive: true });
  mkdirSync(stage.path('root/usr'));
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  writeFileSync(`${info}/tool.list`, '/usr/a\n/usr/b\n');
  writeFileSync(`${info}/tool.md5sums`, `${md5('a')}  usr/a\n${md5('b')}  usr/b\n`);
  writeFileSync(stage.path('root/usr/a'), 'a');
  writeFileSync(stage.path('root/usr/b'), 'changed');
  const line = 'DIR/root/usr/b: is not as its package installed it (package tool)\n';
  const plain = await stage.run(['vouch', '--root', 'root']);
  assert.equal(plain.status, 1);
  assert.ok(plain.err.startsWith(line), plain.err);
  const aside = await stage.run(['vouch', '--root', 'root', '--altered', 'altered.txt']);
  assert.deepEqual([aside.status, aside.out], [1, plain.out]);
  assert.doesNotMatch(aside.err, /is not as its package/);
  assert.match(aside.err, /1 file vouched for, 1 altered/);
  assert.equal(readFileSync(stage.path('altered.txt'), 'utf8'), line.replace('DIR', stage.directory));
  const nowhere = await stage.run(['vouch', '--root', 'root', '--altered', 'no/such/file']);
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.err, /^tocsin: Cannot write 'file': there is no such file or directory, want/);
});

/** Why nobody without rights can run the program here; false where somebody can. */
function noStranger(): string | false {
  if (process.getuid === undefined) return 'no users here';
  if (process.getuid() !== 0) return false;
  const code = `require('node:fs').accessSync(${JSON.stringify(PROGRAM)})`;
  const { status } = spawnSync(process.execPath, ['-e', code], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return status === 0 ? false : 'the project lies where nobody but root can read it';
}
