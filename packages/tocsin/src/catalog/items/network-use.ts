// Counters of how the machine used the network of its hub, for one service and one period. Sums and coarse
// histograms only: no object, address or single event. Nothing is counted while participation is off.
//
//   transaction: one question or message, from its first attempt to its final answer, retries included
//   request:     one attempt, that is one HTTP request
//   connection:  one TLS connection to the hub or a relay, which carries many requests
import { item } from '../item.ts';
import { NETWORK_ANSWER_ITEMS } from './network-answers.ts';
import { NETWORK_USE } from './network-common.ts';
import { NETWORK_REQUEST_ITEMS } from './network-requests.ts';

const REPORT_ITEMS = [
  item({
    ...NETWORK_USE,
    id: 'network_use.service',
    type: {
      kind: 'choice',
      values: ['lookup', 'lists', 'messages', 'events', 'consents', 'keys', 'enrolment', 'submission'],
    },
    what: 'the service of the hub that the counters of this report are about, one of a fixed list',
    statement: ['network_use.service_id'],
    collector: {
      state: 'planned',
      reads: 'path of HubChannel.request (client/channel/channel.ts), mapped to its service',
    },
    example: 'lookup',
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.protocol',
    type: {
      kind: 'choice',
      values: ['https-1.1-direct', 'https-1.1-relay', 'https-2-direct', 'https-2-relay', 'mixed'],
    },
    what: 'version of HTTP over TLS 1.3 by which that service was reached, and whether directly or through a relay; no address',
    statement: ['network_use.exchange_protocol'],
    difference:
      'between the machine and its hub; object.protocol is of a connection in which an address was met',
    collector: {
      state: 'planned',
      reads: 'TLSSocket.alpnProtocol of the channel, and whether its URL is that of a relay',
    },
    example: 'https-1.1-direct',
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.layout',
    type: { kind: 'integer', min: 1, max: 65_535, unit: 'version' },
    what: 'number of the layout of this report, so that counters of older programs are not mixed up with newer ones',
    statement: ['network_use.statistics_version'],
    collector: { state: 'planned', reads: 'constant in client/network-use.ts' },
    example: 1,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.completeness',
    type: { kind: 'choice', values: ['full', 'early', 'interrupted'] },
    what: 'kind of the report: a full day, sent early, or what a run that broke off had stored',
    statement: ['network_use.statistics_message_type'],
    difference: 'how much of a day it covers; network_use.trigger is why it was sent now',
    collector: {
      state: 'planned',
      reads: 'counter row in state.db: closed by the clock, by a trigger, or by a start',
    },
    example: 'full',
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.trigger',
    type: { kind: 'choice', values: ['daily', 'failures', 'hub-asked'] },
    what: 'what set the report off: the end of the day, many failures, or a notice by which the hub asked all machines for one',
    statement: ['network_use.trigger_notification_type'],
    difference: 'why it was sent now; network_use.completeness is how much of a day it covers',
    collector: {
      state: 'planned',
      reads:
        'daily timer, failure counter, or event `statistics` of the event stream (client/lists/follow.ts)',
    },
    example: 'daily',
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.started_at',
    type: { kind: 'time', precision: 'hour' },
    what: 'when the counting began, in UTC rounded down to the hour',
    transform: 'utc-hour',
    statement: ['network_use.statistics_started_at'],
    collector: { state: 'planned', reads: 'World.clock.now at the first count, stored in state.db' },
    example: '2026-11-22T00:00:00Z',
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.ended_at',
    type: { kind: 'time', precision: 'hour' },
    what: 'when the counting ended, in UTC rounded down to the hour',
    transform: 'utc-hour',
    statement: ['network_use.statistics_ended_at'],
    collector: { state: 'planned', reads: 'World.clock.now when the counters are closed' },
    example: '2026-11-23T00:00:00Z',
  }),
] as const;

export const NETWORK_USE_ITEMS = [
  ...REPORT_ITEMS,
  ...NETWORK_REQUEST_ITEMS,
  ...NETWORK_ANSWER_ITEMS,
] as const;
