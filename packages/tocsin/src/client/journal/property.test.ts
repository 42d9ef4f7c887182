// Random operations over several handles, crashes at random moments, against a model that is a list.
import assert from 'node:assert/strict';
import { readFileSync, statSync, truncateSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryHome } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { homeAt } from '../state/home.ts';
import { openLocalKey } from '../state/local-key.ts';
import type { JournalEntry } from './entry.ts';
import { copyJournal, HUB, journalPlace, LISTS, renewal } from './fixture.ts';
import { Journal } from './journal.ts';

type Step =
  | { readonly kind: 'begin'; readonly handle: number; readonly bytes: number }
  | { readonly kind: 'settle'; readonly entry: number; readonly how: 'written' | 'broken' | 200 | 304 | 500 }
  | { readonly kind: 'pass'; readonly days: number }
  | { readonly kind: 'reopen' | 'crash'; readonly handle: number };

const HANDLES = 3;
const handle = fc.nat(HANDLES - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('begin' as const), handle, bytes: fc.nat(3_000) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      entry: fc.nat(40),
      how: fc.constantFrom('written' as const, 'broken' as const, 200 as const, 304 as const, 500 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), days: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'crash' as const), handle }) },
);

interface Modelled {
  readonly entry: JournalEntry;
  readonly handle: number;
  written: boolean;
  settled: boolean;
  state: 'unknown' | 'sent' | 'acknowledged';
}

function settle(modelled: Modelled, how: 'written' | 'broken' | 200 | 304 | 500): void {
  if (how === 'written') modelled.entry.written();
  else if (how === 'broken') modelled.entry.broken();
  else modelled.entry.answered(how);
  if (modelled.settled) return;
  if (how === 'written') modelled.written = true;
  else {
    modelled.settled = true;
    if (how === 'broken') modelled.state = modelled.written ? 'sent' : 'unknown';
    else modelled.state = how === 500 ? 'sent' : 'acknowledged';
  }
}

/** Everything that the model has, from the first that was not pruned, and a chain that holds. */
function check(journal: Journal, model: readonly Modelled[]): void {
  const verified = journal.verify();
  assert.equal(verified.kind, 'ok', JSON.stringify(verified));
  const { first, last } = journal.head.requests;
  assert.equal(last.id, model.length);
  assert.deepEqual(
    [...journal.entries({ order: 'oldest' })].map(({ id, state }) => [id, state]),
    model.slice(first.id).map(({ entry, state }) => [entry.id, state]),
  );
}

test('whatever several processes begin, settle, prune and lose by crashes, the journal is what a list would be', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const { home, world, open } = journalPlace(t);
      const limits = { maxBytes: 40_000, maxAgeDays: 100, pruneRows: 30 };
      const handles = Array.from({ length: HANDLES }, () => open(limits));
      const model: Modelled[] = [];
      for (const s of steps) {
        if (s.kind === 'begin') {
          const outgoing = s.bytes % 2 === 0 ? LISTS : renewal(Buffer.alloc(s.bytes, s.bytes));
          const entry = handles[s.handle]!.begin(outgoing, HUB, s.bytes);
          model.push({ entry, handle: s.handle, written: false, settled: false, state: 'unknown' });
        } else if (s.kind === 'settle') {
          const modelled = model.at(-1 - s.entry);
          if (modelled !== undefined) settle(modelled, s.how);
        } else if (s.kind === 'pass') world.pass(s.days * 86_400);
        else if (s.kind === 'reopen') {
          // What the handle had under way can no longer be settled: its process is gone.
          handles[s.handle]!.close();
          handles[s.handle] = open(limits);
          for (const modelled of model) if (modelled.handle === s.handle) modelled.settled = true;
        } else checkCopy(t, home, model);
      }
      for (const journal of handles) check(journal, model);
      for (const journal of handles) journal.close();
    }),
    { numRuns: 40 },
  );

  /** What a crash of the whole machine would leave, opened elsewhere. */
  function checkCopy(context: TestContext, home: Home, model: readonly Modelled[]): void {
    const other = temporaryHome(context);
    copyJournal(home, other);
    const { world } = journalPlace(context);
    using journal = Journal.open(other, world, openLocalKey(other, world).key, { maxAgeDays: 100_000 });
    check(journal, model);
  }
});

test('a log that is cut off anywhere leaves a sound journal of an earlier moment', (t) => {
  const { home, open, world } = journalPlace(t);
  const journal = open();
  const sizes: number[] = [];
  const walSize = () => statSync(`${home.journal}-wal`).size;
  for (let n = 0; n < 30; n++) {
    journal.begin(renewal(Buffer.alloc(n * 97, n)), HUB, n).answered(200);
    sizes.push(walSize());
  }
  const whole = readFileSync(`${home.journal}-wal`).length;
  fc.assert(
    fc.property(fc.nat(whole), (bytes) => {
      const other = homeAt(`${home.directory}-${bytes}`);
      copyJournal(home, other);
      truncateSync(`${other.journal}-wal`, bytes);
      using cut = Journal.open(other, world, openLocalKey(other, world).key);
      assert.equal(cut.verify().kind, 'ok');
      const kept = cut.head.requests.last.id;
      assert.ok(kept >= sizes.filter((size) => size <= bytes).length, `${kept} kept of ${bytes} bytes`);
    }),
    { numRuns: 60 },
  );
});
