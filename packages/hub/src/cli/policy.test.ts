// The commands about Statements, policies and machines, as real processes: what an operator sees and gets.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { verifyPolicy } from 'tocsin/catalog/policy.ts';
import { renderStatement, statementAsText } from 'tocsin/catalog/statement/statement.ts';
import { openKeys } from '../keys/store.ts';
import { newestTerms } from '../privacy/terms.ts';
import { layoutOf } from '../store/layout.ts';
import { addMachine, bench } from './cli-fixture.ts';

test('commands: Statement, register and policy of a hub', async (t) => {
  const { db, data, hub, create } = await bench(t, {
    TOCSIN_HUB_JURISDICTION: 'DE',
    TOCSIN_HUB_OPERATOR_NAME: 'Example',
  });
  const out = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await hub(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  await create();
  const first = await out('statement', '--edition', 'virtual', '--lang', 'de');
  const keys = openKeys(layoutOf(data).keys);
  const { terms } = (await newestTerms(db, keys))!;
  const statement = renderStatement({ terms, edition: 'virtual', jurisdiction: 'DE', language: 'de' });
  const english = renderStatement({ terms, edition: 'virtual', jurisdiction: 'DE', language: 'en' });

  await t.test('statement: what a machine with this catalog and these terms prints', async () => {
    assert.equal(first, statementAsText(statement));
    assert.equal(JSON.parse(await out('statement', '--format', 'json')).edition, 'basic');
    assert.match(await out('statement', '--document', 'privacy-policy', '--format', 'md'), /^# /);
    assert.match(await out('statement', '--jurisdiction', 'unknown', '--format', 'html'), /<!doctype html>/);
    const place = ['--jurisdiction', 'NO', '--format', 'json'];
    const then = JSON.parse(await out('statement', ...place, '--of', statement.version));
    assert.deepEqual(then, JSON.parse(await out('statement', ...place)), 'of a place that nobody is in');
    for (const args of [
      ['--document', 'x'],
      ['--jurisdiction', 'XX'],
      ['--of', '9.9'],
    ]) {
      const { status, stderr } = await hub('statement', ...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /^error: Cannot /);
    }
  });

  await t.test('statement: what changed between versions, by item', async () => {
    assert.match(await out('statement', '--diff', '1', '2'), /object\.sha256/);
    assert.equal(
      JSON.parse(await out('statement', '--diff', '1', '2', '--format', 'json')).format,
      'tocsin-statement-diff',
    );
    assert.match(
      await out('statement', '--diff', statement.version, statement.version),
      /Terms of the operator\n=+\n\nNothing in the terms of the operator changed\./,
    );
  });

  await t.test('register: as CSV and JSON', async () => {
    assert.match(await out('register'), /detection/);
    assert.ok(JSON.parse(await out('register', '--format', 'json', '--lang', 'de')) !== null);
  });

  await t.test(
    'policy: without one it is proposed; for virtual machines all that the Statement lists',
    async () => {
      const basic = await out('policy', 'show', '--no-statement');
      assert.match(basic, /has no policy; proposed is:\n {2}it says nothing/);
      const virtual = await out('policy', 'show', '--edition', 'virtual');
      assert.match(virtual, /participation: extended, list of data virtual/);
      assert.ok(virtual.endsWith(statementAsText(english)), 'the text of the Statement');
    },
  );

  await t.test('policy: setting it shows the Statement and wants exactly its SHA-256', async () => {
    const shown = await hub('policy', 'set', '--group', 'lab', '--edition', 'virtual');
    assert.equal(shown.status, 2);
    assert.equal(shown.stdout, statementAsText(english));
    assert.match(shown.stderr, new RegExp(`want --accept ${english.sha256}`));
    const wrong = await hub(
      'policy',
      'set',
      '--group',
      'lab',
      '--edition',
      'virtual',
      '--accept',
      'ab'.repeat(32),
    );
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /is not the SHA-256 of the Statement that is in force/);
    assert.equal(await out('policy', 'history', '--group', 'lab'), 'group lab has no policy\n');
    const args = [
      '--group',
      'lab',
      '--edition',
      'virtual',
      '--accept',
      statement.sha256,
      '--no-sharing',
      '--self-defence',
      'on',
      '--days',
      '30',
      '--max-level',
      'extended',
    ];
    assert.match(await out('policy', 'set', ...args), /^policy 1 of group lab is in force until /);
    const signed = await out('policy', 'show', '--group', 'lab', '--json');
    const policy = verifyPolicy(signed.trim(), keys.receipt.publicKey);
    assert.deepEqual(
      { ...policy, issued: 0, expires: policy.expires - policy.issued },
      {
        v: 1,
        sequence: 1,
        issued: 0,
        expires: 30 * 86_400,
        group: 'lab',
        participation: {
          level: 'extended',
          edition: 'virtual',
          jurisdiction: null,
          statement: { version: statement.version, sha256: statement.sha256, language: 'de' },
          sharing: 'no',
          commercial: null,
        },
        maxLevel: 'extended',
        personal: false,
        selfDefence: true,
      },
    );
  });

  await t.test(
    'policy: shown with its Statement in the language of the acceptance, cleared, and kept in the history',
    async () => {
      const shown = await out('policy', 'show', '--group', 'lab');
      assert.match(shown, /policy 1, issued .* by .*, until .*, then signed anew/);
      assert.match(shown, /sharing: no; commercial use: as the rule says/);
      assert.ok(shown.endsWith(statementAsText(statement)));
      assert.match(await out('policy', 'clear', '--group', 'lab'), /policy 3 of group lab says nothing/);
      const history = await out('policy', 'history', '--group', 'lab');
      assert.equal(history.trim().split('\n').length, 2);
      assert.match(history, /^policy 3 .* it says nothing/);
      for (const args of [['set'], ['set', '--level', 'off', '--days', '0'], ['clear', '--group', 'none']]) {
        const { status, stderr } = await hub('policy', ...args);
        assert.equal(status, 2, args.join(' '));
        assert.match(stderr, /error: Cannot /);
      }
    },
  );

  await t.test('policy: what needs no acceptance is set at once', async () => {
    assert.match(await out('policy', 'set', '--level', 'off'), /of group default is in force/);
    assert.match(await out('policy', 'set', '--max-level', 'standard', '--personal'), /in force/);
    const { participation, maxLevel, personal } = verifyPolicy(
      (await out('policy', 'show', '--json')).trim(),
      keys.receipt.publicKey,
    );
    assert.deepEqual([participation, maxLevel, personal], [null, 'standard', true]);
  });

  await t.test(
    'machines: marks are set, shown, and give the machine a policy under a higher number',
    async () => {
      const id = await addMachine(db);
      const marked = await out('machines', 'mark', id, '--managed', '--personal', '--group', 'lab');
      assert.match(marked, /managed, group lab, personal/);
      const listed = JSON.parse(await out('machines', 'list', '--json'));
      assert.deepEqual(
        [listed.managed, listed.personal, listed.group, listed.clonedFrom],
        [true, true, 'lab', null],
      );
      const newest = verifyPolicy(
        (await out('policy', 'show', '--group', 'lab', '--json')).trim(),
        keys.receipt.publicKey,
      );
      assert.ok(newest.sequence > 3);
      assert.match(
        await out('machines', 'mark', id, '--unmanaged', '--not-personal', '--group', 'default'),
        /until [^,]*$/m,
      );
      for (const args of [
        [id],
        [id, '--managed', '--unmanaged'],
        ['x', '--managed'],
        [randomUUID(), '--managed'],
      ])
        assert.equal((await hub('machines', 'mark', ...args)).status, 2);
    },
  );

  await t.test('machines: revoking with clones reaches them', async () => {
    const [origin, clone] = [await addMachine(db), await addMachine(db)];
    await db.execute('UPDATE machine SET cloned_from = $1 WHERE id = $2', [origin, clone]);
    assert.match(await out('machines', 'list'), new RegExp(`copy of ${origin}`));
    await out('machines', 'revoke', origin);
    assert.match(
      await out('machines', 'revoke', origin, '--with-clones'),
      new RegExp(`1 copies of it: ${clone}`),
    );
    assert.equal((await hub('machines', 'revoke', origin, '--with-clones')).status, 2);
  });

  await t.test('token: marks go with it', async () => {
    await out('token', '--managed', '--personal', '--group', 'lab');
    const [row] = await db.query<object>(
      'SELECT managed, personal, policy_group FROM join_token ORDER BY created_at DESC LIMIT 1',
    );
    assert.deepEqual(row, { managed: true, personal: true, policy_group: 'lab' });
    assert.equal((await hub('token', '--group', 'A b')).status, 2);
  });
});
