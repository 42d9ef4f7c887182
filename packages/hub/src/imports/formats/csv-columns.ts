// Which column of a CSV file holds what: by the names in its header, or by a mapping that the operator gives.
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import type { ColumnMapping } from './format.ts';

export const COLUMN_ROLES = [
  'sha256',
  'sha1',
  'md5',
  'hash',
  'certificate',
  'tbs',
  'url',
  'host',
  'ip',
  'wifi',
  'ssid',
  'bssid',
  'level',
  'category',
  'name',
  'reason',
] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** Roles that name an object; without one of them a file is no list. */
const KEY_ROLES: ReadonlySet<ColumnRole> = new Set(COLUMN_ROLES.slice(0, COLUMN_ROLES.indexOf('level')));

/** Header names that mean a role, best first; compared in lower case without blanks and punctuation. */
const ALIASES: Readonly<Record<ColumnRole, readonly string[]>> = {
  sha256: ['sha256', 'sha256hash', 'filesha256', 'hashsha256', 'sha256sum'],
  sha1: ['sha1', 'sha1hash', 'filesha1', 'hashsha1', 'sha1sum'],
  md5: ['md5', 'md5hash', 'filemd5', 'hashmd5', 'md5sum'],
  hash: ['hash', 'filehash', 'digest', 'checksum'],
  certificate: ['certificate', 'certificatesha256', 'certsha256', 'x509sha256'],
  tbs: ['tbs', 'tbssha256', 'certificatetbs', 'certificatetbssha256'],
  url: ['url', 'phishurl'],
  host: ['domain', 'host', 'hostname', 'domainname', 'fqdn'],
  ip: ['ip', 'ipaddress', 'ipaddr', 'cidr', 'dstip'],
  wifi: ['wifi', 'wifiid'],
  ssid: ['ssid', 'essid', 'networkname'],
  bssid: ['bssid', 'accesspoint'],
  level: ['level', 'verdict'],
  category: ['category', 'threattype', 'threatcategory'],
  name: [
    'name',
    'threat',
    'threatname',
    'family',
    'malwarefamily',
    'malware',
    'malwarename',
    'signature',
    'signame',
  ],
  reason: ['reason', 'comment', 'description', 'note', 'notes', 'reference', 'source'],
};

/** Column indexes by role; `name` and `reason` may have several, of which the first that is not empty counts. */
export type BoundColumns = ReadonlyMap<ColumnRole, readonly number[]>;

/** Reads `sha256=Hash1,name=Threat` (role=header name). Throws `input` for anything else. */
export function parseColumns(text: string): ColumnMapping {
  const mapping: Record<string, string> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const role = part.slice(0, Math.max(at, 0)).trim().toLowerCase();
    const header = part.slice(at + 1).trim();
    if (at < 0 || header === '' || roleOf(role) === null)
      throw new TocsinError(
        'input',
        `Cannot read the columns '${shown(part)}': no known role, want ROLE=HEADER with ROLE of ${COLUMN_ROLES.join(', ')}`,
      );
    mapping[role] = header;
  }
  return mapping;
}

/** The columns of a header, or null where none of them names an object. A mapping replaces what names mean. */
export function bindColumns(header: readonly string[], mapping?: ColumnMapping): BoundColumns | null {
  const names = header.map(plain);
  const bound = new Map<ColumnRole, number[]>();
  for (const role of COLUMN_ROLES) {
    const wanted = mapping === undefined ? ALIASES[role] : mappedNames(mapping, role);
    const found = wanted.map((name) => names.indexOf(name)).filter((i) => i >= 0);
    if (found.length > 0) bound.set(role, role === 'name' || role === 'reason' ? found : found.slice(0, 1));
  }
  return [...bound.keys()].some((role) => KEY_ROLES.has(role)) ? bound : null;
}

/** The header names of a mapping that the file does not have. */
export function missingColumns(header: readonly string[], mapping: ColumnMapping): readonly string[] {
  const names = new Set(header.map(plain));
  return Object.values(mapping).filter((name) => !names.has(plain(name)));
}

function mappedNames(mapping: ColumnMapping, role: ColumnRole): readonly string[] {
  return Object.entries(mapping)
    .filter(([given]) => roleOf(given) === role)
    .map(([, header]) => plain(header));
}

/** A role by its own name or by a header name that means it (`domain` is `host`); null for any other text. */
export function roleOf(text: string): ColumnRole | null {
  const name = plain(text);
  return COLUMN_ROLES.find((role) => role === name || ALIASES[role].includes(name)) ?? null;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
