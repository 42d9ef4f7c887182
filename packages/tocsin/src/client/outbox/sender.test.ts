// The sender under a scheduler: consents change, networks fail, processes die, in any order. A small real hub at the
// other end takes messages once, holds them against the consent that it knows, erases, and drops what comes late.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { itemOf } from '../../catalog/catalog.ts';
import type { Consent, ParticipationLevel } from '../../catalog/consent.ts';
import { NO_CONSENT } from '../../catalog/consent.ts';
import { consentTo, TODAY } from '../../catalog/consent-fixture.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Released } from '../../catalog/gate.ts';
import { faultOfArrived } from '../../catalog/gate.ts';
import type { EnvelopeHead } from '../../catalog/seal.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { HandWorld } from '../client-fixture.ts';
import { homeAt, makeHome } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { LocalKey } from '../state/local-key.ts';
import { collect } from './collect.ts';
import type { HubWord } from './hub-word.ts';
import { Sender } from './sender.ts';
import { Spool } from './spool.ts';

function keySource(fill: number): LocalKeySource {
  const key = LocalKey.of(Buffer.alloc(32, fill));
  return () => ({ key, fresh: false, kept: 'file' });
}

const KEY = keySource(7);
/** Files in memory where the system has a place for them: thousands of runs need no disk. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Arrived {
  readonly message: string;
  readonly reason: string;
  readonly items: Record<string, unknown>;
}

/** What a hub remembers of one machine. */
class ModelHub {
  readonly levels = new Map<number, ParticipationLevel>([[0, 'off']]);
  readonly stored = new Map<string, string>();
  readonly everStored: string[] = [];
  erasedUntil = { epoch: 0, sequence: 0 };
  alarms = 0;

  get newest(): number {
    return Math.max(...this.levels.keys());
  }

  arrive(released: Released, head: EnvelopeHead): HubWord {
    const { message, reason, items } = JSON.parse(released.json) as Arrived;
    const taken = { kind: 'taken', outcome: 'stored', receipt: null, confirmation: null } as const;
    switch (message) {
      case 'consent-receipt-request':
        return { ...taken, receipt: this.#takeRecord(items) };
      case 'erasure-request':
        this.#takeRecord(items);
        this.#erase(head.epoch, head.sequence - 1);
        return { ...taken, confirmation: 'erased' };
      case 'tamper-alarm':
        this.alarms++;
        return taken;
    }
    if (head.consent !== this.newest) return { kind: 'other-consent', sequence: this.newest, records: [] };
    const consent = consentOf(this.newest, this.levels.get(this.newest)!);
    const { epoch, sequence } = head;
    if (consent.level === 'off' || this.#isErased(epoch, sequence)) return { ...taken, outcome: 'dropped' };
    const fault = faultOfArrived({ message, reason, items }, consent, TODAY);
    assert.equal(fault, null, 'the hub found what the machine should not have sent');
    const number = `${epoch}/${sequence}`;
    if (this.stored.has(number)) return { ...taken, outcome: 'duplicate' };
    this.stored.set(number, String(items['object.threat_name']));
    this.everStored.push(String(items['object.threat_name']));
    return taken;
  }

  #takeRecord(items: Record<string, unknown>): string {
    const text = Buffer.from(String(items['connection.consent_record']), 'base64').toString();
    const { sequence, value } = JSON.parse(text) as { sequence: number; value: ParticipationLevel };
    this.levels.set(sequence, value);
    return `receipt ${sequence}`;
  }

  #isErased(epoch: number, sequence: number): boolean {
    const { epoch: e, sequence: s } = this.erasedUntil;
    return epoch < e || (epoch === e && sequence <= s);
  }

  #erase(epoch: number, sequence: number): void {
    this.erasedUntil = { epoch, sequence };
    for (const number of this.stored.keys()) {
      const [e, s] = number.split('/').map(Number);
      if (this.#isErased(e!, s!)) this.stored.delete(number);
    }
  }
}

function consentOf(sequence: number, level: ParticipationLevel): Consent {
  return level === 'off' ? { ...NO_CONSENT, sequence } : { ...consentTo(level), sequence };
}

type Weather = 'fine' | 'lost' | 'unheard' | 'busy';

/** One machine: its outbox on disk, its choices, and what is left of it after a crash. */
class ModelMachine {
  readonly world = new HandWorld();
  readonly hub = new ModelHub();
  readonly left: { readonly json: string; readonly consent: Consent }[] = [];
  readonly directory = mkdtempSync(join(PLACE, 'tocsin-'));
  readonly home = homeAt(join(this.directory, 'home'));
  consent: Consent = NO_CONSENT;
  /** Records that the hub has not countersigned. */
  pending: number[] = [];
  everOn = false;
  weather: Weather[] = [];
  kept = new Map<string, number>();
  spool: Spool;
  #values = new Map<number, ParticipationLevel>();
  #wait: <T>(value: T) => Promise<T>;

  constructor(wait: <T>(value: T) => Promise<T>) {
    this.#wait = wait;
    makeHome(this.home);
    this.spool = Spool.open(this.home, this.world, KEY);
  }

  choose(level: ParticipationLevel): void {
    const sequence = this.consent.sequence + 1;
    if (level === 'off') {
      if (this.consent.level !== 'off') this.spool.withdraw('withdrawn');
    } else if (this.spool.erasure !== null) return; // a person waits until the old data is gone
    this.#values.set(sequence, level);
    this.consent = consentOf(sequence, level);
    if (level !== 'off') this.everOn = true;
    this.pending.push(sequence);
    if (level === 'off') this.kept.clear();
  }

  event(name: string): void {
    const items = {
      'object.threat_name': name,
      'object.sha256': 'ab'.repeat(32),
      'object.size': 1,
      'object.verdict': 'malicious',
    };
    const parts = { spool: this.spool, world: this.world, consent: () => this.consent };
    const done = collect({ message: 'detection', reason: 'found', items }, parts);
    if (done.kind === 'kept') this.kept.set(name, this.consent.sequence);
  }

  crash(): void {
    this.spool.close();
    this.spool = Spool.open(this.home, this.world, KEY);
  }

  sender(): Sender {
    const { spool } = this;
    return new Sender({
      world: this.world,
      spool,
      consent: () => this.consent,
      deliver: (released, head) => this.#deliver(released, head),
      records: {
        pending: () => this.pending.map((sequence) => this.#record(sequence)),
        reasonOf: () => 'given',
        newest: () => (this.consent.sequence === 0 ? null : this.#record(this.consent.sequence)),
        receipted: (receipt) => {
          const sequence = Number(receipt.split(' ')[1]);
          this.pending = this.pending.filter((n) => n !== sequence);
        },
        adopt: () => {},
      },
      alarms: { pending: () => [], reported: () => {} },
      checkConsent: async () => {},
      confirmed: (text) => assert.equal(text, 'erased'),
    });
  }

  close(): void {
    this.spool.close();
    rmSync(this.directory, { recursive: true });
  }

  #record(sequence: number): SignedRecord {
    const value = this.#values.get(sequence)!;
    const record = { sequence, value } as unknown as SignedRecord['record'];
    return { record, text: JSON.stringify({ sequence, value }), sha256: '' };
  }

  async #deliver(released: Released, head: EnvelopeHead): Promise<HubWord> {
    this.left.push({ json: released.json, consent: this.consent });
    const weather = this.weather.shift() ?? 'fine';
    await this.#wait(null);
    const away = new TocsinError('unreachable', 'Cannot reach the hub: the network is down, want it up');
    if (weather === 'lost') throw away;
    if (weather === 'busy') throw new TocsinError('busy', 'Cannot answer now: too much to do');
    const word = this.hub.arrive(released, head);
    await this.#wait(null);
    if (weather === 'unheard') throw away;
    return word;
  }
}

/** Nothing left that the consent of that moment did not allow. */
function checkLeft(machine: ModelMachine): void {
  for (const { json, consent } of machine.left) {
    const { message, items } = JSON.parse(json) as Arrived;
    if (['erasure-request', 'consent-receipt-request', 'tamper-alarm'].includes(message)) continue;
    assert.notEqual(consent.level, 'off', `${message} left without consent`);
    for (const id of Object.keys(items))
      assert.ok(consent.level === 'extended' || itemOf(id)!.participation === 'standard', id);
  }
}

type Op = ParticipationLevel | 'event' | 'drain' | 'crash' | 'second' | 'step';
const OPS: Op[] = [
  'off',
  'standard',
  'extended',
  'event',
  'event',
  'drain',
  'drain',
  'crash',
  'second',
  'step',
];
const RUNS = Number(process.env['TOCSIN_PROPERTY_RUNS'] ?? 3_000);
const SEED = Number(process.env['TOCSIN_PROPERTY_SEED'] ?? 20260115);

test('sender: in any order of choices, failures and crashes nothing leaves without consent, and nothing is lost or doubled', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom(...OPS), { maxLength: 18 }),
      fc.array(fc.constantFrom<Weather>('fine', 'fine', 'lost', 'unheard', 'busy'), { maxLength: 12 }),
      async (s, ops, weather) => {
        const machine = new ModelMachine((value) => s.schedule(Promise.resolve(value)));
        machine.weather = [...weather];
        const running = new Set<Promise<unknown>>();
        const drain = (): void => {
          const run: Promise<unknown> = machine
            .sender()
            .drain()
            .catch((error: unknown) => {
              // A process that was killed has no open outbox any more; all else is a failure.
              if (!/not open/.test(String(error))) throw error;
            })
            .finally(() => running.delete(run));
          running.add(run);
        };
        try {
          for (const [i, op] of ops.entries()) {
            if (op === 'event') machine.event(`m${i}`);
            else if (op === 'drain') drain();
            else if (op === 'crash') machine.crash();
            else if (op === 'second') machine.world.pass(1);
            else if (op === 'step') {
              if (s.count() > 0) await s.waitOne();
            } else machine.choose(op);
            checkLeft(machine);
          }
          while (running.size > 0) {
            if (s.count() > 0) await s.waitOne();
            else await new Promise(setImmediate);
          }
          machine.weather = [];
          const last = machine.sender().drain();
          let over = false;
          void last.finally(() => {
            over = true;
          });
          while (!over) {
            if (s.count() > 0) await s.waitOne();
            else await new Promise(setImmediate);
          }
          assert.equal((await last).stopped, null);
          checkLeft(machine);
          const { hub, kept, consent, spool } = machine;
          assert.equal(new Set(hub.everStored).size, hub.everStored.length, 'stored twice');
          if (consent.level === 'off') {
            assert.equal(spool.erasure, null);
            assert.deepEqual([...hub.stored.values()], [], 'kept at the hub after an erasure');
            assert.equal(spool.size().messages, 0);
          } else {
            for (const name of kept.keys())
              assert.ok([...hub.stored.values()].includes(name), `${name} lost`);
            assert.equal(spool.size().messages, 0, 'kept after the acknowledgement');
          }
        } finally {
          machine.close();
        }
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
});
