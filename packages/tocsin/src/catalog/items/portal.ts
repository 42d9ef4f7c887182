// Data about requests of this machine to the web services of its hub other than look-ups, lists and events:
// joining, policies, receipts, uploads. They explain why a request failed; no body and no secret of one is here.
import type { ErrorCode } from '../../protocol/errors.ts';
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const PORTAL = {
  ...COMMON,
  purposes: ['service-quality'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'platform',
  retentionDays: 30,
} as const;

/** Every code of protocol/errors.ts. A new one is a change of what may leave, so it must be added by hand. */
const DECLARED_ERROR_CODES: Readonly<Record<ErrorCode, true>> = {
  input: true,
  format: true,
  corrupt: true,
  limit: true,
  'not-found': true,
  conflict: true,
  denied: true,
  pin: true,
  'token-expired': true,
  'token-used': true,
  'token-foreign': true,
  certificate: true,
  unreachable: true,
  busy: true,
  'not-joined': true,
  engine: true,
  io: true,
};
export const ERROR_CODES = Object.keys(DECLARED_ERROR_CODES) as readonly ErrorCode[];

/** What a failed request told of itself. */
const FAILURE_ITEMS = [
  item({
    ...PORTAL,
    id: 'portal.error_category',
    type: {
      kind: 'choice',
      values: ['network', 'trust', 'authentication', 'permission', 'request', 'busy', 'server', 'local'],
    },
    what: 'the kind of failure of a request to a service of the hub, one word of a fixed list: the network, the trust in the hub, the credential, a missing right, the request itself, an overloaded hub, a fault of the hub, or a fault on this machine',
    statement: ['portal.error_category'],
    difference: 'groups the values of portal.error_code into eight kinds',
    collector: {
      state: 'planned',
      reads:
        'TocsinError.code of a rejected HubChannel.request (client/channel/channel.ts), mapped to a category',
    },
    example: 'authentication',
  }),
  item({
    ...PORTAL,
    id: 'portal.error_code',
    type: { kind: 'choice', values: ERROR_CODES },
    what: "the exact reason of such a failure, one of Tocsin's own error codes; the words of the error are not sent",
    statement: ['portal.error_code'],
    difference:
      'the failure of one request to a service; network_use.error_codes counts failures of a whole period, web_access.error_code is of a web page that a program opened',
    collector: {
      state: 'planned',
      reads: 'TocsinError.code of a rejected HubChannel.request (client/channel/channel.ts)',
    },
    example: 'token-expired',
  }),
  item({
    ...PORTAL,
    id: 'portal.response_status',
    type: { kind: 'integer', min: 100, max: 599, unit: 'HTTP status' },
    what: "the number of the HTTP status in the service's answer; missing where no answer came",
    statement: ['portal.response_status'],
    collector: {
      state: 'planned',
      reads: 'HubAnswer.status of HubChannel.request (client/channel/channel.ts)',
    },
    example: 401,
  }),
  item({
    ...PORTAL,
    id: 'portal.source_line',
    type: { kind: 'text', max: 120, pattern: '[a-z0-9_./-]{1,100}\\.(ts|js):[0-9]{1,6}' },
    what: "the place in Tocsin's own published program text where the failure was caught: file name inside the program and line; nothing of the person's files, and no other line of the stack",
    statement: ['portal.exception_source_line'],
    difference:
      'a failure in talking to a service of the hub; object.source_line is of a failure in examining an object',
    collector: {
      state: 'planned',
      reads: "Error.stack of the rejected request, first frame under the program's src folder",
    },
    example: 'channel.ts:212',
  }),
] as const;

/** What was asked, by which program, and how long it took. */
const REQUEST_ITEMS = [
  item({
    ...PORTAL,
    id: 'portal.request_id',
    type: { kind: 'uuid' },
    what: 'a random number made for this one request, sent with it and written to the log of the hub, so that both ends of a failure can be laid side by side; look-ups have none',
    statement: ['portal.request_id'],
    collector: {
      state: 'planned',
      reads: 'request-id header that HubChannel.request sets, from World.random',
    },
    example: '0f2b6c1e-7a35-4c58-9a41-6d0d5a1f3be2',
  }),
  item({
    ...PORTAL,
    id: 'portal.duration',
    type: { kind: 'integer', min: 0, max: 3_600_000, unit: 'ms' },
    what: 'how long the request took in all, from the first attempt to the final answer or failure, waiting and retries included',
    statement: ['portal.request_duration'],
    collector: {
      state: 'planned',
      reads: 'World.clock.monotonic before and after HubChannel.request (client/channel/channel.ts)',
    },
    example: 1840,
  }),
  item({
    ...PORTAL,
    id: 'portal.client_program',
    type: { kind: 'choice', values: ['agent', 'cli', 'relay', 'embedded'] },
    what: 'which program of Tocsin made the request: the service on the machine, the command line, a relay, or another program that has the client built in; that other program is not named',
    statement: ['portal.software_type'],
    difference: 'the program that made one request; software.product names what is installed on the machine',
    collector: {
      state: 'planned',
      reads: 'the entry point that opened the channel (agent, cli, relay), given to connectHub',
    },
    example: 'cli',
  }),
  item({
    ...PORTAL,
    id: 'portal.object_path',
    type: { kind: 'text', max: 4096 },
    what: "path of the local file that the request was about, such as a file to be uploaded, with the user's name replaced by a placeholder; missing for requests that are about no file",
    purposes: ['service-quality', 'threat-analysis'],
    sensitivity: 'content',
    personal: true,
    transform: 'path-without-user',
    statement: ['portal.object_path'],
    difference: 'the file that a request to a service was about; object.path is of a file that was examined',
    collector: {
      state: 'planned',
      reads: 'the path named to `tocsin submit` or taken from the queue of submissions (realpath(3) of it)',
    },
    example: '/home/USER/Downloads/invoice.elf',
  }),
] as const;

/** With which credential; never the credential. */
const TOKEN_ITEMS = [
  item({
    ...PORTAL,
    id: 'portal.token_type',
    type: { kind: 'choice', values: ['join', 'renewal', 'upload', 'session', 'certificate'] },
    what: 'which kind of credential the request showed: a join token, the right to renew, the right to upload one file, a session of the console, or only the certificate of the machine',
    statement: ['portal.token_type'],
    collector: {
      state: 'planned',
      reads:
        'the credential that the caller of HubChannel.request chose (client/channel/enrol.ts, client/channel/rejoin.ts)',
    },
    example: 'join',
  }),
  item({
    ...PORTAL,
    id: 'portal.token_mark',
    type: { kind: 'digest', bytes: 32 },
    what: 'a mark by which several failures with one credential are seen to belong together: HMAC-SHA-256 of it under a secret that never leaves this machine; the credential itself is in no message, and the mark opens nothing',
    purposes: ['service-quality'],
    sensitivity: 'highly-sensitive',
    personal: true,
    transform: 'hmac-machine',
    statement: ['portal.auth_token'],
    collector: {
      state: 'planned',
      reads: 'the credential in memory while the request is made; only its HMAC is handed to the gate',
    },
    example: '5d1f0b9a7c3e48d26a90b1c4e7f2835d6b4a19c0e8d7f3521a6c9b0e4d8f7a23',
  }),
  item({
    ...PORTAL,
    id: 'portal.token_lifetime',
    type: { kind: 'integer', min: -31_536_000, max: 31_536_000, unit: 's' },
    what: 'for how many more seconds that credential was good when the request was made; negative where it had run out already',
    statement: ['portal.token_ttl'],
    collector: {
      state: 'planned',
      reads:
        "notAfter of the machine's certificate, or the expiry that the hub named with the token, minus World.clock.now",
    },
    example: -75,
  }),
] as const;

export const PORTAL_ITEMS = [...FAILURE_ITEMS, ...REQUEST_ITEMS, ...TOKEN_ITEMS] as const;
