// Hash lists against a plain Map: any verdicts, one publication after the other, every update from every older version.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { emptySet } from 'tocsin/lists/hash-set.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { BuildAnswer, BuildOrder, BuiltHashList } from './build.ts';
import { buildHashLists } from './build.ts';
import type { FixtureEntry } from './build-fixture.ts';
import { expectedSet, publishEntries, setFiles } from './build-fixture.ts';
import { HASH_LISTS } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { decodeHashList } from './wire.ts';

/** Few keys, of which several share their first 4 or 8 bytes. */
const entry: fc.Arbitrary<FixtureEntry> = fc
  .record({
    kind: fc.constantFrom('url', 'host', 'file-sha256', 'certificate-sha256', 'certificate-tbs'),
    first: fc.nat(3),
    middle: fc.nat(1),
    last: fc.nat(2),
    level: fc.constantFrom('malicious', 'suspicious', 'riskware', 'good', 'trusted', 'unknown'),
    category: fc.constantFrom('malware', 'phishing', 'unwanted', 'tracker', 'payment', 'scanner', null),
    change: fc.boolean(),
  } as const)
  .map(({ first, middle, last, level, change, ...rest }) => {
    const key = new Uint8Array(32);
    [key[0], key[6], key[31]] = [first, middle, last];
    return { ...rest, key, change, level: change || level !== 'unknown' ? level : 'malicious' };
  });

function inDirectory(run: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function orderFor(directory: string, entries: readonly FixtureEntry[], now: number): BuildOrder {
  const segments = join(directory, 'segments');
  const lists = publishEntries(segments, entries);
  return { lists, segments, directory: setFiles(directory), have: {}, now, minimumWait: 1 };
}

function builtOf(answers: readonly BuildAnswer[], name: string): BuiltHashList {
  const found = answers.find((answer) => answer.name === name);
  if (found?.kind !== 'built') throw new Error(`${name} was not built`);
  return found;
}

test('hash lists: each holds what a Map says, and every update leads to it from the version that it is for', () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 25 }), { minLength: 1, maxLength: 4 }), (history) =>
      inDirectory((directory) => {
        const sets = new Map<string, HashSet>();
        for (const [i, entries] of history.entries()) {
          const answers = buildHashLists(orderFor(directory, entries, 1_000_000 * (i + 1)));
          for (const spec of HASH_LISTS) {
            const list = builtOf(answers, spec.name);
            const expected = expectedSet(spec, entries);
            const whole = decodeHashList(list.whole, spec.size);
            assert.deepEqual(applyUpdate(emptySet(spec.size), whole), expected, spec.name);
            assert.equal(toHex(whole.version), list.version);
            sets.set(`${spec.name} ${list.version}`, expected);
            assert.ok(list.updates.has(list.version));
            for (const [version, update] of list.updates) {
              const old = sets.get(`${spec.name} ${version}`)!;
              assert.deepEqual(applyUpdate(old, decodeHashList(update, spec.size)), expected);
            }
          }
        }
      }),
    ),
    { numRuns: 20 },
  );
});

const LISTED = (last: number, level: FixtureEntry['level'] = 'malicious', change = false): FixtureEntry => {
  const key = new Uint8Array(32).fill(7);
  key[31] = last;
  return { kind: 'host', key, level, category: 'malware', change };
};

test('hash lists: a prefix stays while one of the objects that share it stays', () => {
  inDirectory((directory) => {
    const build = (entries: FixtureEntry[]): number =>
      builtOf(buildHashLists(orderFor(directory, entries, 0)), 'mw-4b').count;
    assert.equal(build([LISTED(1), LISTED(2)]), 1);
    assert.equal(build([LISTED(1), LISTED(2), LISTED(1, 'unknown', true)]), 1);
    assert.equal(build([LISTED(1), LISTED(2), LISTED(1, 'unknown', true), LISTED(2, 'good', true)]), 0);
  });
});

test('hash lists: what the caller has is not made again, also after its files are damaged or gone', () => {
  inDirectory((directory) => {
    const order = orderFor(directory, [LISTED(1)], 0);
    const first = buildHashLists(order);
    const have = Object.fromEntries(HASH_LISTS.map(({ name }) => [name, builtOf(first, name).version]));
    const kinds = (answers: BuildAnswer[]): Set<string> => new Set(answers.map(({ kind }) => kind));
    assert.deepEqual(kinds(buildHashLists({ ...order, have })), new Set(['same']));
    for (const name of readdirSync(order.directory)) {
      const path = join(order.directory, name);
      const bytes = readFileSync(path);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(path, bytes);
    }
    assert.deepEqual(buildHashLists(order), first);
    rmSync(order.directory, { recursive: true });
    setFiles(directory);
    assert.deepEqual(buildHashLists(order), first);
  });
});

test('hash lists: older versions are kept up to their number, and nothing else stays on the disk', () => {
  inDirectory((directory) => {
    const { keptVersions } = PUBLISHED_HASH_LISTS;
    let answers: BuildAnswer[] = [];
    for (let i = 0; i < keptVersions + 4; i++) {
      const many = Array.from({ length: 40 }, (_, n) => ({
        ...LISTED(0),
        key: new Uint8Array(32).fill(n + i),
      }));
      answers = buildHashLists(orderFor(directory, many, 1_000_000 * i));
    }
    assert.equal(builtOf(answers, 'mw-4b').updates.size, keptVersions + 1);
    const files = readdirSync(setFiles(directory));
    assert.equal(files.filter((name) => /^mw-4b\..*\.set$/.test(name)).length, keptVersions + 1);
    assert.equal(files.filter((name) => /^mw-4b\..*\.base$/.test(name)).length, 1);
    assert.equal(files.filter((name) => name.endsWith('.part')).length, 0);
  });
});
