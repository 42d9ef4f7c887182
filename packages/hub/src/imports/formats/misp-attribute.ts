// One MISP attribute: which objects its type and value name (misp-standard.org, "MISP core format").
import { shown } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ClaimDraft } from './claim-draft.ts';
import type { Refusal } from './row.ts';
import { refusal } from './row.ts';

type Part = 'md5' | 'sha1' | 'sha256' | 'certificate' | 'url' | 'host' | 'ip' | 'skip';

const DIGESTS: Readonly<Partial<Record<Part, KeyKind>>> = {
  md5: 'file-md5',
  sha1: 'file-sha1',
  sha256: 'file-sha256',
  certificate: 'certificate-sha256',
};

/** Types by the parts of their values, which `|` separates. */
const TYPES: Readonly<Record<string, readonly Part[]>> = {
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
  'filename|md5': ['skip', 'md5'],
  'filename|sha1': ['skip', 'sha1'],
  'filename|sha256': ['skip', 'sha256'],
  'malware-sample': ['skip', 'md5'],
  'x509-fingerprint-sha256': ['certificate'],
  url: ['url'],
  domain: ['host'],
  hostname: ['host'],
  'hostname|port': ['host', 'skip'],
  'domain|ip': ['host', 'ip'],
  'ip-src': ['ip'],
  'ip-dst': ['ip'],
  'ip-src|port': ['ip', 'skip'],
  'ip-dst|port': ['ip', 'skip'],
};

const NO_PARTS = refusal('a value with another number of parts than its type', true);

/** Why no object of this type is known here, or null where there may be one. */
export function refuseType(type: string): Refusal | null {
  return Object.hasOwn(TYPES, type)
    ? null
    : refusal(`type '${shown(type)}' names no known kind of object`, true);
}

/** Adds what `value` names to the draft; `type` is a known one. */
export function addAttribute(draft: ClaimDraft, type: string, value: string): Refusal | null {
  const parts = TYPES[type] ?? [];
  const values = splitParts(value, parts);
  if (values === null) return NO_PARTS;
  for (const [i, part] of parts.entries()) {
    const why = addPart(draft, part, values[i]!.trim());
    if (why !== null) return why;
  }
  return null;
}

/** A file name may hold the separator itself: the digest behind it is what follows the last one. */
function splitParts(value: string, parts: readonly Part[]): readonly string[] | null {
  if (parts.length === 1) return [value];
  const at = value.lastIndexOf('|');
  return at < 0 ? null : [value.slice(0, at), value.slice(at + 1)];
}

function addPart(draft: ClaimDraft, part: Part, text: string): Refusal | null {
  switch (part) {
    case 'skip':
      return null;
    case 'url':
      return draft.addUrl(text);
    case 'host':
      return draft.addHost(text);
    case 'ip':
      return draft.addEndpoint(text);
    default:
      return draft.addDigest(text, DIGESTS[part] ?? null);
  }
}
