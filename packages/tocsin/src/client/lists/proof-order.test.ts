// Answers with lists in any order, genuine and not: a machine only ever goes forward, and ends where the hub is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import type { HubAnswer } from '../channel/channel.ts';
import { listOf, noteOf, signedStage, withNote } from './proof-fixture.ts';

const HUB_STEPS = ['publish', 'rotate'] as const;
const ANSWERS = ['genuine', 'replay', 'cut', 'swap', 'flip'] as const;
type Answer = (typeof ANSWERS)[number];

interface Step {
  readonly kind: (typeof HUB_STEPS)[number] | Answer;
  /** Which answer, byte or bit it is about. */
  readonly which: number;
}

const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...HUB_STEPS,
    ...ANSWERS,
    'publish',
    'publish',
    'genuine',
    'genuine',
    'replay',
    'replay',
  ),
  which: fc.nat(9_999),
});

test('in whatever order genuine, replayed, cut, mixed and forged answers come: lists only ever go forward', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 8, maxLength: 20 }), async (all) => {
      const { hub, update, held } = await signedStage(t);
      const past: HubAnswer[] = [];
      for (const step of all) {
        const before = held()!;
        if (step.kind === 'publish') hub.publish([listOf(hub.manifest.revision % 3)]);
        else if (step.kind === 'rotate') hub.rotate();
        else {
          const { kind, which } = step;
          hub.forge = (answer) => sent(kind, which, answer, past);
          await update().catch((error: unknown) => assert.ok(error instanceof TocsinError, String(error)));
        }
        const after = held()!;
        const isSameKey = after.proof!.document.log === before.proof!.document.log;
        assert.ok(!isSameKey || after.manifest.revision >= before.manifest.revision);
        assert.ok(after.proof!.document.number >= before.proof!.document.number);
        assert.ok(
          after.text === before.text || after.text === JSON.stringify(hub.manifest) || step.kind === 'replay',
        );
      }
      hub.forge = null;
      await update();
      assert.equal(held()?.text, JSON.stringify(hub.manifest));
    }),
    { numRuns: 40 },
  );
});

/** The answer as it is, one from before, this one cut or with a turned bit, or the note of one with the lists of another. */
function sent(kind: Answer, which: number, answer: HubAnswer, past: HubAnswer[]): HubAnswer {
  const before = past[which % Math.max(1, past.length)] ?? answer;
  const body = Buffer.from(answer.body);
  switch (kind) {
    case 'genuine':
      past.push(answer);
      return answer;
    case 'replay':
      return before;
    case 'cut':
      return { ...answer, body: body.subarray(0, which % body.length) };
    case 'swap':
      return withNote(answer, noteOf(before));
    case 'flip':
      body[which % body.length]! ^= 1 << (which % 8);
      return { ...answer, body };
  }
}
