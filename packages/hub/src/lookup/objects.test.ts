// What the hub says of whole keys is what a machine says of the same: what was taken back stays taken back, and a weaker digest
// never says more than `good`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { keysToAsk, parseObject } from 'tocsin/protocol/objects.ts';
import { parsePackedResponse } from 'tocsin/protocol/packed-lookup.ts';
import type { ClassRecord, Level, Verdict } from 'tocsin/protocol/verdict.ts';
import type { Known } from './objects.ts';
import { answerObjects, answerOne, answerPacked, OBJECTS_LIMITS } from './objects.ts';

function record(level: Level): ClassRecord {
  return { level, category: null, name: null, source: 's', reason: `it is ${level}`, lifetime: 60 };
}

function knownOf(said: readonly (readonly [ObjectKey, Level])[]): Known {
  const records = new Map(said.map(([{ kind, bytes }, level]) => [`${kind} ${toHex(bytes)}`, record(level)]));
  const find: Known['find'] = (kind, keys, offset = 0) =>
    records.get(`${kind} ${toHex(keys.subarray(offset, offset + (kind === 'file-md5' ? 16 : 32)))}`) ?? null;
  return {
    find,
    revisionOf: (kind) => (kind === 'host' ? 7 : 8),
    untilKnown: async () => {},
    findMany: (kind, keys, count, onKnown) => {
      for (let i = 0; i < count; i++) {
        const found = find(kind, keys, i * (kind === 'file-md5' ? 16 : 32));
        if (found !== null && found.level !== 'unknown') onKnown(i, found);
      }
    },
  };
}

function verdictOf(known: Known, words: string): Verdict {
  return (JSON.parse(answerOne(known, words).text) as { verdict: Verdict }).verdict;
}

test('one object: a page that was taken back is not what its host is', () => {
  const page = keysToAsk(parseObject('http://phish.example/ok.html'))[0]!;
  const host = keysToAsk(parseObject('host:phish.example'))[0]!;
  const known = knownOf([
    [page, 'unknown'],
    [host, 'malicious'],
  ]);
  const said = verdictOf(known, 'http://phish.example/ok.html');
  assert.deepEqual([said.level, said.reason], ['unknown', 'it is unknown']);
  assert.equal(verdictOf(known, 'http://phish.example/other.html').level, 'malicious');
});

test('a SHA-256 is the same object in every spelling, and is told in one', () => {
  const hex = 'ab'.repeat(32);
  const key = { kind: 'file-sha256', bytes: new Uint8Array(32).fill(0xab) } as const;
  const known = knownOf([[key, 'malicious']]);
  const told = answerOne(known, `sha256:${hex}`);
  assert.deepEqual([told.key, told.lifetime, told.revision], [key, 60, 8]);
  assert.equal(JSON.parse(told.text).id, `sha256:${hex}`);
  for (const words of [
    hex,
    hex.toUpperCase(),
    `SHA256:${hex}`,
    `sha256:${hex.toUpperCase()}`,
    ` sha256:${hex} `,
  ])
    assert.deepEqual(answerOne(known, words), told, words);
  assert.throws(() => answerOne(known, `sha256:${hex.slice(1)}x`), /want 64 hex digits/);
});

test('one object is kept for an hour at most, and is of the oldest lists that were asked', () => {
  const page = keysToAsk(parseObject('http://phish.example/'))[0]!;
  const known = knownOf([[page, 'malicious']]);
  const find: Known['find'] = (...of) => {
    const found = known.find(...of);
    return found === null ? null : { ...found, lifetime: 2_592_000 };
  };
  const { lifetime, revision } = answerOne({ ...known, find }, 'http://phish.example/');
  assert.deepEqual([lifetime, revision], [OBJECTS_LIMITS.maxAgeSeconds, 7]);
});

test('an MD5 says good at most, one by one, together and packed', () => {
  const bytes = new Uint8Array(16).fill(7);
  const key = { kind: 'file-md5', bytes } as const;
  const known = knownOf([[key, 'trusted']]);
  assert.equal(verdictOf(known, `md5:${toHex(bytes)}`).level, 'good');
  assert.equal(answerObjects(known, [key]).classes[0]!.level, 'good');
  const packed = parsePackedResponse(answerPacked(known, { kind: 'file-md5', keys: bytes, count: 1 }), 1);
  assert.deepEqual([packed.objects[0], packed.classes[0]!.level], [1, 'good']);
});
