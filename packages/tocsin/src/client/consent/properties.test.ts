// Random histories of one machine: choices, withdrawals, kills after each durable step, restored copies, tampering.
// After each step: nothing goes further than the newest durable choice allows, and what was altered or removed is off.
// Seed and number of runs: TOCSIN_PROPERTY_SEED, TOCSIN_PROPERTY_RUNS.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ParticipationLevel } from '../../catalog/consent.ts';
import { reaches, stricter } from '../../catalog/consent.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Statement } from '../../catalog/statement/statement.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { joinedAs, MACHINE } from './fixture.ts';
import type { File, Op } from './history-fixture.ts';
import { FILES, OPS } from './history-fixture.ts';
import type { DurableStep } from './places.ts';
import { ConsentStage, Killed } from './stage-fixture.ts';

const RUNS = Number(process.env['TOCSIN_PROPERTY_RUNS'] ?? 2_000);
/** Files in memory where the system has a place for them: thousands of runs need no disk. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What is known from outside: what was said and became durable, and what was done to the files. */
class Model {
  /** No more than this may be in force. */
  allowed: ParticipationLevel = 'off';
  kept: { readonly directory: string; readonly allowed: ParticipationLevel } | null = null;
  readonly stage: ConsentStage;
  readonly #directory: string;

  constructor(stage: ConsentStage, directory: string) {
    this.stage = stage;
    this.#directory = directory;
  }

  async run(op: Op): Promise<void> {
    const { stage } = this;
    stage.world.pass(1);
    switch (op.op) {
      case 'choose':
        return this.#choose(op.level, op.killAt);
      case 'share':
        return this.#attempt(() => stage.choose({ sharing: op.value }));
      case 'report':
        return this.#attempt(() => this.#report());
      case 'contact':
        return this.#contact();
      case 'confirm':
        return stage.outbox.confirm();
      case 'snapshot':
        return this.#snapshot();
      case 'put':
        return stage.outbox.put();
      case 'restore':
        return this.#restore(op.files);
      case 'tamper':
        return this.#change(op.file, (bytes) => {
          bytes[op.at % bytes.length]! ^= 1 << op.bit;
          return bytes;
        });
      case 'cut':
        return this.#change(op.file, (bytes) => bytes.subarray(0, op.at % bytes.length));
      case 'remove':
        return this.#remove(op.files);
      case 'lose':
        return this.#lose();
    }
  }

  /** Whoever is asked, whenever: not more than was said. */
  check(): void {
    const { level } = this.stage.open().consent();
    assert.ok(reaches(this.allowed, level), `${level} is in force, ${this.allowed} was said`);
    if (this.stage.outbox.erasure !== null)
      assert.equal(level, 'off', 'while the request to erase is under way');
  }

  #choose(wanted: ParticipationLevel, killAt: DurableStep | null): void {
    const { stage } = this;
    const wasOn = stage.level() !== 'off';
    stage.steps.length = 0;
    stage.killAt = killAt;
    try {
      stage.choose({ level: wanted });
      this.allowed = wanted;
      if (wasOn && wanted === 'off') {
        assert.equal(stage.outbox.waiting, 0, 'a withdrawal empties the outbox');
        assert.notEqual(stage.outbox.erasure, null, 'and asks for erasure');
      }
      assert.equal(
        stage.level(),
        stage.outbox.erasure === null ? wanted : 'off',
        'what was acknowledged is in force',
      );
    } catch (error) {
      if (error instanceof Killed) this.#afterKill(wanted);
      else this.#onlyOurs(error);
    } finally {
      stage.killAt = null;
    }
  }

  /** The record is the moment at which a choice is made; a withdrawal counts from the emptied outbox on. */
  #afterKill(wanted: ParticipationLevel): void {
    const { steps } = this.stage;
    if (steps.includes('record-appended') || steps.includes('outbox-emptied')) this.allowed = wanted;
  }

  #report(): void {
    const source = this.stage.open();
    if (source.current().kind !== 'alarm') this.stage.report(source);
  }

  /**
   * Before anything leaves, the hub is asked: then no copy of an older state goes on under it. Whatever it shows, no
   * more is allowed than was.
   */
  async #contact(): Promise<void> {
    const { stage } = this;
    const { hub } = stage;
    const source = stage.open();
    try {
      await source.refreshConsent(hub.call);
    } catch (error) {
      return this.#onlyOurs(error);
    }
    const newest = source.records().at(-1)?.record.sequence ?? 0;
    if (source.current().kind !== 'alarm')
      assert.ok(newest >= hub.sequence, 'the machine knows at least what the hub knows');
    const said = [...hub.records].reverse().find((text) => levelOf(text) !== null);
    if (newest === hub.sequence && said !== undefined) this.allowed = stricter(this.allowed, levelOf(said)!);
  }

  #snapshot(): void {
    const directory = join(this.#directory, 'copy');
    rmSync(directory, { recursive: true, force: true });
    cpSync(this.stage.home.directory, directory, { recursive: true });
    this.kept = { directory, allowed: this.allowed };
  }

  /** A copy of all three files is an older state of the machine, of which it alone cannot know. */
  #restore(files: readonly File[]): void {
    if (this.kept === null) return;
    const { settings } = this.stage.open().current();
    const before = this.#contents();
    for (const name of files) {
      const path = this.stage.places[name];
      const copy = join(this.kept.directory, path.slice(this.stage.home.directory.length));
      if (existsSync(copy)) copyFileSync(copy, path);
      else rmSync(path, { force: true });
    }
    if (files.length === FILES.length) this.allowed = this.kept.allowed;
    else if (settings !== null && !files.includes('guard') && this.#contents() !== before)
      assert.equal(this.stage.open().current().kind, 'alarm', `${files.join(' and ')} are older`);
  }

  #contents(): string {
    const { settings, log } = this.stage.places;
    return [settings, log].map((path) => (existsSync(path) ? readFileSync(path, 'latin1') : '')).join('|');
  }

  #change(name: 'settings' | 'log', change: (bytes: Buffer) => Buffer): void {
    const path = this.stage.places[name];
    if (!existsSync(path)) return;
    const before = this.stage.open().current();
    const bytes = readFileSync(path);
    if (bytes.length === 0) return;
    writeFileSync(path, change(Buffer.from(bytes)));
    const { kind } = this.stage.open().current();
    if (before.settings === null) return;
    assert.equal(kind, 'alarm', `${name} was changed`);
    writeFileSync(path, bytes);
    assert.equal(this.stage.open().current().kind, 'alarm', 'and stands when all is as it was');
    this.allowed = 'off';
  }

  /** A machine that was opened once has a seal, and with it or without it notices what is gone. */
  #remove(files: readonly File[]): void {
    const { stage } = this;
    stage.open();
    const there = files.filter((name) => existsSync(stage.places[name]));
    for (const name of there) rmSync(stage.places[name]);
    if (there.length === 0) return;
    assert.equal(stage.open().current().kind, 'alarm', `${there.join(' and ')} were removed`);
    this.allowed = 'off';
  }

  /** The request to erase outlives the outbox, as long as the log says what was withdrawn. */
  #lose(): void {
    const { stage } = this;
    const { erasure } = stage.outbox;
    stage.outbox.lose();
    const source = stage.open();
    const records = source.records();
    const agreed = records.some(({ record }) => record.choice === 'participation' && record.value !== 'off');
    // Countersigned, it came to the hub: with the request, or the hub has nothing of after it.
    const open = (record: SignedRecord): boolean => source.receiptOf(record) === null;
    const withdrawn = records.some((record) => record.text === erasure?.record && open(record));
    if (withdrawn && agreed) assert.notEqual(stage.outbox.erasure, null, 'it is asked for again');
    else if (erasure !== null) this.allowed = 'off';
  }

  #attempt(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.#onlyOurs(error);
    }
  }

  #onlyOurs(error: unknown): void {
    const isHubs = error instanceof Error && /does not follow|another record/.test(error.message);
    if (!(error instanceof TocsinError) && !isHubs) throw error;
  }
}

function levelOf(text: string): ParticipationLevel | null {
  const payload = JSON.parse(Buffer.from(JSON.parse(text).payload, 'base64').toString()) as Record<
    string,
    string
  >;
  return payload['choice'] === 'participation' ? (payload['value'] as ParticipationLevel) : null;
}

test('participation: no history lets out more than the newest choice', async () => {
  const statements = new Map<string, Statement>();
  const joined = await joinedAs(MACHINE);
  await fc.assert(
    fc.asyncProperty(fc.array(OPS, { minLength: 2, maxLength: 7 }), async (ops) => {
      const directory = mkdtempSync(join(PLACE, 'tocsin-'));
      try {
        const model = new Model(new ConsentStage(null, joined, directory, statements), directory);
        for (const op of ops) {
          await model.run(op);
          model.check();
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: RUNS, seed: Number(process.env['TOCSIN_PROPERTY_SEED'] ?? 20260115), endOnFailure: false },
  );
});
