// `tocsin sent` as a person and a program see it: real processes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Stage } from './run-fixture.ts';
import { fillJournal, runWords } from './sent-fixture.ts';

test('nothing sent is told as such, and nothing is made on disk', async (t) => {
  const stage = new Stage(t);
  assert.deepEqual(await runWords(stage, ['sent']), {
    status: 0,
    out: '',
    err: 'There is no journal here: nothing that left is recorded.\n',
  });
  assert.deepEqual(await runWords(stage, ['sent', 'verify']), {
    status: 0,
    out: 'There is no journal here: nothing that left is recorded.\n',
    err: '',
  });
  assert.equal((await runWords(stage, ['sent', 'export', 'file'])).status, 0);
  assert.equal(existsSync(stage.path('file')), false);
  assert.deepEqual(await runWords(stage, ['sent', 'show', '1']), {
    status: 2,
    out: '',
    err: "tocsin: Cannot show entry 1: it is not in the journal, want one that is\nhint: run 'tocsin sent' to see them; the oldest go after a year\n",
  });
  assert.equal(existsSync(stage.home), false);
});

test('entries are listed newest first, as many and as the person asks for', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  const all = [
    '      4  2026-01-15 02:00:01 UTC  unknown       connection         lists              0 bytes\n',
    '      3  2026-01-15 02:00:00 UTC  sent          connection         renewal            5 bytes\n',
    '      2  2026-01-15 01:00:00 UTC  acknowledged  connection         renewal           23 bytes\n',
    '      1  2026-01-15 00:00:00 UTC  acknowledged  connection         lists              0 bytes\n',
  ];
  const table: [string[], number[], string][] = [
    [[], [0, 1, 2, 3], '4 entries.'],
    [['--limit', '2'], [0, 1], 'The newest 2 entries; --limit shows more.'],
    [['--since', '2026-01-15T02:00'], [0, 1], '2 entries.'],
    [['--until', '2026-01-15T01:00'], [3], '1 entry.'],
    [['--state', 'sent'], [1], '1 entry.'],
    [['--message', 'detection'], [], 'No entry fits.'],
    [['--since', '1s'], [], 'No entry fits.'],
  ];
  for (const [words, lines, note] of table)
    assert.deepEqual(
      await runWords(stage, ['sent', ...words]),
      { status: 0, out: lines.map((n) => all[n]).join(''), err: `${note}\n` },
      words.join(' '),
    );
});

test('entries as JSON hold every byte', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  const { out, err, status } = await runWords(stage, ['sent', '--json']);
  assert.deepEqual([status, err], [0, '']);
  const entries = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    entries.map(({ id }) => id),
    [4, 3, 2, 1],
  );
  assert.deepEqual(entries[1], {
    id: 3,
    at: '2026-01-15T02:00:00.000Z',
    receiver: 'https://hub.example:8443',
    message: 'connection',
    reason: 'renewal',
    consent: 0,
    method: 'POST',
    path: '/.well-known/est/simplereenroll',
    headers: [
      ['content-type', 'application/pkcs10'],
      ['content-transfer-encoding', 'base64'],
    ],
    size: 5,
    body: 'AAEC/wo=',
    clear: null,
    state: 'sent',
    status: 503,
    answeredAt: '2026-01-15T02:00:00.000Z',
  });
  const one = await runWords(stage, ['sent', 'show', '3', '--json']);
  assert.deepEqual(JSON.parse(one.out), entries[1]);
});

test('one entry is shown with all that it said', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  const { out, err, status } = await runWords(stage, ['sent', 'show', '2']);
  assert.deepEqual([status, err], [0, '']);
  assert.match(out, /^Entry {5}2\nWhen {6}2026-01-15 01:00:00 UTC\nTo {8}https:\/\/hub.example:8443\n/);
  assert.match(out, /^Message {3}connection \(.+\)\nReason {4}renewal: .+\nConsent {3}none was given\n/m);
  assert.match(out, /^State {5}acknowledged with 200 at 2026-01-15 01:00:00 UTC\nSize {6}23 bytes\n/m);
  assert.match(
    out,
    /^Request {3}POST \/\.well-known\/est\/simplereenroll\n {10}content-type: application\/pkcs10\n/m,
  );
  assert.ok(out.endsWith('\nWhat it said:\n\n{\n  "readable": [\n    "text",\n    1\n  ]\n}\n'), out);
  assert.ok((await runWords(stage, ['sent', 'show', '1'])).out.endsWith('\nIt had no body.\n'));
  assert.ok(
    (await runWords(stage, ['sent', 'show', '3'])).out.endsWith('\nIts body is no text: --raw writes it.\n'),
  );
  assert.equal((await runWords(stage, ['sent', 'show', '9'])).status, 2);
  assert.match((await runWords(stage, ['sent', 'show', 'x'])).err, /Cannot use the entry 'x'/);
  assert.match((await runWords(stage, ['sent', '--since', 'x'])).err, /Cannot read the time 'x'/);
});

test('the raw bytes of a body come out as they left', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  const chunks: Buffer[] = [];
  const ended = stage.ended;
  stage.ended = async (child) => {
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return await ended.call(stage, child);
  };
  assert.equal((await runWords(stage, ['sent', 'show', '3', '--raw'])).status, 0);
  assert.deepEqual(Buffer.concat(chunks), Buffer.from([0, 1, 2, 0xff, 0x0a]));
});

test('a journal that holds, does not hold, cannot be checked', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  assert.deepEqual(await runWords(stage, ['sent', 'verify']), {
    status: 0,
    out: 'The journal holds: 4 entries (1 to 4), begun 2026-01-15 00:00:00 UTC.\n',
    err: '',
  });
  assert.match((await runWords(stage, ['sent', 'set-aside', '--yes'])).err, /there is nothing wrong with it/);
  const database = new DatabaseSync(stage.path('home/journal.db'));
  const sealed = database.prepare('SELECT sealed FROM request WHERE id = 2').get()?.['sealed'];
  database.exec('DELETE FROM request WHERE id = 2');
  assert.deepEqual(await runWords(stage, ['sent', 'verify']), {
    status: 1,
    out: 'The journal does not hold: request 2 is missing.\n',
    err: '',
  });
  database.prepare('INSERT INTO request VALUES (2, zeroblob(?))').run((sealed as Uint8Array).length);
  assert.deepEqual(await runWords(stage, ['sent', 'verify', '--json']), {
    status: 1,
    out: '{"kind":"broken","part":"request","id":2,"why":"it does not open: it was changed, or stands in the place of another"}\n',
    err: '',
  });
  const listed = await runWords(stage, ['sent']);
  assert.equal(listed.status, 1);
  assert.equal(listed.out.trim().split('\n').length, 3, 'the others are shown');
  assert.match(listed.err, /warning: 1 entry cannot be read, from 2 on\nhint: run 'tocsin sent verify'/);
  assert.match(
    (await runWords(stage, ['sent', 'show', '2'])).err,
    /Cannot read the journal .*entry 2 does not open/,
  );
  database.exec('DELETE FROM head');
  database.close();
  const lost = await runWords(stage, ['sent', 'verify']);
  assert.equal(lost.status, 2);
  assert.match(lost.out, /^The journal cannot be checked\. Cannot read the journal .*its head is missing/);
  assert.match((await runWords(stage, ['sent', 'set-aside'])).err, /nobody said yes/);
  const aside = await runWords(stage, ['sent', 'set-aside', '--yes']);
  assert.equal(aside.status, 0);
  assert.match(
    aside.out,
    /^The journal lies in journal-[0-9TZ]+\.aside\.db now; the next entry begins a new one\.\n$/,
  );
  fillJournal(stage);
  assert.match((await runWords(stage, ['sent', 'verify'])).out, /An earlier one lies set aside/);
});

test('where the key itself cannot be opened, a new journal would not help', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  writeFileSync(stage.path('home/local.key'), 'short');
  const key = 'Cannot open the local key: it has 5 bytes, want a key of 32';
  const found = await runWords(stage, ['sent', 'verify']);
  assert.deepEqual([found.status, found.out], [2, `The journal cannot be checked. ${key}.\n`]);
  assert.match(
    found.err,
    /^hint: nothing is sent meanwhile; bring the key's system back .*'tocsin uninstall'/,
  );
  const aside = await runWords(stage, ['sent', 'set-aside', '--yes']);
  assert.equal(aside.status, 2);
  assert.ok(aside.err.startsWith(`tocsin: ${key}\nhint: nothing is sent meanwhile; `), aside.err);
  assert.equal((await runWords(stage, ['sent'])).status, 2);
});

test('an export is a new file for its owner alone, with what a check says', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  const done = await runWords(stage, ['sent', 'export', 'sent.jsonl']);
  assert.deepEqual(done, { status: 0, out: '', err: '9 lines written to sent.jsonl.\n' });
  assert.equal(statSync(stage.path('sent.jsonl')).mode & 0o777, 0o600);
  const lines = readFileSync(stage.path('sent.jsonl'), 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.map((line) => Object.keys(JSON.parse(line) as object)[0]),
    ['journal', 'request', 'request', 'request', 'request', 'answer', 'answer', 'answer', 'verify'],
  );
  assert.match(lines.at(-1)!, /^\{"verify":\{"kind":"ok","requests":4,"from":1,"to":4,"answers":3,/);
  const piped = await runWords(stage, ['sent', 'export']);
  assert.deepEqual(
    piped.out.trim().split('\n').slice(1),
    lines.slice(1),
    'the same to another program, but for the time of the export',
  );
  writeFileSync(stage.path('there'), 'mine');
  assert.match((await runWords(stage, ['sent', 'export', 'there'])).err, /the file is there already/);
  assert.equal(readFileSync(stage.path('there'), 'utf8'), 'mine');
  const database = new DatabaseSync(stage.path('home/journal.db'));
  database.exec('UPDATE request SET sealed = zeroblob(99) WHERE id = 3');
  database.close();
  const broken = await runWords(stage, ['sent', 'export']);
  assert.equal(broken.status, 1);
  assert.ok(broken.out.includes('\n{"unreadable":{"part":"request","id":3}}\n'));
  assert.match(broken.out, /\{"verify":\{"kind":"broken","part":"request","id":3,/);
});

test('every part of it has help with an example', async (t) => {
  const stage = new Stage(t);
  for (const words of [[], ['show'], ['verify'], ['export'], ['set-aside']]) {
    const { status, out, err } = await runWords(stage, ['sent', ...words, '--help']);
    assert.deepEqual([status, err], [0, ''], words.join());
    assert.match(out, new RegExp(`Examples?:\n  tocsin sent ${words.join('')}`));
  }
});

test('a damaged journal is an alarm in the status, and the status names the way out', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  assert.equal((await runWords(stage, ['status'])).status, 0);
  const whole = readFileSync(stage.path('home/journal.db'));
  const write = (bytes: Buffer): void => writeFileSync(stage.path('home/journal.db'), bytes);
  for (let page = 0; page * 4_096 < whole.length; page++) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, page * 4_096, page * 4_096 + 100);
    write(damaged);
    const { status, out, err } = await runWords(stage, ['status']);
    assert.equal(status, 1, `page ${page}`);
    assert.match(out, /^ALARM {9}Cannot (read|write) the journal \(journal\.db in TOCSIN_HOME\): /m);
    assert.match(err, /^hint: of the journal: nothing is sent, .*'tocsin sent set-aside' keeps it as it is/m);
    const json = JSON.parse((await runWords(stage, ['status', '--json'])).out) as Record<string, unknown>;
    assert.equal(json['journalUsable'], false);
  }
  write(whole);
  assert.equal((await runWords(stage, ['status'])).status, 0);
  rmSync(stage.path('home/local.key'));
  const lost = await runWords(stage, ['status']);
  assert.equal(lost.status, 1);
  assert.match(lost.out, /^ALARM {9}Cannot read the journal .*does not open under the local key/m);
  assert.match(lost.err, /'tocsin sent set-aside'/);
});
