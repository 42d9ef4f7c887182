// The messages that leave at every participation, `off` included: what receiving shows, receipts, the alarm, and
// the request to erase.
import type { Message } from '../message.ts';

export const CONNECTION_MESSAGES: readonly Message[] = [
  {
    id: 'connection',
    title: 'What receiving itself shows',
    attribution: 'connection',
    from: 'connection',
    items: [
      'connection.machine_id',
      'connection.address',
      'connection.time',
      'connection.lists',
      'connection.join_secret',
      'connection.policy_sequence',
      'connection.consent_record',
      'connection.alarm_code',
    ],
    required: [],
    reasons: {
      join: 'the machine joins a hub',
      lists:
        'the machine fetches lists, key documents or the secret by which Wi-Fi networks are looked for in them, or asks whether there are new ones',
      events: 'the machine waits for news from its hub',
      renewal: 'the certificate of the machine is renewed',
      policy: 'a policy or a Statement is fetched and acknowledged',
      consent:
        'the machine asks which of its choices its hub knows as the newest, before anything else leaves: a copy of an older state must not send what was withdrawn since',
    },
    schedule: {
      when: 'whenever a program of Tocsin speaks to the hub: while `tocsin join` or `tocsin sync` runs (the service of the agent is `tocsin sync --follow`), when `tocsin check` or a scan without `--offline` begins, and when anything else of this list is sent',
      atMostPerDay: 100_000,
    },
    service:
      'everything that comes from the hub; lists can still be brought in by hand, from a mirror or as a pack',
    producer: 'built',
    maxBytes: 65_536,
  },
  {
    id: 'consent-receipt-request',
    title: 'The record of a choice about participation',
    attribution: 'attributed',
    from: 'connection',
    items: ['connection.consent_record', 'connection.policy_sequence'],
    required: ['connection.consent_record'],
    reasons: {
      given: 'participation, sharing or commercial use was agreed to, or widened',
      narrowed: 'participation, sharing or commercial use was narrowed',
      withdrawn: 'participation was switched off',
    },
    schedule: { when: 'once for each such choice, until the hub has countersigned it', atMostPerDay: 100 },
    service: 'the countersigned receipt of a choice',
    producer: 'built',
    maxBytes: 65_536,
  },
  {
    id: 'tamper-alarm',
    title: 'The alarm of self-defence',
    attribution: 'attributed',
    from: 'connection',
    items: ['connection.alarm_code', 'connection.alarm_at'],
    required: ['connection.alarm_code'],
    reasons: {
      settings:
        'the settings that say what is sent and to whom were altered, replaced by older ones, unreadable or gone',
      'switched-off': 'self-defence was switched off',
      cloned: 'the machine is a copy of another one that had joined',
    },
    schedule: { when: 'when it is found and the hub can be reached; each finding once', atMostPerDay: 24 },
    service: 'warnings to the operator that the settings of a machine were tampered with',
    producer: 'built',
    maxBytes: 2048,
  },
  {
    id: 'erasure-request',
    title: 'The request to erase',
    attribution: 'attributed',
    from: 'connection',
    items: [
      'connection.erasure_scope',
      'connection.erasure_until',
      'connection.consent_record',
      'connection.policy_sequence',
    ],
    required: ['connection.erasure_scope'],
    reasons: {
      withdrawn: 'consent was withdrawn',
      asked: 'a person asks for it without withdrawing consent',
      left: 'Tocsin is removed from the machine, or the machine leaves its hub',
    },
    schedule: {
      when: 'at once, and again until the hub has confirmed it with a signature',
      atMostPerDay: 100,
    },
    service: 'erasure, at the hub, of what came from the machine',
    producer: 'built',
    maxBytes: 65_536,
  },
];
