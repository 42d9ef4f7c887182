// The message that explains failed requests to services of the hub. It carries no body and no credential of one.
import type { Message } from '../message.ts';

export const PORTAL_MESSAGES: readonly Message[] = [
  {
    id: 'portal-interaction',
    title: 'A failed or slow request to a service of the hub',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'portal.request_id',
      'portal.client_program',
      'portal.error_category',
      'portal.error_code',
      'portal.response_status',
      'portal.duration',
      'portal.token_type',
      'portal.token_mark',
      'portal.token_lifetime',
      'portal.object_path',
      'portal.source_line',
    ],
    required: ['portal.request_id', 'portal.duration'],
    reasons: {
      failed: 'a request to a service of the hub failed, or was refused, after its last attempt',
      slow: 'a request to a service of the hub was answered, but took longer than ten seconds',
    },
    schedule: {
      when: 'when the hub can be reached again after such a request; look-ups, lists and events never cause it',
      atMostPerDay: 24,
    },
    service: null,
    producer: 'planned',
    maxBytes: 8192,
  },
];
