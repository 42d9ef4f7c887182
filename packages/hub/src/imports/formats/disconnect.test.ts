import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from 'tocsin/protocol/hex.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { disconnect } from './disconnect.ts';
import { attempt, run } from './testing.ts';

/** Made up, in the shape of the published file with its oddities: flags among the homes, one domain twice. */
const SERVICES = {
  license: 'made up for this test',
  categories: {
    Advertising: [
      { 'Ad Works': { 'https://adworks.example/': ['ads.example', 'adworks.example'], performance: 'true' } },
      { Second: { 'http://second.example': ['second.example'], 'https://more.example': ['ads.example'] } },
    ],
    Analytics: [{ Counter: { 'https://counter.example/': ['Count.Example.', 'pages.dev', 7] } }],
    Cryptomining: [{ Miner: { 'https://miner.example/': ['miner.example'] } }],
    Content: [{ Videos: { 'https://videos.example/': ['videos.example'] } }],
  },
};

test('disconnect: each domain with its category and the name of its service', () => {
  const sink = run(disconnect, JSON.stringify(SERVICES));
  const named: Record<string, string> = {};
  for (const name of ['ads.example', 'adworks.example', 'second.example', 'count.example', 'miner.example'])
    named[toHex(hostKey(name).bytes)] = name;
  assert.deepEqual(
    sink.taken.map(({ key, details, line }) => [
      named[key],
      details?.category,
      details?.name,
      details?.reason,
      line,
    ]),
    [
      ['ads.example', 'tracker', 'Ad Works', 'Advertising', 1],
      ['adworks.example', 'tracker', 'Ad Works', 'Advertising', 2],
      ['second.example', 'tracker', 'Second', 'Advertising', 3],
      ['ads.example', 'tracker', 'Second', 'Advertising', 4],
      ['count.example', 'tracker', 'Counter', 'Analytics', 5],
      ['miner.example', 'unwanted', 'Miner', 'Cryptomining', 8],
    ],
  );
  assert.deepEqual(sink.refused, [
    { line: 6, why: 'a public suffix: what stands below it belongs to others' },
    { line: 7, why: 'no domain as text' },
    { line: 9, why: 'of a category that is no tracking by itself' },
  ]);
  assert.equal(
    sink.originals.get(5),
    '{"category":"Analytics","service":"Counter","domain":"Count.Example."}',
  );
});

test('disconnect: JSON of another kind, or without a domain, is refused whole', () => {
  assert.match(attempt(disconnect, '{"Event":{}}').error ?? '', /it is JSON without categories/);
  assert.match(attempt(disconnect, '{"categories":{"Advertising":[]}}').error ?? '', /it names no domain/);
  assert.equal(run(disconnect, '{"categories":{}}', { mayBeEmpty: true }).rows, 0);
});
