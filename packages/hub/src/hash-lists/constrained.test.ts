// A receiver with limits, against lists that go on changing: whatever it asks for, each update keeps to its limits, holds
// its checksum, and leads to the newest list, or as much of it as the receiver wants.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { checksumOf, countOf, emptySet, setOf } from 'tocsin/lists/hash-set.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import { versionOf } from './build.ts';
import type { SizeConstraints } from './constrained.ts';
import { constrainedUpdate, NO_CONSTRAINTS, parseState } from './constrained.ts';

const MAX_STEPS = 1_000;

function listOf(numbers: Iterable<number>): HashSet {
  const hashes = [...numbers].map((n) => createHash('sha256').update(`hash ${n}`).digest());
  return setOf(4, hashes);
}

/** Versions of one list, as a hub keeps them. */
class Versions {
  readonly #sets = new Map<string, HashSet>();
  newest = '';

  publish(set: HashSet): void {
    this.newest = toHex(versionOf('se-4b', checksumOf(set)));
    this.#sets.set(this.newest, set);
  }

  forget(version: string): void {
    if (version !== this.newest) this.#sets.delete(version);
  }

  readonly setOf = (version: string): HashSet | null => this.#sets.get(version) ?? null;
}

class Receiver {
  set = emptySet(4);
  version: Uint8Array = new Uint8Array(0);
  complete = false;

  ask(versions: Versions, constraints: SizeConstraints): void {
    const have = this.version.length === 0 ? null : parseState(this.version);
    const { update, version, complete } = constrainedUpdate(
      have,
      versions.newest,
      versions.setOf,
      constraints,
    );
    const entries = [update.removals, update.additions].reduce(
      (sum, d) => sum + (d === null ? 0 : d.count + 1),
      0,
    );
    assert.ok(entries <= constraints.update, `${entries} entries`);
    this.set = applyUpdate(this.set, update);
    assert.ok(countOf(this.set) <= constraints.database, `${countOf(this.set)} kept`);
    this.version = version;
    this.complete = complete;
  }

  askAll(versions: Versions, constraints: SizeConstraints): number {
    for (let step = 1; step < MAX_STEPS; step++) {
      this.ask(versions, constraints);
      if (this.complete) return step;
    }
    throw new Error('it never ends');
  }
}

const lowest = ({ size, bytes }: HashSet, count: number): HashSet => ({
  size,
  bytes: bytes.slice(0, Math.min(bytes.length, count * size)),
});

test('a list comes in pieces, whole at last, under the version that everybody has', () => {
  const versions = new Versions();
  const list = listOf(Array(100).keys());
  versions.publish(list);
  const receiver = new Receiver();
  assert.equal(receiver.askAll(versions, { update: 30, database: Infinity }), 4);
  assert.deepEqual(receiver.set.bytes, list.bytes);
  assert.equal(toHex(receiver.version), versions.newest);
});

test('removals come first, then additions; what is larger than the whole list is the whole list', () => {
  const versions = new Versions();
  versions.publish(listOf(Array(100).keys()));
  const receiver = new Receiver();
  receiver.askAll(versions, NO_CONSTRAINTS);
  const next = listOf(Array.from({ length: 100 }, (_, i) => i + 20));
  versions.publish(next);
  const sizes: number[] = [];
  do {
    receiver.ask(versions, { update: 16, database: Infinity });
    sizes.push(countOf(receiver.set));
  } while (!receiver.complete);
  assert.deepEqual(sizes, [84, 92, 100], '16 go; 4 go and 12 come; 8 come');
  assert.deepEqual(receiver.set.bytes, next.bytes);
  const other = listOf(Array.from({ length: 50 }, (_, i) => i + 1_000));
  versions.publish(other);
  receiver.ask(versions, { update: 60, database: Infinity });
  assert.equal(receiver.complete, true, '50 at once, not 150 in three pieces');
  assert.deepEqual(receiver.set.bytes, other.bytes);
});

test('who keeps few has the lowest ones, and stays current with few changes', () => {
  const versions = new Versions();
  versions.publish(listOf(Array(1_000).keys()));
  const receiver = new Receiver();
  const limits = { update: 100, database: 300 };
  receiver.askAll(versions, limits);
  assert.deepEqual(receiver.set, lowest(versions.setOf(versions.newest)!, 300));
  versions.publish(listOf(Array.from({ length: 1_000 }, (_, i) => i + 10)));
  assert.ok(receiver.askAll(versions, limits) <= 2);
  assert.deepEqual(receiver.set, lowest(versions.setOf(versions.newest)!, 300));
  receiver.askAll(versions, NO_CONSTRAINTS);
  assert.deepEqual(receiver.set.bytes, versions.setOf(versions.newest)!.bytes);
});

test('any lists, limits and forgotten versions: limits are kept, checksums hold, and it ends with the newest', () => {
  const limit = (least: number) => fc.oneof(fc.integer({ min: least, max: 60 }), fc.constant(Infinity));
  const step = fc.record({
    list: fc.option(fc.uniqueArray(fc.nat(80), { maxLength: 60 }), { nil: null }),
    update: limit(1),
    database: limit(1),
    forget: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const versions = new Versions();
      versions.publish(emptySet(4));
      const receiver = new Receiver();
      for (const { list, forget, ...constraints } of steps) {
        const before = versions.newest;
        if (list !== null) versions.publish(listOf(list));
        if (forget) versions.forget(before);
        receiver.ask(versions, constraints);
      }
      const { update, database } = steps.at(-1)!;
      receiver.askAll(versions, { update, database });
      assert.deepEqual(receiver.set.bytes, lowest(versions.setOf(versions.newest)!, database).bytes);
    }),
    { numRuns: 500 },
  );
});

test('a version that somebody made up leads to a list, never to an error', () => {
  const versions = new Versions();
  versions.publish(listOf(Array(40).keys()));
  const first = versions.newest;
  versions.publish(listOf(Array.from({ length: 40 }, (_, i) => i + 5)));
  const known = fc.constantFrom(first, versions.newest).map((hex) => Buffer.from(hex, 'hex'));
  const number = fc.oneof(fc.nat(60), fc.nat()).map((n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n]));
  const forged = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(known, number).map((parts) => Buffer.concat(parts)),
    fc.tuple(known, number, known, number, number).map((parts) => Buffer.concat(parts)),
  );
  fc.assert(
    fc.property(forged, fc.integer({ min: 1, max: 50 }), (bytes, update) => {
      const made = constrainedUpdate(parseState(bytes), versions.newest, versions.setOf, {
        update,
        database: 30,
      });
      const entries = [made.update.removals, made.update.additions];
      assert.ok(entries.reduce((sum, d) => sum + (d === null ? 0 : d.count + 1), 0) <= update);
      assert.notEqual(parseState(made.version), null);
    }),
    { numRuns: 1_000 },
  );
});
