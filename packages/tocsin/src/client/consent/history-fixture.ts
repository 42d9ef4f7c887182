// What may happen to one machine, for random histories (properties.test.ts). For tests only.
import fc from 'fast-check';
import type { ParticipationLevel } from '../../catalog/consent.ts';
import { PARTICIPATION_LEVELS } from '../../catalog/consent.ts';
import type { DurableStep } from './places.ts';

const STEPS: readonly DurableStep[] = [
  'guard-made',
  'outbox-emptied',
  'record-appended',
  'settings-written',
  'guard-written',
];
export const FILES = ['settings', 'log', 'guard'] as const;
export type File = (typeof FILES)[number];

export type Op =
  | { readonly op: 'choose'; readonly level: ParticipationLevel; readonly killAt: DurableStep | null }
  | { readonly op: 'share'; readonly value: 'yes' | 'no' }
  | { readonly op: 'report' }
  | { readonly op: 'contact' }
  | { readonly op: 'confirm' }
  | { readonly op: 'snapshot' }
  | { readonly op: 'restore'; readonly files: readonly File[] }
  | { readonly op: 'put' }
  | { readonly op: 'tamper'; readonly file: 'settings' | 'log'; readonly at: number; readonly bit: number }
  | { readonly op: 'cut'; readonly file: 'settings' | 'log'; readonly at: number }
  | { readonly op: 'remove'; readonly files: readonly File[] }
  | { readonly op: 'lose' };

const level = fc.constantFrom(...PARTICIPATION_LEVELS);
const file = fc.constantFrom('settings' as const, 'log' as const);
export const OPS: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('choose' as const),
      level,
      killAt: fc.option(fc.constantFrom(...STEPS), { freq: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('share' as const),
      value: fc.constantFrom('yes' as const, 'no' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('report' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('contact' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('confirm' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('snapshot' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('put' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('restore' as const),
      files: fc.oneof(fc.constant([...FILES]), fc.subarray([...FILES], { minLength: 1 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('tamper' as const), file, at: fc.nat(), bit: fc.nat(7) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('cut' as const), file, at: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('remove' as const),
      files: fc.oneof(fc.constant([...FILES]), fc.subarray([...FILES], { minLength: 1 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('lose' as const) }) },
);
