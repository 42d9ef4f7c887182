// A withdrawal whose outbox was damaged or taken away before the hub heard of it: asked for again, and told.
import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { HomeConsents } from '../client/consent/home.ts';
import { openConsents } from '../client/consent/home.ts';
import { setParticipation } from '../client/consent/set-participation.ts';
import { ConsentStage } from '../client/consent/stage-fixture.ts';
import { Spool } from '../client/outbox/spool.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { statusOf } from './status-facts.ts';

/** A machine with an outbox of its own on disk. */
class Stage {
  readonly #stage: ConsentStage;

  constructor(stage: ConsentStage) {
    this.#stage = stage;
  }

  static async make(t: TestContext): Promise<Stage> {
    return new Stage(await ConsentStage.make(t));
  }

  get home(): ConsentStage['home'] {
    return this.#stage.home;
  }

  get world(): ConsentStage['world'] {
    return this.#stage.world;
  }

  with<T>(work: (consents: HomeConsents) => T): T {
    const consents = openConsents(this);
    try {
      return work(consents);
    } finally {
      consents.close();
    }
  }

  choose(level: 'standard' | 'off'): void {
    this.with(({ source }) => {
      const accept = level === 'off' ? null : this.#stage.statement(source.current());
      source.change((parts) => setParticipation(parts, { level, accept }));
    });
  }

  /** Shows the hub the records that it has not seen; numbers are given out for it. */
  report(): void {
    this.with(({ source }) => this.#stage.report(source));
    const { home, world } = this;
    using spool = Spool.open(home, world, lazyLocalKey(home, world));
    spool.takeNumber();
  }

  kind(): string {
    return this.with(({ source }) => source.current().kind);
  }

  damage(): void {
    const file = openSync(this.home.spool, 'r+');
    writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, 0);
    closeSync(file);
  }

  remove(): void {
    rmSync(this.home.spool, { force: true });
  }

  confirm(): void {
    this.with((consents) => consents.spoolIfThere()!.confirmErasure());
  }
}

test('lost outbox: the request to erase is queued again, for all, and status says that it is not confirmed', async (t) => {
  for (const harm of ['damage', 'remove'] as const) {
    const stage = await Stage.make(t);
    stage.choose('standard');
    stage.report();
    stage.choose('off');
    assert.equal(stage.kind(), 'withdrawing');
    stage[harm]();
    const { state, status } = statusOf(stage.home, stage.world);
    assert.equal(state.kind, 'withdrawing', harm);
    assert.match(status.alarms.join(), harm === 'damage' ? /outbox was found damaged/ : /^$/);
    const erasure = stage.with((consents) => consents.spoolIfThere()!.erasure);
    assert.deepEqual([erasure?.scope, typeof erasure?.record], ['all', 'string'], harm);
    stage.confirm();
    assert.equal(stage.kind(), 'chosen');
    assert.deepEqual(statusOf(stage.home, stage.world).status.alarms, []);
  }
});

test('lost outbox: before a withdrawal as well, where the hub ever countersigned something', async (t) => {
  const stage = await Stage.make(t);
  stage.choose('standard');
  stage.report();
  stage.remove();
  stage.choose('off');
  assert.equal(stage.kind(), 'withdrawing');
});

test('lost outbox: what the hub confirmed or countersigned, or never could have heard of, is not asked again', async (t) => {
  const confirmed = await Stage.make(t);
  confirmed.choose('standard');
  confirmed.report();
  confirmed.choose('off');
  confirmed.confirm();
  assert.equal(confirmed.kind(), 'chosen');
  const answered = await Stage.make(t);
  answered.choose('standard');
  answered.report();
  answered.choose('off');
  answered.report();
  answered.remove();
  assert.equal(answered.kind(), 'chosen');
  const alone = await Stage.make(t);
  alone.choose('standard');
  alone.choose('off');
  assert.equal(alone.kind(), 'chosen', 'nothing had a number');
  const never = await Stage.make(t);
  never.choose('off');
  assert.equal(never.kind(), 'chosen');
});
