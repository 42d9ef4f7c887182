import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PACKED_LIMITS } from 'tocsin/protocol/packed-lookup.ts';
import { BODY_ROOM_LIMITS, BodyRoom } from './body-room.ts';

const { smallestBytes, keptBytes } = BODY_ROOM_LIMITS;

test('room for bodies: nobody gets memory that another one holds, and there is always enough of it', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('take' as const), bytes: fc.integer({ min: 1, max: 2 ** 21 + 16 }) }),
      fc.record({ do: fc.constant('give-back' as const), which: fc.nat() }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const room = new BodyRoom();
      const held: Buffer[] = [];
      for (const step of all) {
        if (step.do === 'take') {
          const piece = room.take(step.bytes);
          assert.ok(piece.length >= step.bytes);
          assert.ok(piece.length < 2 * Math.max(step.bytes, smallestBytes));
          assert.ok(held.every((other) => other.buffer !== piece.buffer));
          held.push(piece);
        } else if (held.length > 0) room.giveBack(held.splice(step.which % held.length, 1)[0]!);
      }
    }),
    { numRuns: 200 },
  );
});

test('room for bodies: what was given back is used again, and no more is kept than the limit', () => {
  const room = new BodyRoom();
  const first = room.take(131_000);
  room.giveBack(first);
  assert.equal(room.take(70_000), first);
  const many = Array.from({ length: 2 * (keptBytes / 2 ** 18) }, () => room.take(2 ** 18));
  for (const piece of many) room.giveBack(piece);
  const again = many.map(() => room.take(2 ** 18));
  const isKept = (piece: Buffer): boolean => many.includes(piece);
  assert.equal(again.filter(isKept).length, Math.floor(keptBytes / many[0]!.length));
});

test('room for bodies: the largest request, and one of 4,096 keys, need no more than they have', () => {
  for (const bytes of [PACKED_LIMITS.maxRequestBytes, PACKED_LIMITS.requestHead + 4_096 * 32])
    assert.equal(new BodyRoom().take(bytes).length, bytes);
});
