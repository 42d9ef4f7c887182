// The short list: all that the participation `standard` lets out besides look-ups. Nothing is added here without
// a row standard_mode.* of spec/statement-ids.tsv.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const SHORT = { ...COMMON, participation: 'standard', editions: ALL_EDITIONS } as const;

const NAME = '[A-Za-z0-9][A-Za-z0-9._+-]{0,63}';
const VERSION = '[0-9A-Za-z][0-9A-Za-z.+:~_-]{0,63}';

const OBJECT = [
  item({
    ...SHORT,
    id: 'object.sha256',
    type: { kind: 'digest', bytes: 32 },
    what: 'the SHA-256 of the whole content of the file that the message is about; it tells which file it is to whoever has the same file, and nothing about the content to anybody else',
    purposes: ['reputation', 'threat-analysis'],
    sensitivity: 'interaction',
    personal: true,
    owner: 'detection',
    statement: ['object.sha256', 'standard_mode.object_checksum_and_type'],
    difference: 'always SHA-256; object.checksum is the digest in the form in which the deciding list had it',
    collector: {
      state: 'built',
      reads: 'read(2) of the file while it is scanned (agent/hash-pool.ts), SHA-256 of all its bytes',
    },
    example: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  }),
  item({
    ...SHORT,
    id: 'object.checksum',
    type: {
      kind: 'record',
      fields: {
        algorithm: { kind: 'choice', values: ['sha256', 'sha1', 'md5'] },
        digest: { kind: 'text', max: 64, pattern: '[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}' },
      },
    },
    what: 'the digest by which whatever decided knew the file, with the name of the algorithm: old lists know files by MD5 or SHA-1 only; an answer that this machine remembers is known by SHA-256',
    purposes: ['reputation', 'threat-analysis'],
    sensitivity: 'interaction',
    personal: true,
    owner: 'detection',
    statement: ['standard_mode.object_checksum_and_type', 'object.checksum', 'object.checksum_type'],
    difference:
      'names its algorithm and is the one that matched; object.sha256 is there whichever algorithm matched',
    collector: {
      state: 'built',
      reads:
        'the key of the list entry or override that answered (client/lookup/answer.ts): SHA-256, SHA-1 or MD5 of all bytes of the file',
    },
    example: { algorithm: 'md5', digest: '44d88612fea8a8f36de82e1278abb02f' },
  }),
  item({
    ...SHORT,
    id: 'object.threat_name',
    type: { kind: 'text', max: 128, pattern: '[ -~]{1,128}' },
    what: 'the name under which the verdict that applied lists the threat (type, platform and family, or the name by its source), which is also its id in the lists',
    purposes: ['threat-analysis', 'false-alarm-recall'],
    sensitivity: 'technical',
    owner: 'detection',
    statement: ['standard_mode.threat_name_and_id', 'object.threat_name'],
    collector: { state: 'built', reads: 'name in the class record of the verdict that applied' },
    example: 'Trojan.Linux.Mirai',
  }),
  item({
    ...SHORT,
    id: 'object.url',
    type: { kind: 'url', max: 2048 },
    what: 'the web address that was checked and found bad, in canonical form, without user name, password, fragment and the values of its query parameters; only of addresses that a list or a rule holds to be bad, all others are asked about by a prefix',
    purposes: ['web-protection', 'threat-analysis'],
    sensitivity: 'content',
    personal: true,
    transform: 'url-without-secrets',
    owner: 'detection',
    statement: ['standard_mode.url', 'object.url'],
    difference:
      'of a detection; web_access.url is of an access that was held up, payment.url of a payment page',
    collector: {
      state: 'planned',
      reads: "request line and Host header, or the :path and :authority of HTTP/2, in the agent's web check",
    },
    example: 'http://malware.example/login?id=',
  }),
  item({
    ...SHORT,
    id: 'object.protocol',
    type: { kind: 'choice', values: ['http', 'https', 'ws', 'wss', 'ftp', 'smtp', 'imap', 'pop3', 'other'] },
    what: 'the protocol of the connection in which the address was met',
    purposes: ['web-protection'],
    sensitivity: 'technical',
    owner: 'detection',
    statement: ['standard_mode.url_protocol'],
    difference:
      'of the connection in which an address was met; object.application_protocol is of any examined traffic, network_use.protocol is between the machine and its hub',
    collector: {
      state: 'planned',
      reads: "first bytes of the connection in the agent's web check: TLS ClientHello or the request line",
    },
    example: 'https',
  }),
  item({
    ...SHORT,
    id: 'object.port',
    type: { kind: 'integer', min: 1, max: 65535, unit: 'port number' },
    what: 'the TCP or UDP port at the far side of that connection',
    purposes: ['web-protection'],
    sensitivity: 'technical',
    owner: 'detection',
    statement: ['standard_mode.url_port'],
    collector: {
      state: 'planned',
      reads: "getsockopt SO_ORIGINAL_DST of the connection, in the agent's web check",
    },
    example: 443,
  }),
  item({
    ...SHORT,
    id: 'object.referrer',
    type: { kind: 'url', max: 2048 },
    what: 'the web address of the page whose link led to the bad one, without user name, password, fragment and the values of its query parameters',
    purposes: ['web-protection', 'threat-analysis'],
    sensitivity: 'content',
    personal: true,
    transform: 'url-without-secrets',
    owner: 'detection',
    statement: ['standard_mode.url_referrer', 'object.referrer'],
    difference: 'of a detection; web_access.referrer is of an access that was held up',
    collector: { state: 'planned', reads: "the Referer header of the request, in the agent's web check" },
    example: 'https://forum.example/thread?page=',
  }),
] as const;

const SOFTWARE = [
  item({
    ...SHORT,
    id: 'software.databases_id',
    type: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'revision number' },
    what: "the revision of the hub's list manifest by which the machine answered, which fixes each list file by its SHA-256",
    purposes: ['reputation', 'update-quality'],
    sensitivity: 'technical',
    owner: 'updates',
    statement: ['standard_mode.databases_id'],
    collector: { state: 'built', reads: 'revision of the manifest in TOCSIN_HOME/lists/lists.json' },
    example: 1841,
  }),
  item({
    ...SHORT,
    id: 'software.product',
    type: {
      kind: 'record',
      fields: {
        type: { kind: 'choice', values: ['agent', 'relay', 'command-line', 'embedded'] },
        version: { kind: 'text', max: 64, pattern: VERSION },
      },
    },
    what: 'which part of Tocsin the message comes from, and its full version',
    purposes: ['service-quality', 'update-quality'],
    sensitivity: 'technical',
    owner: 'platform',
    statement: ['standard_mode.software_type_and_version', 'software.full_version', 'software.type'],
    difference:
      'of Tocsin on the machine; device.type is of a device, portal.client_program of one failed request',
    collector: {
      state: 'built',
      reads: 'version in the package.json of tocsin; the type is fixed by the entry point',
    },
    example: { type: 'agent', version: '0.2.0' },
  }),
  item({
    ...SHORT,
    id: 'software.components',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          name: { kind: 'text', max: 64, pattern: NAME },
          version: { kind: 'text', max: 64, pattern: VERSION },
          state: { kind: 'choice', values: ['on', 'off', 'failed', 'absent'] },
        },
      },
      max: 64,
    },
    what: 'the components of Tocsin on the machine (scan, watch, web check, content rules, ...), each with its version and whether it runs; no settings',
    purposes: ['service-quality'],
    sensitivity: 'technical',
    owner: 'platform',
    statement: ['standard_mode.components'],
    difference: 'of all components; software.component_version is of the one that speaks',
    collector: {
      state: 'built',
      reads: 'the components that a scan uses: the scan itself and the lists of client/lists/store.ts',
    },
    example: [{ name: 'scan', version: '0.2.0', state: 'on' }],
  }),
  item({
    ...SHORT,
    id: 'software.module_updates',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          module: { kind: 'text', max: 64, pattern: NAME },
          from: { kind: 'text', max: 64, pattern: VERSION },
          to: { kind: 'text', max: 64, pattern: VERSION },
          result: { kind: 'choice', values: ['installed', 'failed', 'rolled-back'] },
        },
      },
      max: 64,
    },
    what: 'the updates of program modules since the message before: module, version before and after, and whether it was installed',
    purposes: ['update-quality'],
    sensitivity: 'technical',
    owner: 'updates',
    statement: ['standard_mode.module_updates'],
    collector: { state: 'planned', reads: "the updater's record of installs, TOCSIN_HOME/updates" },
    example: [{ module: 'content-rules', from: '0.2.0', to: '0.2.1', result: 'installed' }],
  }),
  item({
    ...SHORT,
    id: 'environment.operating_systems',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          role: { kind: 'choice', values: ['protected-machine', 'relay'] },
          id: { kind: 'text', max: 64, pattern: NAME },
          version: { kind: 'text', max: 64, pattern: VERSION },
        },
      },
      max: 64,
    },
    what: 'the operating system of the machine itself by name and version, and, where the sender is a relay, of the virtual machines beside it, each kind once; neither their names nor their number',
    purposes: ['service-quality', 'update-quality'],
    sensitivity: 'technical',
    owner: 'platform',
    statement: ['standard_mode.svm_and_vm_os'],
    collector: {
      state: 'built',
      reads: '/etc/os-release: ID and VERSION_ID; on a relay the same from its machines',
    },
    example: [{ role: 'protected-machine', id: 'debian', version: '12' }],
  }),
] as const;

export const SHORT_LIST_ITEMS = [...OBJECT, ...SOFTWARE] as const;
