// What receiving itself shows, at every participation, and what consent and self-defence cannot do without:
// receipts, the alarm, the erasure request. Serves no row of the long lists.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const SHOWN = {
  ...COMMON,
  purposes: ['delivery'],
  participation: 'connection',
  editions: ALL_EDITIONS,
  owner: 'network',
  statement: [],
} as const;

const CHANNEL = [
  item({
    ...SHOWN,
    id: 'connection.machine_id',
    type: { kind: 'uuid' },
    what: "a random number that stands for this machine at its hub; it is in the machine's certificate, together with the public half of a key that the machine made for itself, and no name of the machine, its owner or its network is in there",
    sensitivity: 'technical',
    personal: true,
    retentionDays: 180,
    proof: 'in-force',
    collector: {
      state: 'built',
      reads: 'drawn at random by the hub when the machine joins; TOCSIN_HOME/identity',
    },
    example: '7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55',
  }),
  item({
    ...SHOWN,
    id: 'connection.address',
    type: { kind: 'text', max: 64, pattern: '[0-9a-f.:]{2,45}(?:, port [0-9]{1,5})?' },
    what: 'the network address and port from which the machine reaches its hub; no connection works without it, and the hub does not write it down',
    sensitivity: 'technical',
    personal: true,
    retentionDays: 0,
    collector: { state: 'built', reads: 'source address of the TCP connection to the hub' },
    example: '192.0.2.17, port 51544',
  }),
  item({
    ...SHOWN,
    id: 'connection.time',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when each connection began, and by its end how long it lasted: whoever is called knows when',
    sensitivity: 'technical',
    personal: true,
    retentionDays: 30,
    collector: { state: 'built', reads: 'the clock of the hub, at accept(2) and close(2)' },
    example: '2026-11-23T08:15:02Z',
  }),
  item({
    ...SHOWN,
    id: 'connection.lists',
    type: { kind: 'list', of: { kind: 'text', max: 128, pattern: '[ -~]{1,128}' }, max: 64 },
    what: 'names and versions of the lists and key documents that the machine fetches or already holds, so that only what is new is sent',
    sensitivity: 'technical',
    retentionDays: 0,
    collector: {
      state: 'built',
      reads: 'paths and If-None-Match of the requests for lists and key documents',
    },
    example: ['known-good file-sha256 9c1e04d2'],
  }),
  item({
    ...SHOWN,
    id: 'connection.join_secret',
    type: { kind: 'text', max: 128, pattern: '[A-Za-z0-9_-]{16,128}' },
    what: 'once, when joining: the secret of the join token that a person typed in, to show that this machine was invited; the hub keeps only its digest, until the token ends',
    sensitivity: 'technical',
    retentionDays: 0,
    collector: { state: 'built', reads: 'the join token given to `tocsin join`' },
    example: 'pV3x0nqj2bG8Yw1sKd7LrT5uZc9AeHfM4iXoN6vQkPs',
  }),
] as const;

const CONSENT = {
  ...SHOWN,
  owner: 'privacy',
  sensitivity: 'technical',
} as const;

const RECEIPTS = [
  item({
    ...CONSENT,
    id: 'connection.policy_sequence',
    type: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'sequence number' },
    what: 'the number of the policy that the machine has in force, as its acknowledgement',
    retentionDays: 90,
    collector: {
      state: 'built',
      reads: 'sequence of the policy in force (TOCSIN_HOME/policy.json), beside the record that it caused',
    },
    example: 7,
  }),
  item({
    ...CONSENT,
    id: 'connection.consent_record',
    type: { kind: 'bytes', max: 32_768 },
    what: 'the signed record of a choice about participation: which level, which Statement by its SHA-256, when, under which rules, and the two choices about sharing and commercial use; the hub countersigns it and gives it back as the receipt',
    personal: true,
    retentionDays: 365,
    proof: 'in-force',
    collector: {
      state: 'built',
      reads: 'the records of TOCSIN_HOME/consent.log that the hub has not countersigned',
    },
    example: 'eyJwYXlsb2FkVHlwZSI6ImFwcGxpY2F0aW9uL3ZuZC50b2NzaW4uY29uc2VudCtqc29uIn0=',
  }),
  item({
    ...CONSENT,
    id: 'connection.erasure_scope',
    type: { kind: 'choice', values: ['all', 'statistics', 'submissions'] },
    what: 'what the hub is asked to erase of the data that came from this machine',
    purposes: ['delivery'],
    personal: true,
    retentionDays: 365,
    proof: 'event',
    collector: { state: 'built', reads: 'the withdrawal of consent by `tocsin participation off`' },
    example: 'all',
  }),
  item({
    ...CONSENT,
    id: 'connection.erasure_until',
    type: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'sequence number' },
    what: 'the sequence number of the last message that the erasure of a part covers: none of the earlier ones may arrive late and stay',
    retentionDays: 365,
    proof: 'event',
    collector: {
      state: 'planned',
      reads:
        'the highest sequence number that the spool gave out, where only statistics or only submissions are to be erased',
    },
    example: 5120,
  }),
  item({
    ...CONSENT,
    id: 'connection.alarm_code',
    type: {
      kind: 'choice',
      values: [
        'settings-altered',
        'settings-older',
        'settings-unreadable',
        'settings-deleted',
        'self-defence-off',
        'cloned',
      ],
    },
    what: 'what self-defence found about the settings that say what is sent and to whom; neither the settings nor who changed them',
    purposes: ['settings-safety'],
    retentionDays: 365,
    collector: {
      state: 'built',
      reads:
        'the check of TOCSIN_HOME/settings.json at start, on change (fs.watch of its directory) and every ten minutes',
    },
    example: 'settings-altered',
  }),
  item({
    ...CONSENT,
    id: 'connection.alarm_at',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when self-defence found it',
    purposes: ['settings-safety'],
    retentionDays: 365,
    collector: { state: 'built', reads: 'the clock of the machine at that check' },
    example: '2026-11-23T08:15:02Z',
  }),
] as const;

export const CONNECTION_ITEMS = [...CHANNEL, ...RECEIPTS] as const;
