// Trails: one a line, a name, an address with or without port, or a URL, as it comes. Comments above a group
// say where it was reported, and the file is called after the family. Also reads other mixed lists.
import { basename } from 'node:path';
import { parseIp, parseIpRange } from 'tocsin/protocol/ip.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { openLines } from './lines.ts';
import type { Refusal, RowOutcome } from './row.ts';
import { refusal } from './row.ts';

export const maltrail: StreamFormat = {
  kind: 'stream',
  name: 'maltrail',
  unit: 'line',
  describe: 'trails by family: names, addresses, address:port and URLs mixed, "# Reference:" above a group',
  example: 'tocsin-hub import maltrail emotet.txt --category command-and-control',
  defaults: { level: 'malicious', category: 'malware' },
  open: openTrails,
};

const PATH_ONLY = refusal('a path without a host', true);
const PATTERN = refusal('a regular expression', true);

function openTrails(sink: ImportSink, options: FormatOptions): FormatParser {
  const family = cleanName(basename(options.fileName ?? '').replace(/\.[a-z]{1,4}$/i, ''));
  const table = new DetailsTable();
  const draft = new ClaimDraft();
  let reference: string | null = null;
  let above = true;
  return openLines(sink, {
    format: 'maltrail',
    wanted: 'one name, IP address, address:port or URL a line',
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      const text = bytes.toString('utf8', start, end);
      if (text.startsWith('#')) {
        if (!above) reference = null;
        above = true;
        reference ??= readReference(text);
        return 'ignored';
      }
      above = false;
      const trail = readTrail(text);
      draft.clear();
      const why = addTrail(draft, trail);
      if (why !== null) return why;
      sink.original(line, bytes, start, end);
      draft.commit(sink, table.of(null, null, family, reference), line);
      return 'taken';
    },
  });
}

/** What a comment gives as source; the word is often misspelt. */
function readReference(comment: string): string | null {
  const found = /^#\s*refer\w{2,8}\s*:\s*(\S.*)$/i.exec(comment);
  return found === null ? null : cleanReason(found[1]!);
}

/** A comment may also stand behind a trail, and no fragment is part of one; but a path may hold a semicolon. */
function readTrail(text: string): string {
  const whole = /^[^\s#]*/.exec(text)![0];
  const head = whole.split(';', 1)[0]!;
  const hasPath = head.replace(/^[a-z]+:\/\//i, '').includes('/') && parseIpRange(head) === null;
  return (hasPath ? whole : head).replace(/,$/, '');
}

function addTrail(draft: ClaimDraft, trail: string): Refusal | null {
  if (trail.startsWith('/')) return PATH_ONLY;
  if (/[()\\*^$+|{}]/.test(trail) && !trail.includes('/')) return PATTERN;
  if (/:\/\//.test(trail)) return draft.addUrl(trail);
  if (/^(?:\[[\da-f:.]+\]|[\d.]+):\d{1,5}$/i.test(trail)) return draft.addEndpoint(trail);
  if (parseIpRange(trail) !== null || parseIp(trail) !== null) return draft.addIp(trail);
  return /[/:]/.test(trail) ? draft.addUrl(trail) : draft.addHost(trail);
}
