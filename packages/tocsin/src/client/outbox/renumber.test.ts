// A machine that was set back to an earlier day gives out numbers that the hub has seen: nothing is lost by it, nothing
// is taken twice, and what is erased is all of it.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { consentTo } from '../../catalog/consent-fixture.ts';
import type { Released } from '../../catalog/gate.ts';
import type { EnvelopeHead } from '../../catalog/seal.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { HandWorld } from '../client-fixture.ts';
import { homeAt, makeHome } from '../state/home.ts';
import { LocalKey } from '../state/local-key.ts';
import { collect } from './collect.ts';
import type { HubWord } from './hub-word.ts';
import { SENDER_LIMITS, Sender } from './sender.ts';
import { Spool } from './spool.ts';
import { candidateOf } from './spooled-message.ts';

const KEY = LocalKey.of(Buffer.alloc(32, 7));
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const CONSENT = consentTo('standard');
const TAKEN = { kind: 'taken', outcome: 'stored', receipt: null, confirmation: null } as const;

/** What a hub keeps by number; every message once. */
class NumberedHub {
  readonly stored = new Map<string, string>();
  readonly everStored: string[] = [];
  readonly alarms: string[] = [];

  arrive({ json }: Released, { epoch, sequence, madeAt }: EnvelopeHead): HubWord {
    const { message, items } = JSON.parse(json) as { message: string; items: Record<string, unknown> };
    if (message === 'erasure-request') {
      assert.equal(items['connection.erasure_until'], undefined);
      this.stored.clear();
      return { ...TAKEN, confirmation: 'erased' };
    }
    const name = String(items['object.threat_name'] ?? items['connection.alarm_at']);
    const number = `${epoch}/${sequence}`;
    const known = this.stored.get(number);
    if (known === `${madeAt} ${name}`) return { ...TAKEN, outcome: 'duplicate' };
    if (known !== undefined) return { kind: 'number-used' };
    this.stored.set(number, `${madeAt} ${name}`);
    this.everStored.push(name);
    return TAKEN;
  }
}

class SetBack {
  readonly world = new HandWorld();
  readonly hub = new NumberedHub();
  readonly directory = mkdtempSync(join(PLACE, 'tocsin-'));
  readonly home = homeAt(join(this.directory, 'home'));
  alarms: string[] = [];
  heard: boolean[] = [];
  spool: Spool;

  constructor() {
    makeHome(this.home);
    this.spool = this.#open();
  }

  #open(): Spool {
    return Spool.open(this.home, this.world, () => ({ key: KEY, fresh: false, kept: 'file' }));
  }

  event(name: string): void {
    const items = {
      'object.threat_name': name,
      'object.sha256': 'ab'.repeat(32),
      'object.verdict': 'malicious',
    };
    const parts = { spool: this.spool, world: this.world, consent: () => CONSENT };
    assert.equal(collect({ message: 'detection', reason: 'found', items }, parts).kind, 'kept');
  }

  sender(deliver = this.#deliver): Sender {
    return new Sender({
      world: this.world,
      spool: this.spool,
      deliver,
      consent: () => CONSENT,
      records: {
        pending: () => [],
        reasonOf: () => 'given',
        newest: () => null,
        receipted: () => {},
        adopt: () => {},
      },
      alarms: {
        pending: () => this.alarms.map((at) => ({ code: 'settings-older', at, reason: 'settings' })),
        reported: (_code, at) => {
          this.alarms = this.alarms.filter((other) => other !== at);
        },
      },
      checkConsent: async () => {},
      confirmed: () => {},
    });
  }

  readonly #deliver = async (released: Released, head: EnvelopeHead): Promise<HubWord> => {
    const word = this.hub.arrive(released, head);
    if (this.heard.shift() === false)
      throw new TocsinError('unreachable', 'Cannot reach the hub: it is away');
    return word;
  };

  snapshot(): void {
    cpSync(this.home.directory, join(this.directory, 'copy'), { recursive: true });
  }

  restore(): void {
    this.spool.close();
    for (const name of ['spool.db', 'spool.key']) {
      const copy = join(this.directory, 'copy', name);
      if (existsSync(copy)) copyFileSync(copy, join(this.home.directory, name));
      else rmSync(join(this.home.directory, name), { force: true });
    }
    this.spool = this.#open();
  }

  waiting(): string[] {
    const names: string[] = [];
    for (let at = this.spool.next(); at !== null; at = this.spool.next(at))
      names.push(String(candidateOf(at).items['object.threat_name']));
    return names;
  }

  close(): void {
    this.spool.close();
    rmSync(this.directory, { recursive: true });
  }
}

test('numbers: after a snapshot was restored every later message and alarm arrives, and all is erased in the end', async () => {
  const machine = new SetBack();
  machine.event('a');
  await machine.sender().drain();
  machine.snapshot();
  for (const name of ['b', 'c', 'd']) machine.event(name);
  await machine.sender().drain();
  machine.restore();
  machine.world.pass(60);
  machine.alarms = ['2026-01-15T00:00:59Z'];
  const later = ['e', 'f', 'g', 'h', 'i'];
  for (const name of later) machine.event(name);
  const report = await machine.sender().drain();
  assert.deepEqual(report, { sent: 5, refused: 0, left: 0, stopped: null });
  assert.deepEqual(
    [...machine.hub.everStored].sort(),
    ['2026-01-15T00:00:59Z', 'a', 'b', 'c', 'd', ...later].sort(),
  );
  const dropped = machine.spool.counts.all().filter(({ what }) => what === 'dropped');
  assert.deepEqual(dropped, []);
  machine.restore();
  machine.spool.withdraw('withdrawn');
  await machine.sender().drain();
  assert.deepEqual([[...machine.hub.stored], machine.spool.erasure], [[], null]);
  machine.close();
});

test('age: what is too old when it could be sent is dropped and counted, not sent', async () => {
  const machine = new SetBack();
  machine.event('a');
  machine.world.pass(400 * 86_400);
  assert.deepEqual(await machine.sender().drain(), { sent: 0, refused: 0, left: 0, stopped: null });
  assert.deepEqual(machine.hub.everStored, []);
  assert.ok(machine.spool.counts.all().some(({ reason, n }) => reason === 'too-old' && n === 1));
  machine.close();
});

test('numbers: a hub that knows every number ends the attempt, and nothing is lost', async () => {
  const machine = new SetBack();
  machine.event('a');
  let asked = 0;
  const deliver = async (): Promise<HubWord> => {
    asked++;
    return { kind: 'number-used' };
  };
  const { stopped, left } = await machine.sender(deliver).drain();
  assert.match(String(stopped), /knows every number/);
  assert.deepEqual([left, asked, machine.waiting()], [1, SENDER_LIMITS.maxEpochs + 1, ['a']]);
  machine.close();
});

test('numbers: in any order of events, lost answers, snapshots and restorations nothing is lost or taken twice', async () => {
  const op = fc.constantFrom('event', 'event', 'drain', 'unheard', 'snapshot', 'restore');
  await fc.assert(
    fc.asyncProperty(fc.array(op, { maxLength: 14 }), async (ops) => {
      const machine = new SetBack();
      const owed = new Set<string>();
      let restored = 0;
      try {
        machine.snapshot();
        for (const [i, word] of ops.entries()) {
          machine.world.pass(1);
          if (word === 'event') {
            machine.event(`m${i}`);
            owed.add(`m${i}`);
          } else if (word === 'snapshot') machine.snapshot();
          else if (word === 'restore') {
            for (const name of machine.waiting()) owed.delete(name);
            machine.restore();
            restored++;
            for (const name of machine.waiting()) owed.add(name);
          } else {
            machine.heard = word === 'unheard' ? [false] : [];
            await machine.sender().drain();
          }
        }
        machine.heard = [];
        assert.equal((await machine.sender().drain()).stopped, null);
        const { everStored } = machine.hub;
        // Set back twice to the same day, one message may get two new numbers: nobody can tell that from two.
        if (restored < 2) assert.equal(new Set(everStored).size, everStored.length, 'taken twice');
        for (const name of owed) assert.ok(everStored.includes(name), `${name} lost`);
      } finally {
        machine.close();
      }
    }),
    { numRuns: 500, seed: Number(process.env['TOCSIN_PROPERTY_SEED'] ?? 20260115) },
  );
});
