// The questions about objects. All are anonymous: the hub answers and keeps neither question nor asker.
// Their bodies have the forms of protocol/lookup.ts and protocol/history.ts.
import type { Message } from '../message.ts';

const ITEMS = ['lookup.kind', 'lookup.bits', 'lookup.prefix'] as const;

/** A machine met the object, or somebody asked about it by name. */
export type LookupReason = 'unknown' | 'asked';

export const LOOKUP_MESSAGES: readonly Message[] = [
  {
    id: 'lookup',
    title: 'A question about files',
    attribution: 'anonymous',
    from: 'standard',
    items: ITEMS,
    required: ITEMS,
    reasons: {
      unknown:
        'a file or certificate is met of which neither decisions on this machine, nor its lists, nor an earlier answer know anything',
      asked: 'a person or a program asks about it',
    },
    schedule: {
      when: 'when such a thing is met; up to 1,000 prefixes in one envelope',
      atMostPerDay: 1_000_000,
    },
    service: 'answers about files that are in no list of this machine; its lists go on protecting it',
    producer: 'built',
    maxBytes: 131_072,
  },
  {
    id: 'lookup-address',
    title: 'A question about a web address, a host or a network',
    attribution: 'anonymous',
    from: 'standard',
    items: ITEMS,
    required: ITEMS,
    reasons: {
      unknown:
        'an address, host or network is met of which neither decisions on this machine, nor its lists, nor an earlier answer know anything',
      asked: 'a person or a program asks about it',
    },
    schedule: {
      when: 'when such a thing is met; one prefix in an envelope, because the parts of one address together would name it',
      atMostPerDay: 1_000_000,
    },
    service: 'answers about addresses that are in no list of this machine; its lists go on protecting it',
    producer: 'built',
    maxBytes: 1024,
  },
  {
    id: 'lookup-history',
    title: 'A question for the history of one object',
    attribution: 'anonymous',
    from: 'extended',
    items: ['lookup.kind', 'lookup.key'],
    required: ['lookup.kind', 'lookup.key'],
    reasons: { asked: 'a person asks who said what of one object' },
    schedule: {
      when: 'when a person asks for it by name; one object in an envelope, and never because the machine met it',
      atMostPerDay: 10_000,
    },
    service: 'who said what of an object, and since when; its verdict is answered without',
    producer: 'built',
    maxBytes: 1024,
  },
];
