// How much a machine may send: buckets under a clock that moves by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageOf } from 'tocsin/catalog/catalog.ts';
import { INTAKE_LIMITS } from './config.ts';
import { IntakeRates } from './rates.ts';

function moved(): { rates: IntakeRates; pass: (ms: number) => void } {
  let now = 1_000;
  const rates = new IntakeRates({ now: () => 0, monotonic: () => now });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { rates, pass };
}

function admitted(take: () => number, tries: number): number {
  return Array.from({ length: tries }, take).filter((wait) => wait === 0).length;
}

test('rates: a machine may send a backlog at once, then as much as the minutes give', () => {
  const { rates, pass } = moved();
  const take = (): number => rates.admitMachine('a');
  assert.equal(admitted(take, INTAKE_LIMITS.burst + 50), INTAKE_LIMITS.burst);
  assert.equal(take(), 1, 'seconds until the next');
  pass(1_000);
  assert.equal(admitted(take, 10), 1);
  pass(60_000);
  assert.equal(admitted(take, 100), INTAKE_LIMITS.perMinute);
  assert.equal(rates.admitMachine('b'), 0, 'another machine has its own');
});

test('rates: each message has its own share, a week of it at once', () => {
  const { rates, pass } = moved();
  const message = messageOf('tamper-alarm')!;
  const share = message.schedule.atMostPerDay * INTAKE_LIMITS.tolerance;
  const take = (): number => rates.admitMessage('a', message);
  assert.equal(admitted(take, share + 10), share);
  assert.ok(take() <= 86_400 / share + 1);
  assert.equal(rates.admitMessage('a', messageOf('detection')!), 0);
  pass(86_400_000);
  assert.equal(admitted(take, share + 10), share);
});

test('rates: however calls and time mix, no more is admitted than the capacity and what filled', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(90_000), { maxLength: 300 }), (steps) => {
      const { rates, pass } = moved();
      let passed = 0;
      let taken = 0;
      for (const step of steps) {
        if (step % 3 === 0) {
          pass(step);
          passed += step;
        }
        for (let i = 0; i < 7; i++) if (rates.admitMachine('m') === 0) taken++;
        assert.ok(taken <= INTAKE_LIMITS.burst + (passed / 60_000) * INTAKE_LIMITS.perMinute + 1e-6);
      }
    }),
    { numRuns: 100 },
  );
});
