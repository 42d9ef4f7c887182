import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { consentTo, TODAY } from '../../catalog/consent-fixture.ts';
import type { Released } from '../../catalog/gate.ts';
import { gateMessage } from '../../catalog/gate.ts';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { makeHome } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { LocalKey } from '../state/local-key.ts';
import { Spool } from './spool.ts';
import { SPOOL_LIMITS } from './spool-room.ts';
import { candidateOf } from './spooled-message.ts';

function keySource(fill: number): LocalKeySource {
  const key = LocalKey.of(Buffer.alloc(32, fill));
  return () => ({ key, fresh: false, kept: 'file' });
}

const KEY = keySource(7);
const CONSENT = consentTo('extended');
const MANY = 1_000_000;

function released(name: string): Released {
  const items = { 'object.threat_name': name, 'object.sha256': 'ab'.repeat(32) };
  const decision = gateMessage({ message: 'detection', reason: 'found', items }, CONSENT, TODAY);
  assert.ok(decision.kind === 'released');
  return decision.message;
}

function place(t: TestContext): Home {
  const home = temporaryHome(t);
  makeHome(home);
  return home;
}

function names(spool: Spool): string[] {
  const found: string[] = [];
  for (let at = spool.next(); at !== null; at = spool.next(at))
    found.push(String(candidateOf(at).items['object.threat_name']));
  return found;
}

test('spool: what has waited for longer than it may is not sent, and counted when the outbox is emptied', (t) => {
  const home = place(t);
  const world = new HandWorld();
  const spool = Spool.open(home, world, KEY);
  spool.put(released('old'), MANY);
  world.pass(SPOOL_LIMITS.maxAgeDays * 86_400);
  spool.put(released('new'), MANY);
  assert.deepEqual(names(spool), ['old', 'new']);
  world.pass(1);
  spool.close();
  const again = Spool.open(home, world, KEY);
  assert.deepEqual(names(again), ['new']);
  assert.deepEqual(again.counts.all(), []);
  again.dropAged();
  const [count] = again.counts.all();
  assert.deepEqual(
    [count?.what, count?.reason, count?.n, again.size().messages],
    ['dropped', 'too-old', 1, 1],
  );
});

test('spool: what was put is there after a restart, oldest first, and goes with the acknowledgement', (t) => {
  const home = place(t);
  const world = new HandWorld();
  const spool = Spool.open(home, world, KEY);
  for (const name of ['one', 'two', 'three']) spool.put(released(name), MANY);
  spool.close();
  const again = Spool.open(home, world, KEY);
  assert.deepEqual(names(again), ['one', 'two', 'three']);
  const first = again.next()!;
  assert.deepEqual([first.sequence, first.madeAt], [1, '2026-01-15T00:00:00Z']);
  again.acknowledge(first);
  assert.deepEqual(names(again), ['two', 'three']);
  again.refuse(again.next()!, 'not-accepted');
  assert.deepEqual(names(again), ['three']);
  assert.deepEqual(again.counts.all(), [
    { what: 'dropped', reason: 'not-accepted', message: '', item: '', n: 1 },
  ]);
  again.close();
});

test('spool: neither names nor digests can be read in its files', (t) => {
  const home = place(t);
  const spool = Spool.open(home, new HandWorld(), KEY);
  spool.put(released('Trojan.Planted.Name'), MANY);
  for (const file of readdirSync(home.directory)) {
    const bytes = readFileSync(join(home.directory, file));
    for (const text of ['Planted', 'abababab']) assert.equal(bytes.includes(text), false, file);
  }
  spool.close();
  const other = Spool.open(home, new HandWorld(), keySource(8));
  assert.deepEqual(names(other), []);
  other.close();
});

test('spool: a withdrawal empties it, destroys the key, queues the erasure, and survives a restart', (t) => {
  const home = place(t);
  const world = new HandWorld();
  const spool = Spool.open(home, world, KEY);
  spool.put(released('before'), MANY);
  const erasure = spool.withdraw('withdrawn');
  assert.deepEqual(erasure && [erasure.until, erasure.scope, erasure.reason], [1, 'all', 'withdrawn']);
  assert.equal(existsSync(home.spoolKey), false);
  assert.deepEqual(spool.put(released('after'), MANY), { kind: 'dropped', why: 'withdrawn' });
  spool.close();
  const again = Spool.open(home, world, KEY);
  assert.deepEqual(again.erasure, erasure);
  assert.deepEqual(names(again), []);
  world.pass(10);
  again.confirmErasure();
  const next = again.put(released('later'), MANY);
  assert.ok(next.kind === 'kept' && erasure !== null);
  assert.ok(next.epoch > erasure.epoch && next.sequence === 1);
  again.close();
});

test('spool: a crash between emptying and destroying the key is finished at the next opening', (t) => {
  const home = place(t);
  const spool = Spool.open(home, new HandWorld(), KEY);
  spool.put(released('before'), MANY);
  const key = readFileSync(home.spoolKey);
  spool.withdraw('withdrawn');
  spool.close();
  writeFileSync(home.spoolKey, key);
  Spool.open(home, new HandWorld(), KEY).close();
  assert.equal(existsSync(home.spoolKey), false);
});

test('spool: where nothing was ever numbered there is nothing to erase at the hub', (t) => {
  const spool = Spool.open(place(t), new HandWorld(), KEY);
  assert.equal(spool.withdraw('withdrawn'), null);
  assert.equal(spool.erasure, null);
  spool.close();
});

test('spool: a process that had it open keeps nothing after another one withdrew', (t) => {
  const home = place(t);
  const world = new HandWorld();
  const one = Spool.open(home, world, KEY);
  const other = Spool.open(home, world, KEY);
  one.put(released('a'), MANY);
  other.withdraw('withdrawn');
  assert.equal(one.put(released('b'), MANY).kind, 'dropped');
  assert.equal(one.next(), null);
  other.confirmErasure();
  world.pass(1);
  assert.equal(one.put(released('c'), MANY).kind, 'kept');
  assert.deepEqual(names(other), ['c']);
  one.close();
  other.close();
});

test('spool: age, size and the schedule bound it, and what is dropped is counted', (t) => {
  const home = place(t);
  const world = new HandWorld();
  const spool = Spool.open(home, world, KEY);
  spool.put(released('old'), MANY);
  world.pass((SPOOL_LIMITS.maxAgeDays + 1) * 86_400);
  spool.put(released('young'), MANY);
  assert.deepEqual(names(spool), ['young']);
  assert.equal(spool.put(released('x'), 1).kind, 'dropped'); // one of today's is there already
  world.pass(86_400);
  assert.equal(spool.put(released('tomorrow'), 1).kind, 'kept');
  const reasons = spool.counts.all().map(({ reason, n }) => `${reason} ${n}`);
  assert.deepEqual(reasons.sort(), ['daily 1', 'too-old 1']);
  spool.close();
});

test('spool: a file that is no database is put away, and the next message is kept', (t) => {
  const home = place(t);
  writeFileSync(home.spool, 'this is no database, but long enough to look at'.repeat(50));
  const spool = Spool.open(home, new HandWorld(), KEY);
  assert.equal(spool.put(released('a'), MANY).kind, 'kept');
  spool.close();
});

type Step = 'put' | 'ack' | 'refuse' | 'withdraw' | 'confirm' | 'crash' | 'second';

test('spool: in any order of steps and crashes, no number is given twice and nothing outlives a withdrawal', (t) => {
  const step = fc.constantFrom<Step>('put', 'put', 'ack', 'refuse', 'withdraw', 'confirm', 'crash', 'second');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const home = place(t);
      const world = new HandWorld();
      let spool = Spool.open(home, world, KEY);
      const numbers = new Set<string>();
      let waiting: string[] = [];
      for (const [i, what] of steps.entries()) {
        switch (what) {
          case 'put': {
            const kept = spool.put(released(`m${i}`), MANY);
            assert.equal(kept.kind === 'dropped', spool.erasure !== null);
            if (kept.kind !== 'kept') break;
            const number = `${kept.epoch}/${kept.sequence}`;
            assert.equal(numbers.has(number), false);
            numbers.add(number);
            waiting.push(`m${i}`);
            break;
          }
          case 'ack':
          case 'refuse': {
            const first = spool.next();
            if (first === null) break;
            if (what === 'ack') spool.acknowledge(first);
            else spool.refuse(first, 'x');
            waiting = waiting.slice(1);
            break;
          }
          case 'withdraw':
            spool.withdraw('withdrawn');
            waiting = [];
            break;
          case 'confirm':
            spool.confirmErasure();
            break;
          case 'crash':
            spool.close();
            spool = Spool.open(home, world, KEY);
            break;
          case 'second':
            world.pass(1);
        }
        assert.deepEqual(names(spool), waiting);
      }
      spool.close();
    }),
    { numRuns: 60 },
  );
});
