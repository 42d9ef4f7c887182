// Items about Tocsin itself on a machine beyond the short list: updates, lists, false alarms that were taken
// back, and checks of weak settings.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const OWN = {
  ...COMMON,
  purposes: ['update-quality'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'updates',
} as const;

const VERSION = '[0-9A-Za-z][0-9A-Za-z.+:~_-]{0,63}';

const STATE = [
  item({
    ...OWN,
    id: 'software.installation_id',
    type: { kind: 'digest', bytes: 32 },
    what: 'a number that stands for this installation in statistics: an HMAC of a random number made at installation, under a secret of the machine; it names no hardware, and a new installation has another one',
    purposes: ['service-quality', 'update-quality'],
    personal: true,
    transform: 'hmac-machine',
    owner: 'platform',
    statement: ['software.installation_id'],
    difference:
      'of the installation of Tocsin; device.device_id is of a device, connection.machine_id is seen by the channel',
    collector: {
      state: 'planned',
      reads: 'TOCSIN_HOME/installation, random bytes written at the first start',
    },
    example: '1c9f6d0e2b7a48355f60718293a4b5c6d7e8f90123456789abcdef0123456789',
  }),
  item({
    ...OWN,
    id: 'software.component_version',
    type: {
      kind: 'record',
      fields: {
        name: { kind: 'text', max: 64, pattern: '[A-Za-z0-9][A-Za-z0-9._-]{0,63}' },
        version: { kind: 'text', max: 64, pattern: VERSION },
      },
    },
    what: 'name and version of the one component from which the message comes',
    statement: ['software.component_version'],
    difference: 'of the component that speaks; software.components is of all',
    collector: { state: 'planned', reads: "the agent's own table of components" },
    example: { name: 'web-check', version: '0.2.0' },
  }),
  item({
    ...OWN,
    id: 'software.databases_released_at',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when the hub published the revision of the lists that is in force on the machine',
    statement: ['software.databases_released_at'],
    difference:
      'publishing at the hub, of what is in force now; software.databases_timestamp is the arrival here, object.databases_released_at belongs to a detection',
    collector: {
      state: 'planned',
      reads: 'date of the list manifest in force, TOCSIN_HOME/lists/lists.json',
    },
    example: '2026-11-23T06:00:00Z',
  }),
  item({
    ...OWN,
    id: 'software.databases_timestamp',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when that revision of the lists came into force on the machine',
    statement: ['software.databases_timestamp'],
    difference:
      'arrival on the machine; software.databases_released_at is the publishing at the hub, object.databases_released_at belongs to a detection',
    collector: { state: 'planned', reads: 'statx(2) stx_mtime of TOCSIN_HOME/lists/lists.json' },
    example: '2026-11-23T06:00:04Z',
  }),
  item({
    ...OWN,
    id: 'software.database_record_version',
    type: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'revision number' },
    what: 'the revision of the lists in which the record that the message is about stood last',
    purposes: ['false-alarm-recall', 'update-quality'],
    statement: ['software.database_record_version'],
    difference: 'of one record; software.databases_id is the revision of the lists as a whole',
    collector: { state: 'planned', reads: 'revision under which the change list named the record' },
    example: 1840,
  }),
] as const;

const UPDATE = [
  item({
    ...OWN,
    id: 'software.update_id',
    type: { kind: 'digest', bytes: 32 },
    what: 'which update it is, by the SHA-256 of its package',
    statement: ['software.update_id'],
    collector: { state: 'planned', reads: 'the package that the updater verified, TOCSIN_HOME/updates' },
    example: '9c1e04d2a7b35f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd',
  }),
  item({
    ...OWN,
    id: 'software.update_task_type',
    type: { kind: 'choice', values: ['lists', 'content-rules', 'program', 'roll-back'] },
    what: 'what was to be updated',
    statement: ['software.update_task_type'],
    collector: { state: 'planned', reads: 'the task that the updater ran' },
    example: 'program',
  }),
  item({
    ...OWN,
    id: 'software.health_after_update',
    type: { kind: 'choice', values: ['healthy', 'degraded', 'not-starting'] },
    what: 'whether Tocsin works after the update: its self-test passes, passes in part, or it does not start',
    statement: ['software.health_after_update'],
    collector: { state: 'planned', reads: 'the self-test that the updater runs after the restart' },
    example: 'healthy',
  }),
  item({
    ...OWN,
    id: 'software.update_error_code',
    type: { kind: 'text', max: 64, pattern: '[A-Za-z][A-Za-z0-9_-]{1,63}' },
    what: 'the code of the error for which an update failed',
    statement: ['software.update_error_code'],
    difference: 'the code; software.error_text is the words',
    collector: { state: 'planned', reads: 'code of the TocsinError or errno that ended the update' },
    example: 'ENOSPC',
  }),
  item({
    ...OWN,
    id: 'software.error_text',
    type: { kind: 'text', max: 256, pattern: '[^/\\\\@]{1,256}' },
    what: 'the words of that error with every path, address and host name replaced by a placeholder',
    statement: ['software.error_text'],
    difference: 'of an update; web_access.error_text is of an access that failed',
    collector: { state: 'planned', reads: 'message of the error that ended the update' },
    example: 'Cannot unpack the update: the disk is full, want 80 MB free',
  }),
  item({
    ...OWN,
    id: 'software.updater_version',
    type: { kind: 'text', max: 64, pattern: VERSION },
    what: 'the version of the updater',
    statement: ['software.updater_version'],
    collector: { state: 'planned', reads: 'version that the updater prints of itself' },
    example: '0.2.0',
  }),
  item({
    ...OWN,
    id: 'software.updater_install_errors',
    type: { kind: 'integer', min: 0, max: 1_000_000, unit: 'errors' },
    what: 'how many errors came up while the updater itself was being updated, mended ones included, since the update before',
    statement: ['software.updater_install_errors'],
    difference:
      'single errors, mended or not; software.updater_install_failures counts updates that did not come about',
    collector: { state: 'planned', reads: "the updater's record of installs, TOCSIN_HOME/updates" },
    example: 1,
  }),
  item({
    ...OWN,
    id: 'software.updater_install_failures',
    type: { kind: 'integer', min: 0, max: 1_000_000, unit: 'updates' },
    what: 'how many updates of the updater itself did not come about in the end, since the last one that did',
    statement: ['software.updater_install_failures'],
    difference: 'updates given up; software.updater_install_errors counts single errors',
    collector: { state: 'planned', reads: "the updater's record of installs, TOCSIN_HOME/updates" },
    example: 0,
  }),
  item({
    ...OWN,
    id: 'software.version_before_update',
    type: { kind: 'text', max: 64, pattern: VERSION },
    what: 'the full version of Tocsin before the update',
    statement: ['software.version_before_update'],
    difference: 'before the update; software.product holds the version after it',
    collector: { state: 'planned', reads: "the updater's record of installs, TOCSIN_HOME/updates" },
    example: '0.1.0',
  }),
] as const;

const RECALL = {
  ...OWN,
  purposes: ['false-alarm-recall'],
  owner: 'detection',
} as const;

const RECALLS = [
  item({
    ...RECALL,
    id: 'software.false_positive_recall_attribute',
    type: {
      kind: 'choice',
      values: [
        'file-digest',
        'certificate',
        'package-vouched',
        'url',
        'host',
        'local-override',
        'record-withdrawn',
      ],
    },
    what: 'by what an alarm was recognised as false and taken back: which property of the object the newer record names',
    statement: ['software.false_positive_recall_attribute'],
    collector: { state: 'planned', reads: 'kind of the key in the change list that lifted the verdict' },
    example: 'file-digest',
  }),
  item({
    ...RECALL,
    id: 'software.triggered_record_id',
    type: { kind: 'text', max: 80, pattern: '[A-Za-z0-9][A-Za-z0-9._:-]*' },
    what: 'the id of the list record that had raised the alarm which is taken back',
    statement: ['software.triggered_record_id'],
    difference: 'of a record whose alarm is taken back; object.record_id is of a detection that stands',
    collector: { state: 'planned', reads: 'record id of the verdict before the recall, in the scan records' },
    example: 'r3fa9c0d1e2b4',
  }),
  item({
    ...RECALL,
    id: 'software.triggered_record_type',
    type: {
      kind: 'choice',
      values: [
        'local-decision',
        'digest',
        'address',
        'address-range',
        'certificate',
        'mask',
        'content-rule',
        'behaviour-rule',
        'network-rule',
      ],
    },
    what: 'what sort of record had raised the alarm which is taken back',
    statement: ['software.triggered_record_type'],
    difference: 'of a record whose alarm is taken back; object.record_type is of a detection that stands',
    collector: { state: 'planned', reads: 'source of the verdict before the recall, in the scan records' },
    example: 'content-rule',
  }),
  item({
    ...RECALL,
    id: 'software.triggered_record_timestamp',
    type: { kind: 'time', precision: 'second' },
    transform: 'utc-second',
    what: 'when the record that had raised the alarm which is taken back was published',
    statement: ['software.triggered_record_timestamp'],
    difference: 'of a record whose alarm is taken back; object.record_made_at is of a detection that stands',
    collector: { state: 'planned', reads: 'publishing time of that record in the list or rule pack' },
    example: '2026-11-20T11:30:00Z',
  }),
] as const;

const WEAK = { ...OWN, purposes: ['settings-safety'], owner: 'platform' } as const;

const WEAK_SETTINGS = [
  item({
    ...WEAK,
    id: 'software.weak_settings_scan_result',
    type: {
      kind: 'choice',
      values: ['none-found', 'found', 'mended', 'partly-mended', 'failed', 'cancelled'],
    },
    what: 'how a search for weak settings of the operating system ended',
    statement: ['software.weak_settings_scan_result'],
    difference: 'of the whole search; device.weak_setting_action is what was done with one setting',
    collector: {
      state: 'planned',
      reads: "result of the agent's check of /etc/ssh/sshd_config, sysctl and file modes",
    },
    example: 'found',
  }),
  item({
    ...WEAK,
    id: 'software.weak_setting_scan_task_type',
    type: { kind: 'choice', values: ['on-demand', 'scheduled', 'on-change', 'after-update'] },
    what: 'what started the search that found the weak setting',
    statement: ['software.weak_setting_scan_task_type'],
    collector: { state: 'planned', reads: 'the task under which the agent ran the check' },
    example: 'scheduled',
  }),
] as const;

export const SOFTWARE_ITEMS = [...STATE, ...UPDATE, ...RECALLS, ...WEAK_SETTINGS] as const;
