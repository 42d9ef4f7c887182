// All import formats by name. One line a format; nothing else knows them all.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { clamav } from './clamav.ts';
import { csv, tsv } from './csv.ts';
import { disconnect } from './disconnect.ts';
import { dpkg } from './dpkg.ts';
import type { ImportFormat } from './format.ts';
import { hashes } from './hashes.ts';
import { hosts } from './hosts.ts';
import { maltrail } from './maltrail.ts';
import { misp } from './misp.ts';
import { domains, ips, urls } from './network-lists.ts';
import { nsrl } from './nsrl.ts';
import { signers } from './signers.ts';
import { stix } from './stix.ts';
import { topSites } from './top-sites.ts';
import { warninglist } from './warninglist.ts';

export const FORMATS: Readonly<Record<string, ImportFormat>> = {
  hashes,
  csv,
  tsv,
  clamav,
  misp,
  stix,
  dpkg,
  nsrl,
  urls,
  domains,
  ips,
  hosts,
  maltrail,
  disconnect,
  signers,
  'top-sites': topSites,
  warninglist,
};

/** The format with this name. Throws `input` for another name. */
export function formatNamed(name: string): ImportFormat {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format !== undefined) return format;
  throw new TocsinError(
    'input',
    `Cannot import as '${name}': no such format, want one of ${Object.keys(FORMATS).join(', ')}`,
  );
}
