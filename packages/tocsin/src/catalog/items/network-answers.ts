// Counters of transactions and of what they decided, for one service and one period. A record of the lists is
// named only where it found something bad: records of good objects would show which software is installed.
import { OBJECT_KINDS } from '../../protocol/kinds.ts';
import { ANSWERED_BY } from '../../protocol/verdict.ts';
import { item } from '../item.ts';
import { COUNT, DURATIONS, NETWORK_USE, TIMES, WAITS } from './network-common.ts';

const TRANSACTION_ITEMS = [
  item({
    ...NETWORK_USE,
    id: 'network_use.transactions_done',
    type: COUNT,
    what: 'how many questions and messages came to a final answer of the service, retries of one not counted apart',
    statement: ['network_use.successful_transactions'],
    collector: {
      state: 'planned',
      reads:
        'batches answered in FarRung.ask (client/lookup/ask-far.ts); entries acknowledged in client/outbox/sender.ts',
    },
    example: 1318,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.transactions_failed',
    type: COUNT,
    what: 'how many questions and messages were given up without a final answer, after their last retry',
    statement: ['network_use.unsuccessful_transactions'],
    collector: {
      state: 'planned',
      reads:
        'batches left unanswered in FarRung.ask (client/lookup/ask-far.ts); entries dropped in client/outbox/spool.ts',
    },
    example: 3,
  }),
  item({
    ...TIMES,
    id: 'network_use.transaction_times',
    type: DURATIONS,
    what: 'how long it took from first attempt to final answer, retries included, as counts in nine fixed ranges from under 10 ms to over 30 s; no times of day',
    statement: ['network_use.successful_transactions_over_time'],
    difference: 'with retries, as the machine felt it; network_use.request_times has single attempts',
    collector: {
      state: 'planned',
      reads:
        'World.clock.monotonic around the sends of client/lookup/ask-far.ts and client/outbox/sender.ts, answered',
    },
    example: [4, 300, 899, 101, 12, 2, 0, 0, 0],
  }),
  item({
    ...TIMES,
    id: 'network_use.transaction_failure_times',
    type: DURATIONS,
    what: 'how long it took from first attempt to giving up, counted in the same nine ranges; no times of day',
    statement: ['network_use.unsuccessful_transactions_over_time'],
    difference: 'given up; network_use.transaction_times has those that were answered',
    collector: {
      state: 'planned',
      reads:
        'World.clock.monotonic around the sends of client/lookup/ask-far.ts and client/outbox/sender.ts, given up',
    },
    example: [0, 0, 0, 0, 0, 0, 1, 1, 1],
  }),
  item({
    ...TIMES,
    id: 'network_use.buffer_times',
    type: WAITS,
    what: 'how long messages about objects waited on the machine before they were sent, as counts in eight fixed ranges from under a second to over a week; neither which objects nor when',
    statement: ['network_use.object_time_in_buffer'],
    difference: 'waiting of messages; object.storage_time is how long an object itself was kept',
    collector: {
      state: 'planned',
      reads:
        'World.clock.monotonic when an entry enters and leaves client/outbox/spool.ts; rows kept over a restart by World.clock.now',
    },
    example: [52, 9, 1, 0, 0, 0, 0, 0],
  }),
] as const;

const DECISION_ITEMS = [
  item({
    ...NETWORK_USE,
    id: 'network_use.decisions',
    type: {
      kind: 'list',
      of: { kind: 'record', fields: { source: { kind: 'choice', values: ANSWERED_BY }, count: COUNT } },
      max: 6,
    },
    what: "how many objects were decided by each source: the person's own decisions, lists, earlier answers, relay, hub, or nobody; no object is named",
    statement: ['network_use.decision_source'],
    difference: 'sums of a period; object.decision_source is of the decision on one object',
    collector: { state: 'planned', reads: 'Answer.answeredBy of the ladder (client/lookup/ladder.ts)' },
    example: [
      { source: 'list', count: 201_300 },
      { source: 'hub', count: 1318 },
    ],
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.detections',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          object: { kind: 'choice', values: OBJECT_KINDS },
          level: { kind: 'choice', values: ['riskware', 'suspicious', 'malicious'] },
          count: COUNT,
        },
      },
      max: 18,
    },
    what: 'how many objects were found bad, by kind of object and level of the verdict; no object, name or time',
    purposes: ['service-quality', 'reputation'],
    statement: ['network_use.detect_characteristics'],
    difference: 'sums of a period; object.detection_traits are of one detection',
    collector: {
      state: 'planned',
      reads: 'Verdict.level of bad answers of the ladder (client/lookup/ladder.ts), by kind',
    },
    example: [{ object: 'file', level: 'malicious', count: 2 }],
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.records_hit',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: { record: { kind: 'text', max: 13, pattern: 'r[0-9a-f]{12}' }, count: COUNT },
      },
      max: 20,
    },
    what: 'which records of the lists found something bad most often, twenty at most, and how often each: numbers of records, of which most stand for many objects; records of good objects are left out, since they would show what is installed',
    purposes: ['service-quality', 'reputation', 'false-alarm-recall'],
    sensitivity: 'interaction',
    personal: true,
    statement: ['network_use.database_record_id'],
    difference:
      'sums of a period; object.record_id and software.triggered_record_id name the record that decided on one object',
    collector: {
      state: 'planned',
      reads: 'Verdict.record (protocol/verdict.ts) of bad answers of the ladder',
    },
    example: [{ record: 'r4f1c09be27da', count: 2 }],
  }),
] as const;

export const NETWORK_ANSWER_ITEMS = [...TRANSACTION_ITEMS, ...DECISION_ITEMS] as const;
