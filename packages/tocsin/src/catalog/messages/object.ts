// The messages about objects that were examined: what was found (detection.ts), how common programs are, failures,
// the program files of Tocsin itself, new devices, and content that the hub asked for.
import type { Message } from '../message.ts';
import { DETECTION_MESSAGES } from './detection.ts';
import { IDENTITY, PROGRAM, SIGNATURE } from './object-items.ts';

const STATISTICS_MESSAGES: readonly Message[] = [
  {
    id: 'object-statistics',
    title: 'A program and how common it is',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'object.sha256',
      'object.runs',
      'object.verdict',
      'object.ask_result',
      ...IDENTITY,
      ...PROGRAM,
      ...SIGNATURE,
    ],
    required: ['object.sha256'],
    reasons: {
      'first-seen':
        'a program, library or script that no list knows was met for the first time on this machine',
      started: 'such a program was started since it was last reported',
      autostart: 'such a program was entered among those that start by themselves',
    },
    schedule: { when: 'gathered once a day, each program once', atMostPerDay: 2000 },
    service:
      "the hub's word on how common a program is and since when it is known, for programs that only this machine has",
    producer: 'planned',
    maxBytes: 32_768,
  },
  {
    id: 'object-error',
    title: 'An object that could not be examined to its end',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'object.sha256',
      'object.engine_log',
      'object.source_line',
      'object.protocol_error',
      'object.application_protocol',
      'object.kind',
      'object.format',
      'object.size',
      'object.detection_task',
    ],
    required: ['object.engine_log'],
    reasons: {
      failed: 'a stage of the examination ended with an error',
      limit: 'a stage gave up at a limit of time, depth or size',
    },
    schedule: { when: 'gathered once an hour; the same object and stage once', atMostPerDay: 100 },
    service: null,
    producer: 'planned',
    maxBytes: 16_384,
  },
  {
    id: 'module-integrity',
    title: "Whether Tocsin's own program files are intact",
    attribution: 'attributed',
    from: 'extended',
    items: ['object.module_integrity', 'software.product', 'software.components', 'software.module_updates'],
    required: ['object.module_integrity'],
    reasons: {
      changed: 'the result of the check differs from the one reported last',
      updated: 'the check after an update was made',
    },
    schedule: { when: 'after the check at start, after an update and once a day', atMostPerDay: 24 },
    service: "the alarm at the hub when files of Tocsin's program on this machine were altered",
    producer: 'planned',
    maxBytes: 8192,
  },
  {
    id: 'dhcp-request',
    title: 'What a device in the home network shows when it asks for an address',
    attribution: 'attributed',
    from: 'extended',
    items: ['object.dhcp_request'],
    required: ['object.dhcp_request'],
    reasons: {
      'new-device': 'a device asked for an address that was not met before in a network marked as home',
    },
    schedule: { when: 'at such an event, each device once', atMostPerDay: 50 },
    service: 'naming the kind of a new device in the home network',
    producer: 'planned',
    maxBytes: 4096,
  },
];

const CONTENT_MESSAGES: readonly Message[] = [
  {
    id: 'object-content',
    title: 'Content of an object, whole or in part',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'object.sha256',
      'object.kind',
      'object.format',
      'object.size',
      'object.fragment',
      'object.fragment_order',
      'object.parts',
      'object.content',
      'object.web_page',
      'object.mail',
      'object.sealing_key_id',
    ],
    required: ['object.sha256', 'object.sealing_key_id'],
    reasons: {
      asked:
        'the hub asked for these pieces, or for those where a rule matched, because its verdict depends on them, and the kind of object needs no further yes',
      agreed: 'a person said yes to sending this very object, page or mail',
    },
    schedule: { when: 'at such an event, the smallest piece first, each piece once', atMostPerDay: 50 },
    service: 'the examination at the hub of objects of this machine that nobody knows yet',
    producer: 'planned',
    maxBytes: 524_288,
  },
];

export const OBJECT_MESSAGES: readonly Message[] = [
  ...DETECTION_MESSAGES,
  ...STATISTICS_MESSAGES,
  ...CONTENT_MESSAGES,
];
