// Counters of connections and requests: how reaching the hub went. Words: network-use.ts.
import { item } from '../item.ts';
import { COUNT, DURATIONS, NETWORK_USE, TIMES } from './network-common.ts';
import { ERROR_CODES } from './portal.ts';

const CONNECTION_ITEMS = [
  item({
    ...NETWORK_USE,
    id: 'network_use.connections_opened',
    type: COUNT,
    what: 'how many connections were begun anew, whether they came about or not',
    statement: ['network_use.new_connections'],
    difference: 'begun; the sum of network_use.connections_made and network_use.connections_failed',
    collector: { state: 'planned', reads: 'calls of dial (client/channel/dial.ts)' },
    example: 41,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.connections_made',
    type: COUNT,
    what: 'how many of these came about: the TLS handshake ended and the hub proved to be the pinned one',
    statement: ['network_use.successful_connections'],
    collector: {
      state: 'planned',
      reads: 'dial (client/channel/dial.ts) resolved and requireGoodHub passed',
    },
    example: 40,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.connections_failed',
    type: COUNT,
    what: 'how many of these did not come about, for whatever reason',
    statement: ['network_use.unsuccessful_connections'],
    collector: { state: 'planned', reads: 'dial (client/channel/dial.ts) or requireGoodHub rejected' },
    example: 1,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.connections_reused',
    type: COUNT,
    what: 'how often a request went over a connection that was kept open from an earlier one',
    statement: ['network_use.connections_from_cache'],
    collector: {
      state: 'planned',
      reads: 'ClientRequest.reusedSocket of node:http (client/channel/channel.ts)',
    },
    example: 1290,
  }),
  item({
    ...TIMES,
    id: 'network_use.connect_times',
    type: DURATIONS,
    what: 'how long it took until connections stood, as counts in nine fixed ranges from under 10 ms to over 30 s; no times of day',
    statement: ['network_use.successful_connections_over_time'],
    difference: 'connections that came about; network_use.connect_failure_times has the others',
    collector: {
      state: 'planned',
      reads: 'World.clock.monotonic around dial (client/channel/dial.ts), resolved',
    },
    example: [0, 12, 25, 3, 0, 0, 0, 0, 0],
  }),
  item({
    ...TIMES,
    id: 'network_use.connect_failure_times',
    type: DURATIONS,
    what: 'how long it took until connections failed, counted in the same nine ranges; no times of day',
    statement: ['network_use.unsuccessful_connections_over_time'],
    difference: 'connections that failed; network_use.connect_times has those that came about',
    collector: {
      state: 'planned',
      reads: 'World.clock.monotonic around dial (client/channel/dial.ts), rejected',
    },
    example: [0, 0, 0, 0, 0, 0, 0, 1, 0],
  }),
] as const;

const REQUEST_ITEMS = [
  item({
    ...NETWORK_USE,
    id: 'network_use.requests_sent',
    type: COUNT,
    what: 'how many requests were made to the service in all, each attempt counted',
    statement: ['network_use.requests_total'],
    difference: 'attempts that left the machine; network_use.answered_locally counts questions that did not',
    collector: { state: 'planned', reads: 'calls of HubChannel.request (client/channel/channel.ts)' },
    example: 1331,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.answered_locally',
    type: COUNT,
    what: "how many questions about objects were answered on the machine, by the person's own decisions, lists or earlier answers, so that no request was made",
    statement: ['network_use.requests_answered_locally'],
    difference: 'questions that made no request; network_use.requests_sent counts those made',
    collector: {
      state: 'planned',
      reads: 'Answer.answeredBy of the ladder (client/lookup/ladder.ts): override, list, cache',
    },
    example: 218400,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.requests_switched_off',
    type: COUNT,
    what: 'how many requests were not made because a setting of Tocsin forbids them; while participation is off nothing is counted, so none of that time is in here',
    statement: ['network_use.unsuccessful_requests_network_disabled'],
    collector: { state: 'planned', reads: 'GateCounters (catalog/gate.ts), reason participation' },
    example: 0,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.requests_unreachable',
    type: COUNT,
    what: 'how many requests failed because of the network: name not found, connection refused, broken or without an answer',
    statement: ['network_use.unsuccessful_requests_network_problem'],
    difference: 'nobody answered; for network_use.requests_misrouted somebody did',
    collector: {
      state: 'planned',
      reads:
        'code of the rejected socket (client/channel/dial.ts): ENOTFOUND, EAI_AGAIN, ECONNREFUSED, ECONNRESET, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT',
    },
    example: 3,
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.requests_misrouted',
    type: COUNT,
    what: 'how many requests reached a relay, proxy or hub that could not pass them on to the service',
    statement: ['network_use.unsuccessful_requests_routing'],
    difference: 'somebody answered, but not the service; for network_use.requests_unreachable nobody did',
    collector: {
      state: 'planned',
      reads: 'HubAnswer.status 404, 421, 502 or 504 (client/channel/channel.ts)',
    },
    example: 0,
  }),
  item({
    ...TIMES,
    id: 'network_use.request_times',
    type: DURATIONS,
    what: 'how long answered requests took, as counts in nine fixed ranges from under 10 ms to over 30 s; no times of day',
    statement: ['network_use.successful_requests_over_time'],
    difference: 'single attempts; network_use.transaction_times includes retries',
    collector: {
      state: 'planned',
      reads: 'World.clock.monotonic around HubChannel.request, status below 400',
    },
    example: [4, 310, 902, 100, 11, 1, 0, 0, 0],
  }),
  item({
    ...TIMES,
    id: 'network_use.timeout_times',
    type: DURATIONS,
    what: 'how long requests had waited when they were given up for lack of an answer, counted in the same nine ranges; no times of day',
    statement: ['network_use.timed_out_requests_over_time'],
    difference:
      'given up by a time limit; network_use.cancel_times: given up because nobody wanted the answer any more',
    collector: {
      state: 'planned',
      reads:
        'World.clock.monotonic around HubChannel.request, ended by answerMs or silenceMs (client/channel/config.ts)',
    },
    example: [0, 0, 0, 0, 0, 0, 0, 2, 0],
  }),
  item({
    ...TIMES,
    id: 'network_use.cancel_times',
    type: DURATIONS,
    what: 'how long requests had run when the machine itself called them off, because their answer was no longer wanted, counted in the same nine ranges; no times of day',
    statement: ['network_use.canceled_requests_over_time'],
    difference: 'called off by the machine; network_use.timeout_times: ended by a time limit',
    collector: {
      state: 'planned',
      reads: 'World.clock.monotonic around HubChannel.request, ended by its AbortSignal',
    },
    example: [0, 1, 0, 0, 0, 0, 0, 0, 0],
  }),
  item({
    ...NETWORK_USE,
    id: 'network_use.error_codes',
    type: {
      kind: 'list',
      of: { kind: 'record', fields: { code: { kind: 'choice', values: ERROR_CODES }, count: COUNT } },
      max: 32,
    },
    what: "how often each of Tocsin's own error codes ended a request; codes only, no words of an error",
    statement: ['network_use.error_code'],
    difference:
      'counts of a whole period; portal.error_code is one failed request, web_access.error_code a page that a program opened',
    collector: {
      state: 'planned',
      reads: 'TocsinError.code of each rejected HubChannel.request (client/channel/channel.ts)',
    },
    example: [{ code: 'unreachable', count: 3 }],
  }),
] as const;

export const NETWORK_REQUEST_ITEMS = [...CONNECTION_ITEMS, ...REQUEST_ITEMS] as const;
