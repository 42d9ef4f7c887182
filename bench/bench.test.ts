// The parts of the benches whose mistakes would make a figure wrong without anybody seeing it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { SegmentReader, verifyFull } from 'tocsin/lists/segment-reader.ts';
import { parseTargets } from './bootstrap.ts';
import { parsePolicy } from './distribution.ts';
import { atLeast, atMost, goalsLine } from './goals.ts';
import { hsbLine, plainLine, writeHashList } from './hashes.ts';
import { worstPause } from './index-pause.ts';
import type { System } from './installed.ts';
import { causesFor, installedFiles } from './installed.ts';
import { countLines } from './lines.ts';
import { measure } from './process.ts';
import { makeSegment } from './segment.ts';
import { median, renderTable, roundForReading } from './table.ts';
import { makeTree, treeSizes } from './tree.ts';

function inDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const result = use(directory);
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}

test('tree: the same seed makes the same names, sizes and bytes, another seed other ones', () => {
  inDirectory((directory) => {
    const shape = { files: 60, bytes: 50_000, filesPerDirectory: 7 };
    const digest = (name: string, seed: string): string => {
      const tree = makeTree(join(directory, name), seed, shape);
      const files = readdirSync(tree.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      assert.equal(files.length, shape.files);
      assert.equal(
        files.reduce((sum, path) => sum + statSync(path).size, 0),
        shape.bytes,
      );
      const hash = createHash('sha256');
      for (const path of files) hash.update(path.slice(tree.path.length)).update(readFileSync(path));
      return hash.digest('hex');
    };
    assert.equal(digest('a', 'one'), digest('b', 'one'));
    assert.notEqual(digest('c', 'one'), digest('d', 'two'));
  });
});

test('tree: sizes are at least one byte each and sum up to the wanted bytes exactly', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 400 }), fc.nat(1_000_000), (seed, files, more) => {
      const sizes = treeSizes(seed, { files, bytes: files + more, filesPerDirectory: 10 });
      assert.equal(sizes.length, files);
      assert.ok(sizes.every((size) => size >= 1));
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        files + more,
      );
    }),
    { numRuns: 50 },
  );
});

test('hash list: has the wanted rows, all different, the planted ones among them, in the form of the reader', () => {
  return inDirectory(async (directory) => {
    const planted = ['ab'.repeat(32)];
    for (const line of [plainLine, hsbLine]) {
      const path = join(directory, 'list');
      await writeHashList(path, { seed: 's', rows: 20_000, planted }, line);
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      assert.equal(new Set(lines).size, 20_000);
      assert.ok(lines.includes(line(planted[0]!)));
      assert.ok(lines.every((text) => /^[0-9a-f]{64}(:\*:Bench\.Random:73)?$/.test(text)));
    }
  });
});

test('lines: counts those that hold the text, also across chunk borders and without a last line end', () => {
  inDirectory((directory) => {
    const path = join(directory, 'out');
    const rows = Array.from({ length: 200_000 }, (_, i) => (i % 3 === 0 ? `row ${i} FOUND` : `row ${i} OK`));
    writeFileSync(path, rows.join('\n'));
    assert.equal(countLines(path, ' FOUND'), rows.filter((row) => row.endsWith(' FOUND')).length);
  });
});

test('median: middle of an odd count, mean of the two middle ones of an even count, none of none', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 3]), 4);
  assert.throws(() => median([]), RangeError);
});

test('table: numbers to the right, words to the left, a dash where nothing was measured', () => {
  const table = {
    title: 'T',
    columns: ['program', 'files/s', 's'],
    rows: [
      ['own', 12345.6, 0.123],
      ['peer', null, 2],
    ],
  };
  assert.equal(
    renderTable(table),
    [
      'T',
      'program  files/s      s',
      '-------  -------  -----',
      'own       12,346  0.123',
      'peer           -      2',
    ].join('\n'),
  );
  assert.equal(roundForReading(1234.5), '1,235');
});

test('goals: a value that could not be measured is not met, in the line too', () => {
  const goals = { a: atLeast(2, 2), b: atLeast(1.99, 2), c: atMost(181, 180), d: atMost(null, 180) };
  assert.deepEqual(JSON.parse(goalsLine('scan', goals)), {
    bench: 'scan',
    goals: {
      a: { value: 2, goal: 2, ok: true },
      b: { value: 1.99, goal: 2, ok: false },
      c: { value: 181, goal: 180, ok: false },
      d: { value: null, goal: 180, ok: false },
    },
  });
});

test('process: a status that is not wanted is no measurement, and says the last words of the program', async () => {
  await inDirectory(async (directory) => {
    const common = { directory, statuses: [0], signal: new AbortController().signal };
    const program = (script: string, name: string) =>
      measure({ ...common, path: '/bin/sh', words: ['-c', script], name });
    const done = await program('echo out; sleep 0.1', 'good');
    assert.equal(readFileSync(done.out, 'utf8'), 'out\n');
    assert.ok(done.seconds >= 0.1 && done.rssMb > 0);
    await assert.rejects(program('echo no such thing >&2; exit 3', 'bad'), /status 3.*no such thing/s);
    await assert.rejects(
      measure({ ...common, path: join(directory, 'absent'), words: [], name: 'absent' }),
      /did not start/,
    );
  });
});

test('process: an interruption stops the program that is being measured, and starts no other', async () => {
  await inDirectory(async (directory) => {
    const interruption = new AbortController();
    const sleeper = {
      path: '/bin/sh',
      words: ['-c', 'echo $$; exec sleep 60'],
      directory,
      name: 'sleeper',
      statuses: [0],
      signal: interruption.signal,
    };
    const running = measure(sleeper);
    while (readFileSync(join(directory, 'sleeper.out'), 'utf8') === '') await setImmediate();
    interruption.abort(new Error('stopped by a test'));
    await assert.rejects(running, /stopped by a test/);
    const pid = Number(readFileSync(join(directory, 'sleeper.out'), 'utf8'));
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await assert.rejects(measure(sleeper), /stopped by a test/);
  });
});

test('packages: the versions that an archive offers are read, those that are only installed are not', () => {
  const policy = [
    'bash:',
    '  Installed: 5.2.15-2+b8',
    '  Candidate: 5.2.15-2+b13',
    '  Version table:',
    '     5.2.15-2+b13 500',
    '        500 http://archive.example/debian bookworm/main amd64 Packages',
    '        500 https://archive.example/security bookworm-security/main amd64 Packages',
    ' *** 5.2.15-2+b8 100',
    '        100 /var/lib/dpkg/status',
    'libc6:amd64:',
    '  Installed: 2.36-9',
    '  Version table:',
    ' *** 2.36-9 500',
    '        500 http://archive.example/debian bookworm/main amd64 Packages',
    '        100 /var/lib/dpkg/status',
    '     2.36-8 -1',
    '         -1 http://archive.example/debian bookworm/main amd64 Packages',
    'local-tool:',
    '  Installed: 1.0',
    '  Version table:',
    ' *** 1.0 100',
    '        100 /var/lib/dpkg/status',
    '',
  ].join('\n');
  assert.deepEqual(
    [...parsePolicy(policy)],
    [
      ['bash', ['5.2.15-2+b13']],
      ['libc6', ['2.36-9', '2.36-8']],
      ['local-tool', []],
    ],
  );
});

test('archives: the whole one of the release is taken, not its updates, other releases or publishers', () => {
  const targets = [
    ['bookworm', 'Tools', 'Tools', 'main', 'https://tools.example/'],
    ['trixie', 'Debian', 'Debian', 'main', 'http://archive.example/next/'],
    ['bookworm', 'Debian', 'Debian-Security', 'main', 'http://archive.example/security/'],
    ['bookworm', 'Debian', 'Debian', 'contrib', 'http://archive.example/debian/'],
    ['bookworm', 'Debian', 'Debian', 'main', 'http://archive.example/debian/'],
  ].map((fields) => fields.join('\t'));
  const url = 'http://archive.example/debian/';
  assert.deepEqual(parseTargets(targets.join('\n'), 'bookworm', 'Debian'), { url, suite: 'bookworm' });
  assert.equal(parseTargets(targets.join('\n'), 'sid', 'Debian'), null);
  assert.equal(parseTargets('', '', ''), null);
});

/** A system with one package of three files, one of them diverted, one without MD5, and links at its root. */
function makeSystem(root: string): System {
  const info = join(root, 'var/lib/dpkg/info');
  const [bin, share] = [join(root, 'usr/bin'), join(root, 'usr/share/one')];
  for (const folder of [info, bin, share]) mkdirSync(folder, { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  for (const name of ['tool', 'other']) writeFileSync(join(bin, name), name);
  for (const name of ['made', 'kept']) writeFileSync(join(share, name), name);
  const listed = ['/.', '/bin/tool', '/usr/bin/other', '/usr/share/one', '/usr/share/one/made'];
  const kept = ['/usr/share/one/kept', '/usr/share/one/absent', '/etc/one'];
  writeFileSync(join(info, 'one:amd64.list'), [...listed, ...kept, ''].join('\n'));
  writeFileSync(join(info, 'two.list'), '/usr/bin/of-no-package-that-is-installed\n');
  const sums = [`${md5('before')}  bin/tool`, `${md5('other')}  usr/bin/other`];
  writeFileSync(
    join(info, 'one:amd64.md5sums'),
    [...sums, `${md5('kept')}  usr/share/one/kept`, ''].join('\n'),
  );
  writeFileSync(join(root, 'var/lib/dpkg/diversions'), '/usr/bin/other\n/usr/bin/other.one\ntwo\n');
  return { root, packages: [{ name: 'one', architecture: 'amd64', version: '1' }] };
}

test('installed: files of another root are found by its own paths, with the cause why none knows them', () => {
  inDirectory((root) => {
    const system = makeSystem(root);
    const files = installedFiles(system, '/usr');
    assert.deepEqual(
      [...files.keys()],
      ['/usr/bin/tool', '/usr/bin/other', '/usr/share/one/made', '/usr/share/one/kept'],
    );
    const causes = (versions: readonly string[]) =>
      [...files.keys()].map(causesFor(system, files, new Map([['one', versions]])));
    assert.deepEqual(causes(['1', '2']), ['altered', 'diverted', 'unlisted', 'other']);
    assert.deepEqual(causes(['2']), ['version', 'diverted', 'version', 'version']);
    assert.deepEqual(causes([]), ['foreign', 'foreign', 'foreign', 'foreign']);
  });
});

test('index: of all pauses the worst kind of change counts, by its median, and not what comes without a change', () => {
  const base = { rows: 1, classes: 1 };
  const of = (name: string, median: number, longest: number) => ({ base, name, changes: 3, median, longest });
  assert.equal(worstPause([of('nothing', 9, 90), of('one verdict', 1, 80), of('a base list', 2, 3)]), 2);
});

test('index: a list of random keys is whole, has its classes in turn, and says which key is in it', async () => {
  await inDirectory(async (directory) => {
    const { signal } = new AbortController();
    const made = makeSegment({ signal }, { directory, seed: 'seed', rows: 5_000, classes: 7 });
    assert.equal(verifyFull(made.path), made.digest);
    const reader = SegmentReader.open(made.path);
    assert.deepEqual([reader.rows, reader.classCount, reader.find(made.sample)?.classIndex], [5_000, 7, 0]);
    reader.close();
  });
});
