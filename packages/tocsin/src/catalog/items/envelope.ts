// What stands around every message that travels with the machine's number: what the hub needs to take it once, in
// order, and under the choice that was made. Leaves with each of them, the alarm and the request to erase included.
import { ALL_EDITIONS, COMMON, EDITIONS, item } from '../item.ts';

const AROUND = {
  ...COMMON,
  purposes: ['delivery'],
  sensitivity: 'technical',
  personal: true,
  retentionDays: 365,
  participation: 'connection',
  editions: ALL_EDITIONS,
  owner: 'network',
  statement: [],
} as const;

const CODE = { kind: 'text', max: 64, pattern: '[a-z]+(?:-[a-z]+)*' } as const;
const SEQUENCE = {
  kind: 'integer',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  unit: 'sequence number',
} as const;

export const ENVELOPE_ITEMS = [
  item({
    ...AROUND,
    id: 'envelope.sequence',
    type: SEQUENCE,
    what: 'the number of the message among those of this machine, so that a repeated one is taken once',
    collector: { state: 'built', reads: 'the counter in TOCSIN_HOME/spool.db' },
    example: 17,
  }),
  item({
    ...AROUND,
    id: 'envelope.epoch',
    type: SEQUENCE,
    what: 'the number of the outbox from which the message comes: a new one begins where the old one was emptied or lost',
    collector: { state: 'built', reads: 'the number of the outbox in TOCSIN_HOME/spool.db' },
    example: 1,
  }),
  item({
    ...AROUND,
    id: 'envelope.consent',
    type: SEQUENCE,
    what: 'the number of the newest record of a choice on this machine, under which the message is sent',
    difference: 'the number only; connection.consent_record is the record itself',
    collector: { state: 'built', reads: 'the last line of TOCSIN_HOME/consent.log' },
    example: 3,
  }),
  item({
    ...AROUND,
    id: 'envelope.edition',
    type: { kind: 'choice', values: EDITIONS },
    what: 'which list of data applies to this machine',
    collector: { state: 'built', reads: 'edition in TOCSIN_HOME/settings.json' },
    example: 'basic',
  }),
  item({
    ...AROUND,
    id: 'envelope.made_at',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when the message was made, by the clock of the machine',
    collector: { state: 'built', reads: 'the clock of the machine when the message entered the outbox' },
    example: '2026-11-23T08:15:02Z',
  }),
  item({
    ...AROUND,
    id: 'envelope.message',
    type: CODE,
    what: 'which of the messages of the Statement it is',
    collector: { state: 'built', reads: 'the id of the message in the catalog' },
    example: 'detection',
  }),
  item({
    ...AROUND,
    id: 'envelope.reason',
    type: CODE,
    what: 'for which of the declared reasons it is sent',
    collector: { state: 'built', reads: 'the reason that the part of Tocsin gave which made the message' },
    example: 'found',
  }),
] as const;

/** Ids of what stands around every attributed message, in the order in which it is shown. */
export const ENVELOPE_IDS: readonly string[] = [
  'connection.machine_id',
  ...ENVELOPE_ITEMS.map(({ id }) => id),
];

/** True for what belongs around a message and not into it. */
export function isEnvelopeItem(id: string): boolean {
  return id === 'connection.machine_id' || id.startsWith('envelope.');
}
