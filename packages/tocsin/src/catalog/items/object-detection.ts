// Items that say how an object was judged: by whom, by which entry of a list or rule, in which task, with what
// result, and what failed on the way. Nothing of the object's content and no word of a person is here.
import { ANSWERED_BY, LEVEL_NAMES } from '../../protocol/verdict.ts';
import { item } from '../item.ts';
import { OBJECT, OF_A_PERSON, planned } from './object-common.ts';

/** Stages of the examination of an object, as the engine's log names them. */
const STAGES = ['open', 'read', 'digest', 'look-up', 'unpack', 'signature', 'rules', 'act'] as const;

const JUDGED = { ...OBJECT, purposes: ['threat-analysis', 'false-alarm-recall'] } as const;

export const OBJECT_DETECTION_ITEMS = [
  item({
    ...JUDGED,
    id: 'object.decision_source',
    type: { kind: 'choice', values: [...ANSWERED_BY, 'content-rule', 'behaviour-rule', 'network-rule'] },
    what: 'who decided about the object: a decision made on this machine, a list, an earlier answer, the relay, the hub, or a rule; `none` where nobody knew it',
    statement: ['object.decision_source'],
    difference: 'of this one object; the network use group tells by whom look-ups are answered',
    collector: planned('answeredBy of the ladder (client/ladder.ts), or the rule engine that matched'),
    example: 'hub',
  }),
  item({
    ...JUDGED,
    id: 'object.verdict',
    type: { kind: 'choice', values: LEVEL_NAMES },
    what: 'the level on which this machine acted in the end, decisions made on the machine and rules included',
    statement: ['object.software_verdict'],
    difference:
      'the final level; object.network_level is what the network alone said, object.ask_result how the asking went',
    collector: planned('level of the Verdict that the scan or the guard acted on (protocol/verdict.ts)'),
    example: 'malicious',
  }),
  item({
    ...JUDGED,
    id: 'object.network_level',
    type: { kind: 'choice', values: LEVEL_NAMES },
    what: "the level, from trusted to malicious, that lists and hub gave for the object before this machine's own rules were heard",
    statement: ['object.trust_indicator'],
    difference:
      'without local rules and decisions, unlike object.verdict; missing where object.ask_result tells of no answer',
    collector: planned(
      'level of the Verdict from list, cache, relay or hub in the ladder (client/ladder.ts)',
    ),
    example: 'unknown',
  }),
  item({
    ...JUDGED,
    id: 'object.ask_result',
    type: {
      kind: 'choice',
      values: [
        'answered',
        'answered-near',
        'not-asked',
        'unreachable',
        'timed-out',
        'refused',
        'not-believed',
      ],
    },
    what: 'how asking about the object went: answered by the hub, answered on the machine, not asked because participation forbids it, not reached, too late, refused, or the answer was not believed because a check of it failed',
    purposes: ['service-quality', 'false-alarm-recall'],
    statement: ['object.network_status_result'],
    difference: 'the fate of the question; object.network_level is the content of the answer',
    collector: planned(
      'answer or error of the FarRung (client/ask-far.ts), and answeredBy of the ladder (client/ladder.ts)',
    ),
    example: 'answered',
  }),
  item({
    ...JUDGED,
    id: 'object.record_type',
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
    what: 'what sort of entry in a list or rule set brought the decision about, chosen from a fixed list',
    statement: ['object.triggered_record_type'],
    difference:
      'of the entry that matched this object; the software group speaks of entries that were found to be wrong',
    collector: planned('kind of the segment, or of the rule pack, in which the entry was found'),
    example: 'content-rule',
  }),
  item({
    ...JUDGED,
    id: 'object.record_id',
    type: { kind: 'text', max: 80, pattern: '[A-Za-z0-9][A-Za-z0-9._:-]*' },
    what: 'the name of the entry in a published list or rule set that brought the decision about; withheld where it was a decision made on this machine',
    statement: ['object.triggered_record_id'],
    difference:
      'of the entry that matched this object; the software group speaks of entries that were found to be wrong',
    collector: planned(
      'record of the Verdict (recordId in protocol/verdict.ts), or pack and name of the rule',
    ),
    example: 'r3fa9c0d1e2b4',
  }),
  item({
    ...JUDGED,
    id: 'object.record_made_at',
    type: { kind: 'time', precision: 'second' },
    what: 'when that entry got its present form at the hub; the same for all machines that have it',
    transform: 'utc-second',
    statement: ['object.triggered_record_timestamp'],
    difference: 'of one entry; object.databases_released_at is of all lists and rules together',
    collector: planned('date of the list manifest or rule pack that holds the entry'),
    example: '2026-11-22T17:40:00Z',
  }),
  item({
    ...JUDGED,
    id: 'object.databases_released_at',
    type: { kind: 'time', precision: 'second' },
    what: 'when the hub published the newest of the lists and rule sets by which the object was judged; it tells how up to date the machine was then',
    transform: 'utc-second',
    statement: ['object.database_timestamp', 'object.databases_released_at'],
    difference:
      'of the sets in use when this object was judged; the software group tells what is installed at the time of its report',
    collector: planned(
      'date of the newest list manifest in use (client/list-store.ts) when the verdict was made',
    ),
    example: '2026-11-23T06:00:00Z',
  }),
  item({
    ...JUDGED,
    id: 'object.detection_traits',
    type: {
      kind: 'list',
      of: {
        kind: 'choice',
        values: [
          'exact-digest',
          'weak-digest',
          'inside-archive',
          'content-pattern',
          'guess-by-structure',
          'behaviour',
          'memory',
          'bad-certificate',
          'bad-origin',
          'network-pattern',
        ],
      },
      max: 10,
    },
    what: 'by which traits the object was recognised (its digest, a pattern in the content, its behaviour, its origin ...), chosen from a fixed list',
    statement: ['object.detect_characteristics'],
    difference: 'of this one detection; the network use group counts over all of them',
    collector: planned('the stages that contributed to the verdict, as the scan result lists them'),
    example: ['inside-archive', 'exact-digest'],
  }),
  item({
    ...JUDGED,
    id: 'object.test_detection',
    type: { kind: 'flag' },
    what: 'whether the rule that matched is still on trial: then the match is only reported, and nothing is blocked, moved or shown',
    statement: ['object.debug_detection'],
    collector: planned('trial mark of the rule in its rule pack'),
    example: false,
  }),
  item({
    ...JUDGED,
    id: 'object.detection_task',
    type: {
      kind: 'choice',
      values: [
        'open',
        'execute',
        'scan-by-hand',
        'scan-scheduled',
        'scan-startup',
        'scan-removable',
        'scan-memory',
        'web',
        'mail',
        'network',
        'behaviour',
        'later-verdict',
      ],
    },
    what: 'in which kind of task the object was found; neither the time nor a name that a person gave the task',
    statement: ['object.detection_task_id'],
    collector: planned(
      'the task that handed the object to the scan: fanotify guard, tocsin scan, timer, web check or recall',
    ),
    example: 'open',
  }),
  item({
    ...JUDGED,
    ...OF_A_PERSON,
    id: 'object.behaviour_detected_at',
    type: { kind: 'time', precision: 'second' },
    what: 'when the behaviour rules recognised the process as harmful, in UTC without the time zone; the seconds show which of several machines was first',
    transform: 'utc-second',
    statement: ['object.behaviour_detected_at'],
    collector: planned('clock_gettime(2) CLOCK_REALTIME at the match of the behaviour rule'),
    example: '2026-11-23T08:14:31Z',
  }),
  item({
    ...JUDGED,
    id: 'object.behaviour_number',
    type: { kind: 'integer', min: 1, max: 1_000_000, unit: 'detections' },
    what: 'the running number of the detection by the behaviour rules since Tocsin started on this machine, so that several messages about one detection can be put together',
    statement: ['object.behaviour_detection_number'],
    collector: planned('counter of the behaviour rules, back to 1 at each start of the agent'),
    example: 3,
  }),
  item({
    ...JUDGED,
    id: 'object.behaviour_reason',
    type: {
      kind: 'choice',
      values: [
        'mass-encryption',
        'credential-access',
        'hidden-start',
        'injection',
        'more-rights',
        'defence-off',
        'exploit',
        'mining',
        'data-outflow',
        'remote-control',
        'spreading',
        'other',
      ],
    },
    what: 'which harmful behaviour of the process was seen (encrypting many files, reading stored passwords, injecting code ...), chosen from a fixed list; not which files or data it touched',
    statement: ['object.behaviour_detection_reason'],
    collector: planned(
      'class of the behaviour rule that matched fanotify and audit netlink events (execve, connect, ptrace) of the process',
    ),
    example: 'mass-encryption',
  }),
  item({
    ...OBJECT,
    id: 'object.engine_log',
    type: {
      kind: 'list',
      max: 64,
      of: {
        kind: 'record',
        fields: {
          stage: { kind: 'choice', values: STAGES },
          result: {
            kind: 'choice',
            values: ['done', 'skipped', 'limit', 'malformed', 'encrypted', 'timeout', 'error'],
          },
          took: { kind: 'integer', min: 0, max: 3_600_000, unit: 'ms' },
        },
      },
    },
    what: 'the stages through which the examination of the object went, in order, each with its result and how long it took; only words of fixed lists and numbers, no path, name or content',
    purposes: ['service-quality', 'threat-analysis'],
    statement: ['object.antivirus_module_log'],
    collector: planned('stage records of the scan worker for this object, kept in memory until its verdict'),
    example: [
      { stage: 'open', result: 'done', took: 0 },
      { stage: 'unpack', result: 'encrypted', took: 12 },
    ],
  }),
  item({
    ...OBJECT,
    id: 'object.source_line',
    type: { kind: 'text', max: 120, pattern: '[a-z0-9_./-]{1,100}\\.(ts|js):[0-9]{1,6}' },
    what: "the place in Tocsin's own published program text where a failure in examining the object was caught: source file and line; no other part of the stack, and no words of the error",
    purposes: ['service-quality'],
    statement: ['object.exception_source_line'],
    difference: "a failure in examining an object; the portal group's line is of a failed request to the hub",
    collector: planned("Error.stack of the failed stage, first frame under the program's src folder"),
    example: 'agent/hash-worker.js:87',
  }),
] as const;
