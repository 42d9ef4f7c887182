// `tocsin catalog` as a person and a program see it: real processes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ITEMS, MESSAGES } from '../catalog/catalog.ts';
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

test('catalog tells items in the language asked for, and the JSON form keeps its members', async (t) => {
  const stage = new Stage(t);
  const { out } = await stage.run(['catalog', 'lookup.bits', '--lang', 'de']);
  assert.match(out, /^lookup\.bits\n {2}wie viele führende Bits der Prüfsumme gezeigt werden; /);
  const [german] = JSON.parse((await stage.run(['catalog', 'lookup.bits', '--json', '--lang', 'de'])).out);
  const [english] = JSON.parse((await stage.run(['catalog', 'lookup.bits', '--json'])).out);
  assert.deepEqual({ ...german, what: '' }, { ...english, what: '' });
  assert.notEqual(german.what, english.what);
});

test('catalog --dictionary prints the document that lies in docs/', async (t) => {
  const { status, out } = await new Stage(t).run(['catalog', '--dictionary']);
  assert.equal(status, 0);
  assert.equal(out, readFileSync(new URL('../../../../docs/data-dictionary.md', import.meta.url), 'utf8'));
});

test('catalog --schema prints the JSON Schema of a message, or of all', async (t) => {
  const stage = new Stage(t);
  const one = JSON.parse((await stage.run(['catalog', '--schema', 'detection'])).out) as Record<
    string,
    unknown
  >;
  assert.equal(one['$schema'], 'https://json-schema.org/draft/2020-12/schema');
  assert.equal(one['$id'], 'urn:tocsin:message:detection');
  const all = JSON.parse((await stage.run(['catalog', '--schema', 'all'])).out) as { $defs: object };
  assert.equal(Object.keys(all.$defs).length, MESSAGES.length);
  const wrong = await stage.run(['catalog', '--schema', 'nothing']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.err, /Allowed choices are all, connection, /);
  const named = await stage.run(['catalog', 'wifi', '--dictionary']);
  assert.match(named.err, /^tocsin: Cannot show 'wifi': dictionary and schema are not of single items/);
});
