// Items that hold content: files, parts of them, memory, and what a process did. They are sent only when the hub
// asks for that one object, sealed to its key; documents, mail, archives and pictures need a person's yes as well.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const MIB = 2 ** 20;

const CONTENT = {
  ...COMMON,
  purposes: ['threat-analysis'],
  sensitivity: 'highly-sensitive',
  personal: true,
  participation: 'extended',
  editions: ALL_EDITIONS,
  transform: 'sealed',
  retentionDays: 30,
  owner: 'detection',
} as const;

const FILES = [
  item({
    ...CONTENT,
    id: 'submission.file_part',
    type: { kind: 'bytes', max: MIB },
    what: 'a part of a file, the smallest that decides (header, one section, one script block); asked for before the whole',
    statement: ['extended.file_part'],
    difference: 'one part, whatever the file; submission.whole_file is all of a suspicious file',
    collector: {
      state: 'planned',
      reads: 'pread(2) of the offsets that the hub asks for, of a file in quarantine or on disk',
    },
    example: 'f0VMRgIBAQA=',
  }),
  item({
    ...CONTENT,
    id: 'submission.whole_file',
    type: { kind: 'bytes', max: 64 * MIB },
    what: 'a whole file that is suspected and unknown, for instance one that a bad link brought',
    statement: ['extended.whole_file'],
    difference: 'of a suspected file; submission.trusted_file is of a good one',
    collector: {
      state: 'planned',
      reads: 'read(2) of a file in quarantine, or on disk after FAN_OPEN_EXEC_PERM',
    },
    example: 'f0VMRgIBAQA=',
  }),
  item({
    ...CONTENT,
    id: 'submission.trusted_file',
    type: { kind: 'bytes', max: 64 * MIB },
    what: 'a whole file, executable or not, that counts as good and is needed to understand an infection of this machine (a system file that was used or altered)',
    statement: ['extended.trusted_file'],
    difference: 'of a good file, in an investigation only; submission.whole_file is of a suspected one',
    collector: { state: 'planned', reads: 'read(2) of the one file that the hub names in an investigation' },
    example: 'f0VMRgIBAQA=',
  }),
] as const;

const SYSTEM = [
  item({
    ...CONTENT,
    id: 'submission.memory_portion',
    type: { kind: 'bytes', max: 16 * MIB },
    what: 'portions of the memory of one suspected process, in an investigation only; memory can hold passwords and anything that the process worked on',
    statement: ['extended.memory_portion'],
    collector: { state: 'planned', reads: 'the executable mappings in /proc/PID/maps, from /proc/PID/mem' },
    example: 'kJCQkA==',
  }),
  item({
    ...CONTENT,
    id: 'submission.boot_sector',
    type: { kind: 'bytes', max: 64 * 1024 },
    what: 'the boot code and partition table at the start of the disk from which the machine started, in an investigation only',
    personal: false,
    sensitivity: 'technical',
    statement: ['extended.boot_sector'],
    collector: { state: 'planned', reads: 'pread(2) of the first 64 KiB of the block device below /boot' },
    example: '6wAAAFWq',
  }),
] as const;

const HOST_OR_URL = '(?:[a-z][a-z0-9+.-]*://[^\\s?#@]+|[0-9a-f.:]{2,45})';

const PROCESS = [
  item({
    ...CONTENT,
    id: 'submission.activity_report',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          after: { kind: 'integer', min: 0, max: 86_400_000, unit: 'ms' },
          event: {
            kind: 'choice',
            values: [
              'start',
              'exit',
              'open',
              'write',
              'delete',
              'rename',
              'connect',
              'listen',
              'load',
              'privilege',
            ],
          },
          count: { kind: 'integer', min: 1, max: 1_000_000, unit: 'events' },
        },
      },
      max: 10_000,
    },
    what: 'what one suspected process did, as a list of events: how long after its start, what sort, how often; without names, paths and addresses, which are items of their own',
    sensitivity: 'interaction',
    statement: ['extended.activity_report'],
    collector: { state: 'planned', reads: 'fanotify and the proc connector (PROC_EVENT_*) for that process' },
    example: [{ after: 120, event: 'connect', count: 3 }],
  }),
  item({
    ...CONTENT,
    id: 'submission.process_accessed_files',
    type: {
      kind: 'list',
      of: { kind: 'text', max: 4096, pattern: '/(?!home/(?!USER(?:/|$))).*' },
      max: 1000,
    },
    what: "the files that the process opened or wrote, each by its full path, with the user's name in it replaced",
    transform: 'path-without-user',
    statement: ['extended.process_accessed_files'],
    collector: {
      state: 'planned',
      reads: 'fanotify FAN_OPEN and FAN_CLOSE_WRITE of that process, /proc/self/fd/FD',
    },
    example: ['/home/USER/.config/autostart/x.desktop'],
  }),
  item({
    ...CONTENT,
    id: 'submission.process_accessed_addresses',
    type: { kind: 'list', of: { kind: 'text', max: 2048, pattern: HOST_OR_URL }, max: 1000 },
    what: 'network addresses, and web addresses without user name, query and fragment, that the process connected to',
    transform: 'url-without-secrets',
    statement: ['extended.process_accessed_addresses'],
    difference: 'where the process went; submission.process_download_addresses is where its file came from',
    collector: {
      state: 'planned',
      reads: "sock_diag (INET_DIAG) of that process, and the agent's web check",
    },
    example: ['192.0.2.66', 'http://bad.example/gate.php'],
  }),
  item({
    ...CONTENT,
    id: 'submission.process_download_addresses',
    type: { kind: 'list', of: { kind: 'text', max: 2048, pattern: HOST_OR_URL }, max: 100 },
    what: 'network addresses, and web addresses without user name, query and fragment, from which the file of the process was downloaded',
    transform: 'url-without-secrets',
    statement: ['extended.process_download_addresses'],
    difference: 'where the file came from; submission.process_accessed_addresses is where the process went',
    collector: {
      state: 'planned',
      reads: "xattr user.xdg.origin.url of the file, and the agent's record of downloads",
    },
    example: ['http://bad.example/dropper'],
  }),
] as const;

export const SUBMISSION_ITEMS = [...FILES, ...SYSTEM, ...PROCESS] as const;
