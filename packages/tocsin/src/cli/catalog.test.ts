// `tocsin catalog` as a person and a program see it: real processes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ITEMS } from '../catalog/catalog.ts';
import { Stage } from './run-fixture.ts';

test('catalog --json prints an array of all items with what is declared of each', async (t) => {
  const { status, out, err } = await new Stage(t).run(['catalog', '--json']);
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  const items = JSON.parse(out) as Record<string, unknown>[];
  assert.deepEqual(
    items.map(({ id }) => id),
    ITEMS.map(({ id }) => id),
  );
  for (const item of items)
    for (const key of ['statement', 'editions', 'participation', 'messages', 'collector'])
      assert.ok(key in item, `${item['id']} ${key}`);
  const sha256 = items.find(({ id }) => id === 'object.sha256')!;
  assert.deepEqual(sha256['statement'], ['object.sha256', 'standard_mode.object_checksum_and_type']);
  assert.ok((sha256['messages'] as string[]).includes('detection'));
  assert.equal(sha256['participation'], 'standard');
});

test('catalog prints a person one paragraph an item, of the groups and items named', async (t) => {
  const { status, out } = await new Stage(t).run(['catalog', 'user', 'lookup.bits']);
  assert.equal(status, 0);
  assert.deepEqual(
    out.split('\n\n').map((paragraph) => paragraph.split('\n')[0]),
    ['lookup.bits', 'user.actor_type'],
  );
  assert.match(out, /\n {2}leaves at {3}standard\n {2}editions {4}all\n/);
  assert.match(out, /\(planned: not sent yet\)\n/);
});

test('catalog says of a name that nothing has that there is none', async (t) => {
  assert.deepEqual(await new Stage(t).run(['catalog', 'object.nothing']), {
    status: 2,
    out: '',
    err: "tocsin: Cannot show 'object.nothing': no item or group has that name, want one of 'tocsin catalog'\n",
  });
});
