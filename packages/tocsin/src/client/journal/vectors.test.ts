// The vectors of spec/journal.md and spec/local-state.md, in every way that the code offers.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import { Overrides } from '../lookup/overrides.ts';
import type { Home } from '../state/home.ts';
import { makeHome } from '../state/home.ts';
import { LocalKey, lazyLocalKey, openLocalKey } from '../state/local-key.ts';
import { openRow, SEALED_ROW, sealRow } from '../state/sealed-row.ts';
import { headBytes, parseHead } from './head.ts';
import { Journal, verifyJournal } from './journal.ts';
import { answerBytes, CHAIN_START, nextLink, parseAnswer, parseRequest, requestBytes } from './record.ts';
import type { Part } from './store.ts';

interface Row {
  readonly part: Part;
  readonly id: number;
  readonly request?: number;
  readonly name: string;
  readonly canonical: string;
  readonly chain: string;
  readonly sealed: string;
}
interface Head {
  readonly plain: string;
  readonly sealed: string;
}

function vectors(name: string): unknown {
  const url = new URL(`../../../../../spec/vectors/journal/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

const JOURNAL = vectors('journal') as {
  readonly localKey: string;
  readonly sealKey: string;
  readonly rows: readonly Row[];
  readonly head: Head;
  readonly verify: object;
  readonly pruned: { readonly keep: readonly string[]; readonly head: Head; readonly verify: object };
};
const BROKEN = vectors('broken') as {
  readonly cases: readonly {
    readonly what: string;
    readonly set: Readonly<Record<string, string | null>>;
    readonly head?: 'pruned';
    readonly verify: Readonly<Record<string, unknown>>;
  }[];
};
const LOCAL = vectors('local-state') as {
  readonly localKey: string;
  readonly derived: Readonly<Record<string, string>>;
  readonly override: {
    readonly id: string;
    readonly plain: string;
    readonly sealed: string;
    readonly key: string;
  };
  readonly cache: readonly { readonly directory: string; readonly part: number; readonly id: string }[];
};

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** A home with this local key, and a journal of these rows. */
function homeWith(t: TestContext, rows: readonly Row[], sealedHead: string | null): Home {
  const home = temporaryHome(t);
  makeHome(home);
  writeFileSync(home.localKey, hex(JOURNAL.localKey));
  const world = new HandWorld();
  Journal.open(home, world, openLocalKey(home, world).key).close();
  const database = new DatabaseSync(home.journal);
  for (const { part, id, request, sealed } of rows)
    if (part === 'request') database.prepare('INSERT INTO request VALUES (?, ?)').run(id, hex(sealed));
    else database.prepare('INSERT INTO answer VALUES (?, ?, ?)').run(id, request!, hex(sealed));
  if (sealedHead === null) database.exec('DELETE FROM head');
  else database.prepare('UPDATE head SET sealed = ?').run(hex(sealedHead));
  database.close();
  return home;
}

function verifyOf(home: Home): Record<string, unknown> {
  const world = new HandWorld();
  return { ...verifyJournal(home, world, lazyLocalKey(home, world)) };
}

test('keys are derived, rows sealed and opened as the vectors have it', () => {
  const key = LocalKey.of(hex(JOURNAL.localKey));
  const seal = key.derive('tocsin journal seal');
  assert.equal(seal.export().toString('hex'), JOURNAL.sealKey);
  for (const { name, canonical, chain, sealed } of JOURNAL.rows) {
    const plain = Buffer.concat([hex(chain), Buffer.from(canonical)]);
    assert.deepEqual(openRow(seal, name, hex(sealed)), plain, name);
    assert.equal(openRow(seal, `${name}0`, hex(sealed)), null, name);
    const nonce = hex(sealed).subarray(0, SEALED_ROW.nonce);
    assert.equal(sealRow(seal, name, plain, () => nonce).toString('hex'), sealed, name);
  }
  for (const { plain, sealed } of [JOURNAL.head, JOURNAL.pruned.head]) {
    assert.equal(openRow(seal, 'head', hex(sealed))?.toString(), plain);
    assert.equal(headBytes(parseHead(Buffer.from(plain))).toString(), plain);
  }
});

test('records have one spelling, and the chain leads from one to the next', () => {
  for (const part of ['request', 'answer'] as const) {
    let link = CHAIN_START;
    for (const row of JOURNAL.rows.filter((r) => r.part === part)) {
      const bytes = Buffer.from(row.canonical);
      const again = part === 'request' ? requestBytes(parseRequest(bytes)) : answerBytes(parseAnswer(bytes));
      assert.equal(again.toString(), row.canonical);
      for (const other of [
        ` ${row.canonical}`,
        row.canonical.replace('"v":1', '"v": 1'),
        `${row.canonical}\n`,
      ])
        assert.throws(() => (part === 'request' ? parseRequest : parseAnswer)(Buffer.from(other)), {
          code: 'format',
        });
      link = nextLink(link, bytes);
      assert.deepEqual(link, { id: row.id, chain: row.chain });
    }
  }
});

test('a journal of the vectors is checked, read and exported', (t) => {
  const home = homeWith(t, JOURNAL.rows, JOURNAL.head.sealed);
  assert.deepEqual(verifyOf(home), JOURNAL.verify);
  const world = new HandWorld();
  using journal = Journal.open(home, world, openLocalKey(home, world).key);
  assert.deepEqual(
    [...journal.entries({ order: 'oldest' })].map(({ state, status }) => [state, status]),
    [
      ['acknowledged', 200],
      ['acknowledged', 304],
      ['unknown', null],
      ['sent', 409],
    ],
  );
  const [first, ...lines] = [...journal.exportLines()];
  assert.match(first!, /^\{"journal":\{"v":1,"exported":"2026-01-15T00:00:00.000Z","begun":/);
  assert.deepEqual(
    lines,
    JOURNAL.rows.map(({ part, canonical, chain }) => `{"${part}":${canonical},"chain":"${chain}"}\n`),
  );
});

test('the same with its first requests pruned is checked from the anchor on', (t) => {
  const { keep, head, verify } = JOURNAL.pruned;
  const rows = JOURNAL.rows.filter(({ name }) => keep.includes(name));
  assert.deepEqual(verifyOf(homeWith(t, rows, head.sealed)), verify);
});

test('what was changed is found where the vectors say', (t) => {
  for (const { what, set, head, verify } of BROKEN.cases) {
    const rows = JOURNAL.rows
      .filter(({ name }) => set[name] !== null)
      .map((row) => ({ ...row, sealed: set[row.name] ?? row.sealed }));
    const sealedHead = head === 'pruned' ? JOURNAL.pruned.head.sealed : JOURNAL.head.sealed;
    const found = verifyOf(homeWith(t, rows, 'head' in set ? (set['head'] ?? null) : sealedHead));
    delete found['why'];
    assert.deepEqual(found, verify, what);
  }
});

test('overrides and names of the cache are kept as the vectors have it', (t) => {
  const key = LocalKey.of(hex(LOCAL.localKey));
  for (const [purpose, want] of Object.entries(LOCAL.derived))
    assert.equal(key.derive(purpose).export().toString('hex'), want, purpose);
  for (const { directory, part, id } of LOCAL.cache) {
    const mac = createHmac('sha256', key.derive('tocsin cache name')).update(directory);
    if (part > 0) mac.update(`\0${part}`);
    assert.equal(mac.digest('hex'), id);
  }
  const { override } = LOCAL;
  const home = temporaryHome(t);
  makeHome(home);
  writeFileSync(home.localKey, hex(LOCAL.localKey));
  const world = new HandWorld();
  const overrides = Overrides.open(home, world);
  const { kind: _code, key: text, v: _v, ...rest } = JSON.parse(override.plain) as Record<string, never>;
  world.ms = rest['at']!;
  const set = { kind: 'host' as const, bytes: new Uint8Array(hex(text!)) };
  overrides.set(rest['action']!, set, rest['object']!, rest['note']!);
  overrides.close();
  const database = new DatabaseSync(home.state);
  const rows = database.prepare('SELECT id, sealed FROM sealed_override').all();
  assert.equal(Buffer.from(rows[0]?.['id'] as Uint8Array).toString('hex'), override.id);
  const opened = openRow(
    key.derive('tocsin override seal'),
    hex(override.id),
    rows[0]?.['sealed'] as Uint8Array,
  );
  assert.equal(opened?.toString(), override.plain);
  database.prepare('UPDATE sealed_override SET sealed = ?').run(hex(override.sealed));
  database.close();
  const again = Overrides.open(home, world);
  assert.deepEqual(again.list(), [{ key: set, ...rest }]);
  again.close();
});

test('the examples of the pages are those of the vectors', () => {
  const page = (name: string): string =>
    readFileSync(new URL(`../../../../../spec/${name}.md`, import.meta.url), 'utf8');
  const [first, second] = JOURNAL.rows;
  const answer = JOURNAL.rows.find(({ name }) => name === 'answer 2');
  for (const text of [first!.chain, second!.canonical, second!.chain, answer!.canonical, JOURNAL.head.plain])
    assert.ok(page('journal').includes(text), text);
  const { derived, override } = LOCAL;
  const names = ['tocsin override name', 'tocsin override seal'].map((purpose) => derived[purpose]!);
  for (const text of [...names, override.id, override.plain])
    assert.ok(page('local-state').includes(text), text);
});
