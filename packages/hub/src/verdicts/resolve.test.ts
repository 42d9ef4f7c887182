import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Level } from 'tocsin/protocol/verdict.ts';
import { LEVEL_NAMES, polarity } from 'tocsin/protocol/verdict.ts';
import type { Claim, Resolution, SourceKind } from './resolve.ts';
import { heldReason, resolve } from './resolve.ts';

function claim(source: string, level: Level, sourceKind: SourceKind = 'feed', rank = 100): Claim {
  const record = { level, category: null, name: null, source, reason: `listed by ${source}`, lifetime: 60 };
  return { record, sourceKind, rank };
}

function say(resolution: Resolution): string {
  if (resolution.kind === 'decided')
    return `${resolution.claim.record.source} ${resolution.claim.record.level}`;
  if (resolution.kind === 'held') return heldReason(resolution.good, resolution.bad);
  return 'none';
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

const CONFLICTS: readonly [string, readonly Claim[], string][] = [
  ['nobody speaks', [], 'none'],
  ['one feed decides', [claim('a', 'malicious')], 'a malicious'],
  ['a feed that says unknown says nothing', [claim('a', 'unknown'), claim('b', 'good')], 'b good'],
  ['only unknown is none', [claim('a', 'unknown'), claim('b', 'unknown', 'rule')], 'none'],
  [
    'the better rank decides among bad',
    [claim('a', 'malicious', 'feed', 200), claim('b', 'riskware', 'feed', 10)],
    'b riskware',
  ],
  [
    'at equal rank the stronger bad level decides',
    [claim('a', 'riskware'), claim('b', 'malicious'), claim('c', 'suspicious')],
    'b malicious',
  ],
  ['at equal rank trusted is stronger than good', [claim('a', 'good'), claim('b', 'trusted')], 'b trusted'],
  [
    'at equal rank and level the name decides',
    [claim('b', 'malicious'), claim('a', 'malicious')],
    'a malicious',
  ],
  [
    'good against bad is held, whatever the ranks',
    [claim('a', 'good', 'feed', 1), claim('b', 'malicious', 'feed', 900)],
    'held for a person: a says good, b says malicious',
  ],
  [
    'two good against one bad is held',
    [claim('a', 'trusted'), claim('b', 'good'), claim('c', 'suspicious')],
    'held for a person: a says trusted, c says suspicious',
  ],
  ['a warning alone says nothing', [claim('w', 'good', 'warning')], 'none'],
  [
    'bad against a warning is held, with what the warning says',
    [claim('a', 'malicious'), claim('w', 'good', 'warning')],
    'held for a person: a says malicious, w warns: listed by w',
  ],
  ['good beside a warning is good', [claim('a', 'good'), claim('w', 'good', 'warning')], 'a good'],
  [
    'a rule decides over a warning',
    [claim('r', 'malicious', 'rule'), claim('w', 'good', 'warning')],
    'r malicious',
  ],
  [
    'an analyst decides over a warning',
    [claim('p', 'malicious', 'analyst'), claim('w', 'good', 'warning')],
    'p malicious',
  ],
  [
    'a rule decides over agreeing feeds',
    [claim('r', 'suspicious', 'rule'), claim('a', 'malicious'), claim('b', 'malicious')],
    'r suspicious',
  ],
  [
    'a rule decides a conflict of feeds',
    [claim('r', 'good', 'rule'), claim('a', 'good'), claim('b', 'malicious')],
    'r good',
  ],
  [
    'the better rule decides among rules',
    [claim('r', 'good', 'rule', 5), claim('s', 'malicious', 'rule', 3)],
    's malicious',
  ],
  [
    'an analyst decides over rules and feeds',
    [claim('p', 'good', 'analyst', 0), claim('r', 'malicious', 'rule'), claim('b', 'malicious')],
    'p good',
  ],
  [
    'an analyst decides a held conflict',
    [claim('p', 'malicious', 'analyst', 0), claim('a', 'good'), claim('b', 'malicious')],
    'p malicious',
  ],
  [
    'an analyst can withdraw to unknown',
    [claim('p', 'unknown', 'analyst', 0), claim('b', 'malicious')],
    'p unknown',
  ],
];

for (const [name, claims, want] of CONFLICTS)
  test(`resolve: ${name}, in every order`, () => {
    for (const order of permutations(claims)) assert.equal(say(resolve(order)), want);
  });

const anyClaim = fc.record({
  source: fc.constantFrom('a', 'b', 'c', 'd'),
  level: fc.constantFrom(...LEVEL_NAMES),
  kind: fc.constantFrom<SourceKind>('analyst', 'rule', 'feed'),
  rank: fc.integer({ min: 0, max: 3 }),
});

test('resolve: the order of claims never matters, and a decision is always one of the claims', () => {
  fc.assert(
    fc.property(fc.array(anyClaim, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (parts, seeds) => {
      const claims = parts.map((p) => claim(p.source, p.level, p.kind, p.rank));
      const shuffled = claims
        .map((c) => ({ c, at: seeds.next().value }))
        .sort((x, y) => x.at - y.at)
        .map(({ c }) => c);
      const result = resolve(claims);
      assert.equal(say(resolve(shuffled)), say(result));
      if (result.kind === 'decided') assert.ok(claims.includes(result.claim));
      if (result.kind === 'held')
        assert.notEqual(polarity(result.good.record.level), polarity(result.bad.record.level));
    }),
  );
});
