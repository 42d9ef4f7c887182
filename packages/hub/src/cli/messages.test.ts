// The commands about messages and erasure, as real processes: what an operator sees and gets.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { parseEnvelope } from 'tocsin/protocol/dsse.ts';
import { addMachine, bench } from './cli-fixture.ts';

test('commands: messages and erasure', async (t) => {
  const { db, hub, create } = await bench(t, {
    TOCSIN_HUB_PARTNERS: 'Example Lab (DE) for research [sharing]',
  });
  await create();
  const id = await addMachine(db);
  await db.execute(
    `INSERT INTO message SELECT $1, 1, n, 'software-state', 'daily', 'basic', 1, now(), now(),
       '{"software.product": {"name": "tocsin\\u001b[31m"}}', now() + interval '1 day' FROM generate_series(1, 600) n`,
    [id],
  );
  await db.execute(`INSERT INTO intake_count VALUES (current_date, '-', 'refused', 'format', 3)`);

  await t.test('stats: what is stored, refused and dropped', async () => {
    const { stdout } = await hub('messages', 'stats');
    assert.match(stdout, /software-state +600 stored, of 1 machines/);
    assert.match(stdout, /- +3 refused since \d{4}-\d\d-\d\d: format/);
    assert.equal(JSON.parse((await hub('messages', 'stats', '--json')).stdout).stored[0].count, 600);
  });

  await t.test('list: everything of one machine, nothing of it moves the cursor', async () => {
    const lines = (await hub('messages', 'list', '--machine', id, '--json')).stdout.trim().split('\n');
    assert.equal(lines.length, 600);
    assert.deepEqual(Object.keys(JSON.parse(lines[0]!)).slice(0, 3), ['kind', 'epoch', 'sequence']);
    const { stdout } = await hub('messages', 'list', '--machine', id);
    assert.ok(!stdout.includes('\u001b'));
    assert.equal((await hub('messages', 'list', '--machine', 'x')).status, 2);
  });

  await t.test('export: nothing of owners who did not agree; refused without a partner', async () => {
    const { status, stdout, stderr } = await hub(
      'messages',
      'export',
      '--for',
      'sharing',
      '--since',
      '2020-01-01',
    );
    assert.deepEqual([status, stdout], [0, '']);
    assert.match(stderr, /0 messages, for Example Lab \(DE\) for research/);
    const refused = await hub('messages', 'export', '--for', 'commercial');
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /name no partner for it/);
    for (const args of [
      ['--for', 'x'],
      ['--for', 'sharing', '--since', '2026-02-30'],
    ])
      assert.equal((await hub('messages', 'export', ...args)).status, 2);
  });

  await t.test('erase: all of a machine goes, with a signed confirmation', async () => {
    const { stdout, stderr } = await hub('erase', id);
    assert.match(stderr, /600 messages of .* were erased/);
    const payload = JSON.parse(Buffer.from(parseEnvelope(stdout.trim()).payload).toString());
    assert.deepEqual(
      [payload.machine, payload.messages, payload.until],
      [id, 600, { epoch: 1, sequence: 600 }],
    );
    assert.match((await hub('messages', 'stats')).stdout, /no message is stored/);
    assert.match((await hub('erase', id)).stderr, /0 messages/);
    assert.equal((await hub('erase', randomUUID())).status, 2);
  });
});
