// The messages that hold content: single objects that the hub asks for, and reports of what a process did.
import type { Message } from '../message.ts';

const MIB = 2 ** 20;

export const SUBMISSION_MESSAGES: readonly Message[] = [
  {
    id: 'submission',
    title: 'A file, a part of one, memory or a boot sector, for analysis',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'object.sha256',
      'object.sealing_key_id',
      'submission.file_part',
      'submission.whole_file',
      'submission.trusted_file',
      'submission.memory_portion',
      'submission.boot_sector',
    ],
    required: ['object.sha256'],
    reasons: {
      requested:
        'the hub asks for this one object because nobody knows it and a machine met it as suspicious',
      investigation: 'the hub asks for it to find out how this machine was infected',
      'handed-in': 'a person hands it in',
    },
    schedule: {
      when: 'when asked for, the smallest part first; documents, mail, archives and pictures only after a yes of the person',
      atMostPerDay: 50,
    },
    service: 'analysis of objects that nobody knows yet, and the verdicts that follow from it',
    producer: 'planned',
    maxBytes: 96 * MIB,
  },
  {
    id: 'activity-report',
    title: 'What a suspected process did',
    attribution: 'attributed',
    from: 'extended',
    items: [
      'object.sha256',
      'object.sealing_key_id',
      'submission.activity_report',
      'submission.process_accessed_files',
      'submission.process_accessed_addresses',
      'submission.process_download_addresses',
    ],
    required: ['object.sha256'],
    reasons: {
      requested: 'the hub asks what the process of an unknown file did',
      investigation: 'the hub asks for it to find out how this machine was infected',
      stopped: 'a process was stopped because of what it did',
    },
    schedule: { when: 'when asked for, and when a process was stopped', atMostPerDay: 20 },
    service: null,
    producer: 'planned',
    maxBytes: 8 * MIB,
  },
];
