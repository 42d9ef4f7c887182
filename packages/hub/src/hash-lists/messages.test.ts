// The wire against vectors of another encoder, both ways and in both forms; any bytes are a message or refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HashListUpdate } from 'tocsin/lists/hash-list-update.ts';
import { updateBetween, wholeUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSize } from 'tocsin/lists/hash-set.ts';
import { checksumOf, HASH_SIZES, setOf } from 'tocsin/lists/hash-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex, toHex } from 'tocsin/protocol/hex.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { versionOf } from './build.ts';
import type { MessageName } from './messages.ts';
import { decodeMessage, encodeMessage, enumNumber, messageAsJson } from './messages.ts';
import { decodeHashList, encodeHashList } from './wire.ts';

interface Rice {
  readonly first: string;
  readonly parameter: number;
  readonly count: number;
  readonly data: string;
}

interface Vectors {
  readonly hashLists: readonly {
    readonly name: string;
    readonly update: {
      readonly name: string;
      readonly version: string;
      readonly partial: boolean;
      readonly size: HashSize;
      readonly minimumWait: number;
      readonly checksum: string;
      readonly removals: Rice | null;
      readonly additions: Rice | null;
    };
    readonly hex: string;
    readonly json: object;
  }[];
  readonly searches: readonly {
    readonly name: string;
    readonly found: readonly (readonly [string, readonly string[]])[];
    readonly hex: string;
    readonly json: object;
  }[];
  readonly downloadChecks: readonly {
    readonly name: string;
    readonly url: string;
    readonly sha256: string;
    readonly hex: string;
  }[];
  readonly downloadAnswers: readonly { readonly verdict: string; readonly hex: string }[];
}

const SPEC = join(import.meta.dirname, '..', '..', '..', '..', 'spec', 'vectors', 'hash-lists');
const vectors = JSON.parse(readFileSync(join(SPEC, 'messages.json'), 'utf8')) as Vectors;

const bytes = (hex: string): Uint8Array => parseHex(hex)!;
const riceOf = (rice: Rice | null) =>
  rice === null ? null : { ...rice, first: bytes(rice.first), data: bytes(rice.data) };

for (const { name, update, hex, json } of vectors.hashLists)
  test(`HashList vector, both ways: ${name}`, () => {
    const value = {
      ...update,
      version: bytes(update.version),
      checksum: bytes(update.checksum),
      removals: riceOf(update.removals),
      additions: riceOf(update.additions),
    };
    assert.deepEqual(decodeHashList(bytes(hex), update.size), value);
    const encoded = encodeHashList(value);
    assert.deepEqual(decodeHashList(encoded, update.size), value);
    assert.equal(toHex(encoded), hex);
    assert.deepEqual(messageAsJson('HashList', encoded), json);
  });

for (const { name, found, hex, json } of vectors.searches)
  test(`SearchHashesResponse vector: ${name}`, () => {
    const encoded = encodeMessage('SearchHashesResponse', {
      fullHashes: found.map(([hash, threats]) => ({
        fullHash: bytes(hash),
        fullHashDetails: threats.map((threat) => ({ threatType: enumNumber('ThreatType', threat) })),
      })),
      cacheDuration: { seconds: 300n },
    });
    assert.equal(toHex(encoded), hex);
    assert.deepEqual(messageAsJson('SearchHashesResponse', encoded), json);
  });

for (const { name, url, sha256, hex } of vectors.downloadChecks)
  test(`ClientDownloadRequest vector: ${name}`, () => {
    const value = decodeMessage('ClientDownloadRequest', bytes(hex));
    assert.equal(value['url'], url);
    assert.deepEqual((value['digests'] as { sha256: Uint8Array }).sha256, bytes(sha256));
  });

test('HashList: the examples of the spec page are what a hub makes of their hosts', () => {
  const page = readFileSync(join(SPEC, '..', '..', 'hash-lists.md'), 'utf8');
  const of = (...hosts: string[]) =>
    setOf(
      4,
      hosts.map((host) => hostKey(host).bytes),
    );
  const first = of('phish.example', 'login.example', 'pay.example');
  const next = of('phish.example', 'pay.example', 'bank.example');
  const common = { name: 'se-4b', size: 4, minimumWait: 300 } as const;
  const message = (set: typeof next, update: HashListUpdate): Uint8Array =>
    encodeHashList({ ...common, version: versionOf('se-4b', checksumOf(set)), ...update });
  const whole = message(first, wholeUpdate(first));
  const blocks = page.split('```');
  const hex = blocks[3]!
    .split('\n')
    .map((line) => /^ *([0-9a-f]+(?: [0-9a-f]+)*)(?: {2}.*)?$/.exec(line)?.[1] ?? '');
  assert.equal(hex.join('').replaceAll(' ', ''), `0a${whole.length.toString(16)}${toHex(whole)}`);
  const json = JSON.parse(blocks[7]!.slice(blocks[7]!.indexOf('{')));
  assert.deepEqual(messageAsJson('HashList', message(next, updateBetween(first, next))), json);
});

test('ClientDownloadResponse vectors: each verdict has the number that browsers know', () => {
  for (const { verdict, hex } of vectors.downloadAnswers)
    assert.equal(
      toHex(encodeMessage('ClientDownloadResponse', { verdict: enumNumber('Verdict', verdict) })),
      hex,
    );
});

test('HashList: one whose hashes have another size is refused', () => {
  for (const { update, hex } of vectors.hashLists)
    for (const size of HASH_SIZES)
      if (size !== update.size && update.additions !== null)
        assert.throws(() => decodeHashList(bytes(hex), size), { code: 'format' });
});

const NAMES: readonly MessageName[] = ['HashList', 'ClientDownloadRequest', 'SearchHashesResponse'];
/** Bytes that look like fields, so that more than the first one is read. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.tuple(fc.nat(95), fc.uint8Array({ maxLength: 20 })), { maxLength: 12 })
    .map((fields) => Uint8Array.from(fields.flatMap(([tag, body]) => [tag, body.length, ...body]))),
  fc.tuple(fc.constantFrom(...vectors.hashLists), fc.nat(), fc.nat(255)).map(([{ hex }, at, value]) => {
    const changed = bytes(hex);
    changed[at % changed.length] = value;
    return changed.subarray(0, 1 + (at % changed.length) + value);
  }),
);

test('messages: any bytes are a message or refused in words, nothing else', () => {
  fc.assert(
    fc.property(anyBytes, fc.constantFrom(...NAMES), fc.constantFrom(...HASH_SIZES), (input, name, size) => {
      for (const read of [() => decodeMessage(name, input), () => decodeHashList(input, size)])
        try {
          read();
        } catch (error) {
          assert.ok(error instanceof TocsinError && error.code === 'format', String(error));
        }
    }),
    { numRuns: 3_000 },
  );
});
