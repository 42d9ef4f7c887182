// One machine of the tests of participation, in a directory of its own, with an outbox and a hub that are small real
// ones. For tests only; nothing of the product imports it.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createSecretKey, hkdfSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ParticipationLevel } from '../../catalog/consent.ts';
import { signReceipt } from '../../catalog/consent-receipt.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import { peekRecord, verifyRecord } from '../../catalog/consent-record.ts';
import type { Statement } from '../../catalog/statement/statement.ts';
import type { Joined } from '../channel/identity.ts';
import { saveJoined } from '../channel/identity.ts';
import { HandWorld } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { homeAt, makeHome } from '../state/home.ts';
import { beginAnew } from './anew.ts';
import type { HubCall } from './exchange.ts';
import { joinedAs, MACHINE, PRODUCT, RECEIPT_ID, RECEIPT_KEY, signedTerms } from './fixture.ts';
import type { ConsentParts, DurableStep, Outbox } from './places.ts';
import { placesOf } from './places.ts';
import type { Choosing } from './set-participation.ts';
import { placeFor, setParticipation, statementFor } from './set-participation.ts';
import { ConsentSource } from './source.ts';
import type { ConsentState, StatementPlace } from './state.ts';

/** Ends the process, as far as a change can tell. */
export class Killed extends Error {}

interface KeptOutbox {
  readonly waiting: number;
  readonly erasure: { readonly record: string | null } | null;
  /** The withdrawal that was confirmed last. */
  readonly settled: string | null;
}

/** An outbox on disk: what waits, and the request to erase. */
export class DiskOutbox implements Outbox {
  readonly #path: string;
  constructor(directory: string) {
    this.#path = join(directory, 'outbox.test.json');
  }

  get erasure(): Outbox['erasure'] {
    return this.#read().erasure;
  }

  get waiting(): number {
    return this.#read().waiting;
  }

  put(): void {
    if (this.erasure === null) this.#write({ ...this.#read(), waiting: this.waiting + 1 });
  }

  isSettled(record: SignedRecord): boolean {
    return this.#read().settled === record.text;
  }

  withdraw(record: SignedRecord): void {
    this.#write({ ...this.#read(), waiting: 0, erasure: { record: record.text } });
  }

  confirm(): void {
    const held = this.#read();
    this.#write({ ...held, erasure: null, settled: held.erasure?.record ?? held.settled });
  }

  /** As if its file had been removed. */
  lose(): void {
    rmSync(this.#path, { force: true });
  }

  #read(): KeptOutbox {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as KeptOutbox;
    } catch {
      return { waiting: 0, erasure: null, settled: null };
    }
  }

  #write(value: object): void {
    writeFileSync(this.#path, JSON.stringify(value));
  }
}

/** What a hub keeps of one machine's choices, terms and policy; answers the three calls. */
export class ConsentHub {
  readonly records: string[] = [];
  terms: string | null = signedTerms();
  policy: string | null = null;
  /** What was asked for, in order. */
  readonly asked: string[] = [];

  readonly call: HubCall = async (path) => {
    this.asked.push(path);
    const text = { '/v1/terms': this.terms, '/v1/policy': this.policy, '/v1/consent': this.#consent() }[path];
    return text === null ? { status: 204, body: Buffer.alloc(0) } : { status: 200, body: Buffer.from(text) };
  };

  get sequence(): number {
    const last = this.records.at(-1);
    return last === undefined ? 0 : peekRecord(last).record.sequence;
  }

  /** Takes a record that follows on its last one, and countersigns it. */
  take(text: string, machineKey: KeyObject): string {
    const { record, sha256 } = verifyRecord(text, machineKey);
    const known = this.records[record.sequence - 1];
    if (known === undefined) {
      const last = this.records.at(-1);
      const previous = last === undefined ? null : peekRecord(last).sha256;
      if (record.sequence !== this.records.length + 1 || record.previous !== previous)
        throw new Error('it does not follow');
      this.records.push(text);
    } else if (known !== text) throw new Error('another record has that number');
    const receivedAt = '2026-01-15T00:00:05Z';
    const receipt = {
      v: 1,
      machine: record.machine,
      sequence: record.sequence,
      record: sha256,
      receivedAt,
    } as const;
    return signReceipt(receipt, RECEIPT_ID, RECEIPT_KEY);
  }

  #consent(): string {
    return JSON.stringify({ v: 1, sequence: this.sequence, records: this.records.slice(-64) });
  }
}

export class TestKey {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array = Buffer.alloc(32, 7)) {
    this.#bytes = bytes;
  }

  derive(purpose: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#bytes, '', purpose, 32)));
  }
}

/** One machine in a directory of its own. */
export class ConsentStage {
  readonly home: Home;
  readonly world = new HandWorld();
  readonly hub = new ConsentHub();
  readonly outbox: DiskOutbox;
  readonly productUuid: string;
  readonly joined: Joined;
  /** The process ends at this durable step of a change; null: it lives. */
  killAt: DurableStep | null = null;
  /** Durable steps that were taken. */
  readonly steps: DurableStep[] = [];
  key = new TestKey();
  readonly #statements: Map<string, Statement>;

  /** `statements`: rendering takes time, so hashes of what was rendered may be shared. */
  constructor(
    t: Pick<TestContext, 'after'> | null,
    joined: Joined,
    directory = temporary(t),
    statements = new Map<string, Statement>(),
  ) {
    this.#statements = statements;
    this.joined = joined;
    this.home = homeAt(join(directory, 'home'));
    this.productUuid = join(directory, 'product_uuid');
    writeFileSync(this.productUuid, `${PRODUCT}\n`);
    makeHome(this.home);
    saveJoined(this.home, joined);
    this.outbox = new DiskOutbox(this.home.directory);
  }

  static async make(t: TestContext, machine = MACHINE): Promise<ConsentStage> {
    return new ConsentStage(t, await joinedAs(machine));
  }

  get parts(): ConsentParts {
    return {
      home: this.home,
      world: this.world,
      localKey: () => ({ key: this.key }),
      outbox: () => this.outbox,
      productUuid: this.productUuid,
      statementFor: (place, language) => this.#render(place, language),
      onDurable: (step) => {
        this.steps.push(step);
        if (step !== this.killAt) return;
        this.killAt = null;
        throw new Killed(step);
      },
    };
  }

  /** Begins with these lines in the log, as if this machine had been killed before it wrote the settings for them. */
  beginWith(log: readonly string[]): void {
    beginAnew(this.parts);
    writeFileSync(this.places.log, log.map((line) => `${line}\n`).join(''));
  }

  get machineKey(): KeyObject {
    return createPrivateKey(this.joined.identity.privateKey);
  }

  get places(): ReturnType<typeof placesOf> {
    return placesOf(this.home);
  }

  open(): ConsentSource {
    return ConsentSource.open(this.parts);
  }

  /** Opens, chooses as a person who read the Statement does, and closes. */
  choose(choosing: Omit<Choosing, 'accept'>): readonly SignedRecord[] {
    const source = this.open();
    const { level = source.current().chosen?.record.value, sharing, commercial } = choosing;
    const isNo = level === 'off' && sharing !== 'yes' && commercial !== 'yes';
    return source.change((parts) =>
      setParticipation(parts, {
        ...choosing,
        accept: isNo ? null : this.statement(source.current(), choosing),
      }),
    );
  }

  statement(state: ConsentState, choosing: Omit<Choosing, 'accept'> = {}): string {
    return this.#render(placeFor(state, choosing), 'en').sha256;
  }

  #render(place: StatementPlace, language: Statement['language']): Statement {
    const key = JSON.stringify([place, language]);
    const known = this.#statements.get(key) ?? statementFor(place, language);
    this.#statements.set(key, known);
    return known;
  }

  level(): ParticipationLevel {
    return this.open().consent().level;
  }

  /** Shows the hub every record that it has not countersigned. */
  report(source = this.open()): void {
    for (const { text } of source.toSend.pending())
      source.toSend.receipted(this.hub.take(text, this.machineKey));
  }

  file(place: 'log' | 'settings' | 'guard' | 'policy' | 'terms' | 'receipts'): Buffer {
    return readFileSync(this.places[place]);
  }
}

function temporary(t: Pick<TestContext, 'after'> | null): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t?.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'home'), { mode: 0o700 });
  return directory;
}
