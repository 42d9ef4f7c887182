// The message about the protected browser for payment sites.
import type { Message } from '../message.ts';

export const PAYMENT_PROTECTION_MESSAGES: readonly Message[] = [
  {
    id: 'payment-protection',
    title: 'A payment site and how it was opened',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'payment.url',
      'payment.referrer',
      'payment.listed',
      'payment.start_mode',
      'payment.launch_choice',
      'payment.choice_remembered',
      'payment.rule_change',
    ],
    required: ['payment.url'],
    reasons: {
      offered: 'a protected browser was offered for a payment site, and the person chose',
      'opened-by-rule': 'a rule of the person opened a payment site without asking',
      'rule-changed': 'the person changed the entry of a site in the settings',
    },
    schedule: { when: 'at such an event; the same site and reason once a day at most', atMostPerDay: 50 },
    service: null,
    producer: 'planned',
    maxBytes: 8192,
  },
];
