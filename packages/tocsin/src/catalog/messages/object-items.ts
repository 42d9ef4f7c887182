// Sets of items that several messages about objects carry, in the order in which they are shown.

/** What the short list tells of any object found. */
export const SHORT_LIST_OBJECT = ['object.threat_name', 'object.sha256', 'object.checksum'];

/** What the short list tells of the program, its lists and the systems. */
export const SHORT_LIST_PROGRAM = [
  'software.databases_id',
  'software.product',
  'software.components',
  'software.module_updates',
  'environment.operating_systems',
];

export const JUDGEMENT = [
  'object.verdict',
  'object.decision_source',
  'object.network_level',
  'object.ask_result',
  'object.record_type',
  'object.record_id',
  'object.record_made_at',
  'object.databases_released_at',
  'object.detection_traits',
  'object.detection_task',
  'object.test_detection',
];

export const IDENTITY = [
  'object.md5',
  'object.size',
  'object.kind',
  'object.format',
  'object.is_pe',
  'object.name',
  'object.path',
  'object.directory',
  'object.created_at',
  'object.modified_at',
  'object.storage_time',
  'object.description',
  'object.version',
  'object.vendor',
];

export const PROGRAM = [
  'object.linked_at',
  'object.entropy',
  'object.executable_attributes',
  'object.packers',
  'object.autorun',
];

export const PROCESS = [
  'object.parent_application',
  'object.process_account',
  'object.logon_session',
  'object.logon_session_algorithm',
];

export const CERTIFICATE = [
  'object.certificate_result',
  'object.certificate_owner',
  'object.certificate_issuer',
  'object.certificate_serial',
  'object.certificate_thumbprint',
  'object.certificate_public_key',
  'object.certificate_public_key_algorithm',
  'object.certificate_issued_at',
  'object.certificate_expires_at',
];

export const SIGNATURE = ['object.signature_result', 'object.signer', 'object.signed_at', ...CERTIFICATE];

export const VULNERABILITY = ['object.vulnerability_id', 'object.vulnerability_danger'];
