import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setParticipation } from '../consent/set-participation.ts';
import { setSelfDefence } from '../consent/set-self-defence.ts';
import type { ConsentSource } from '../consent/source.ts';
import { ConsentStage } from '../consent/stage-fixture.ts';
import type { AlarmState } from '../consent/state.ts';
import type { Timers } from './self-defence.ts';
import { SELF_DEFENCE_LIMITS, SelfDefence } from './self-defence.ts';

/** Timers that run when they are told to. */
class HandTimers implements Timers {
  readonly #due: { run: () => void; ms: number; again: boolean }[] = [];
  every(ms: number, run: () => void): () => void {
    return this.#add({ run, ms, again: true });
  }
  after(ms: number, run: () => void): () => void {
    return this.#add({ run, ms, again: false });
  }
  /** Runs what waits for `ms`. */
  pass(ms: number): void {
    for (const timer of this.#due.filter((due) => due.ms <= ms)) {
      if (!timer.again) this.#remove(timer);
      timer.run();
    }
  }
  get waiting(): number {
    return this.#due.length;
  }
  #add(timer: { run: () => void; ms: number; again: boolean }): () => void {
    this.#due.push(timer);
    return () => this.#remove(timer);
  }
  #remove(timer: object): void {
    const at = this.#due.findIndex((due) => Object.is(due, timer));
    if (at >= 0) this.#due.splice(at, 1);
  }
}

interface Watched {
  readonly stage: ConsentStage;
  readonly source: ConsentSource;
  readonly timers: HandTimers;
  readonly alarms: AlarmState[];
  readonly defence: SelfDefence;
}

async function watch(t: TestContext): Promise<Watched> {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const source = stage.open();
  const timers = new HandTimers();
  const alarms: AlarmState[] = [];
  const defence = SelfDefence.start({
    home: stage.home,
    source,
    timers,
    onAlarm: (alarm) => alarms.push(alarm),
  });
  t.after(() => defence.close());
  return { stage, source, timers, alarms, defence };
}

/** Until something waits for its turn: the watch has seen a change. */
async function seen(timers: HandTimers): Promise<void> {
  for (let i = 0; i < 200 && timers.waiting < 2; i++) await sleep(10);
  assert.equal(timers.waiting, 2, 'the watch saw nothing');
  timers.pass(SELF_DEFENCE_LIMITS.gatherMs);
}

test('self-defence: a change in place, one by renaming and a removal are seen at once', async (t) => {
  const harms: readonly [string, (path: string) => void][] = [
    ['in place', (path) => appendFileSync(path, ' ')],
    [
      'by renaming',
      (path) => {
        writeFileSync(`${path}.new`, 'x');
        renameSync(`${path}.new`, path);
      },
    ],
    ['removed', (path) => rmSync(path)],
  ];
  for (const [name, harm] of harms) {
    const { stage, timers, alarms, defence } = await watch(t);
    assert.equal(alarms.length, 0);
    harm(stage.places.settings);
    await seen(timers);
    assert.equal(alarms[0]?.code, name === 'removed' ? 'settings-deleted' : 'settings-altered', name);
    defence.close();
  }
});

test('self-defence: each finding is told once, and again where it comes back', async (t) => {
  const { stage, timers, alarms, source } = await watch(t);
  appendFileSync(stage.places.log, 'x\n');
  await seen(timers);
  timers.pass(SELF_DEFENCE_LIMITS.everyMs);
  timers.pass(SELF_DEFENCE_LIMITS.everyMs);
  assert.equal(alarms.length, 1);
  stage.world.pass(60);
  stage.choose({ level: 'standard' });
  await seen(timers);
  assert.equal(source.consent().level, 'standard');
  stage.world.pass(60);
  appendFileSync(stage.places.log, 'x\n');
  await seen(timers);
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['settings-altered', 'settings-altered'],
  );
  assert.equal(source.alarms.pending().length, 2);
});

test('self-defence: what happens where nothing shows, the look of every ten minutes finds', async (t) => {
  const { stage, timers, alarms } = await watch(t);
  writeFileSync(stage.productUuid, '564d9a1b-7c3e-4f0a-9b8d-1e2f3a4b5c6d\n');
  assert.equal(SELF_DEFENCE_LIMITS.everyMs, 600_000);
  timers.pass(SELF_DEFENCE_LIMITS.everyMs);
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['cloned'],
  );
});

test('self-defence: what a person changes, here or in another process, is no alarm', async (t) => {
  const { stage, timers, alarms, source } = await watch(t);
  stage.choose({ level: 'extended' });
  await seen(timers);
  source.change((parts) => setParticipation(parts, { level: 'off', accept: null }));
  timers.pass(SELF_DEFENCE_LIMITS.everyMs);
  stage.outbox.confirm();
  assert.deepEqual([alarms, source.consent().level], [[], 'off']);
});

test('self-defence: at its start it tells what happened while nobody looked; switched off it tells nothing', async (t) => {
  const { stage, defence, source } = await watch(t);
  defence.close();
  source.change((parts) => setSelfDefence(parts, false));
  writeFileSync(stage.places.settings, readFileSync(stage.places.settings).subarray(1));
  const alarms: AlarmState[] = [];
  const start = (): void =>
    SelfDefence.start({
      home: stage.home,
      source: stage.open(),
      onAlarm: (alarm) => alarms.push(alarm),
    }).close();
  start();
  assert.equal(alarms.length, 0);
  stage.choose({ level: 'standard' });
  writeFileSync(stage.places.settings, readFileSync(stage.places.settings).subarray(1));
  start();
  assert.equal(alarms[0]?.code, 'settings-altered');
});

test('self-defence: closed, it keeps no process alive and looks no more', async (t) => {
  const { stage, timers, alarms, defence } = await watch(t);
  defence.close();
  rmSync(stage.places.settings);
  await sleep(50);
  assert.deepEqual([timers.waiting, alarms.length], [0, 0]);
  const gone = SelfDefence.start({
    home: { ...stage.home, directory: `${stage.home.directory}/nowhere` },
    source: stage.open(),
    timers,
    onAlarm: () => {},
    onBlind: (why) => assert.equal(why, 'ENOENT'),
  });
  gone.close();
});
