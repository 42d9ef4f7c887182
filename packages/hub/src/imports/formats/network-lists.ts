// Plain lists of the network, one object a line: `urls`, `domains`, `ips`. Text behind the object is kept as
// the reason. A list that mixes kinds is for `maltrail`.
import { parseIp, parseIpRange } from 'tocsin/protocol/ip.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { ClaimDetails, FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { isComment, openLines } from './lines.ts';
import type { Refusal, RowOutcome } from './row.ts';
import { refusal } from './row.ts';

interface NetworkList {
  readonly format: string;
  readonly wanted: string;
  /** Ends the object and begins the text behind it. */
  readonly separator: RegExp;
  add(draft: ClaimDraft, text: string): Refusal | null;
  details(table: DetailsTable, text: string): ClaimDetails | null;
}

export const urls: StreamFormat = {
  kind: 'stream',
  name: 'urls',
  unit: 'line',
  describe: 'plain list of URLs, one a line, also defanged (hxxp, [.])',
  example: 'tocsin-hub import urls phishing.txt --category phishing',
  defaults: { level: 'malicious', category: null },
  open: (sink, options) => openList(sink, URLS, options),
};

export const domains: StreamFormat = {
  kind: 'stream',
  name: 'domains',
  unit: 'line',
  describe: 'plain list of host names, one a line; each stands for itself and all below it',
  example: 'tocsin-hub import domains blocked.txt --level riskware --category tracker',
  defaults: { level: 'malicious', category: null },
  open: (sink, options) => openList(sink, DOMAINS, options),
};

export const ips: StreamFormat = {
  kind: 'stream',
  name: 'ips',
  unit: 'line',
  describe: 'plain list of IP addresses and CIDR ranges, one a line, with a count of lists or text behind',
  example: 'tocsin-hub import ips ipsum.txt --level suspicious --category scanner',
  defaults: { level: 'malicious', category: null },
  open: (sink, options) => openList(sink, IPS, options),
};

const URLS: NetworkList = {
  format: 'urls',
  wanted: 'one URL a line',
  separator: /\s/,
  add: (draft, text) => (isAddress(text) ? ADDRESS : draft.addUrl(text)),
  details: remark,
};

const ADDRESS = refusal('an IP address or range, not a URL');

/** A bare address, with a port, or a range: that list is for `ips`, whose claims hold for more than one page. */
function isAddress(text: string): boolean {
  const bare = /^[^,;|]*/.exec(text)![0].replace(/^\[(.+)\](?::\d+)?$/, '$1');
  return parseIpRange(bare) !== null || parseIp(bare.replace(/^([\d.]+):\d{1,5}$/, '$1')) !== null;
}

const DOMAINS: NetworkList = {
  format: 'domains',
  wanted: 'one host name a line',
  separator: /[\s,;|#]/,
  add: (draft, text) => draft.addHost(text),
  details: remark,
};

const IPS: NetworkList = {
  format: 'ips',
  wanted: 'one IP address or CIDR range a line',
  separator: /[\s,;|#]/,
  add: (draft, text) => draft.addEndpoint(text),
  details(table, text) {
    const count = /^\s*(\d{1,4})$/.exec(text)?.[1];
    return count === undefined
      ? remark(table, text)
      : table.of(null, null, null, `named by ${Number(count)} ${Number(count) === 1 ? 'list' : 'lists'}`);
  },
};

function remark(table: DetailsTable, text: string): ClaimDetails | null {
  return table.of(null, null, null, cleanReason(text.replace(/^[\s,;|#-]+/, '')));
}

function openList(sink: ImportSink, list: NetworkList, options: FormatOptions): FormatParser {
  const table = new DetailsTable();
  const draft = new ClaimDraft();
  return openLines(sink, {
    format: list.format,
    wanted: list.wanted,
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      if (isComment(bytes, start)) return 'ignored';
      const text = bytes.toString('utf8', start, end);
      const at = text.search(list.separator);
      draft.clear();
      const why = list.add(draft, at < 0 ? text : text.slice(0, at));
      if (why !== null) return why;
      sink.original(line, bytes, start, end);
      draft.commit(sink, at < 0 ? null : list.details(table, text.slice(at)), line);
      return 'taken';
    },
  });
}
