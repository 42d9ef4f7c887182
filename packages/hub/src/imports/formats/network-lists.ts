// Plain lists of the network, one object a line: `urls`, `domains`, `ips`. Text behind the object is kept as
// the reason. A list that mixes kinds is for `maltrail`.
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { ClaimDetails, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { isComment, openLines } from './lines.ts';
import type { Refusal, RowOutcome } from './row.ts';

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
  describe: 'plain list of URLs, one a line, also defanged (hxxp, [.])',
  example: 'tocsin-hub import urls phishing.txt --category phishing',
  defaults: { level: 'malicious', category: null },
  open: (sink) => openList(sink, URLS),
};

export const domains: StreamFormat = {
  kind: 'stream',
  name: 'domains',
  describe: 'plain list of host names, one a line; each stands for itself and all below it',
  example: 'tocsin-hub import domains blocked.txt --level riskware --category tracker',
  defaults: { level: 'malicious', category: null },
  open: (sink) => openList(sink, DOMAINS),
};

export const ips: StreamFormat = {
  kind: 'stream',
  name: 'ips',
  describe: 'plain list of IP addresses and CIDR ranges, one a line, with a count of lists or text behind',
  example: 'tocsin-hub import ips ipsum.txt --level suspicious --category scanner',
  defaults: { level: 'malicious', category: null },
  open: (sink) => openList(sink, IPS),
};

const URLS: NetworkList = {
  format: 'urls',
  wanted: 'one URL a line',
  separator: /\s/,
  add: (draft, text) => draft.addUrl(text),
  details: remark,
};

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

function openList(sink: ImportSink, list: NetworkList): FormatParser {
  const table = new DetailsTable();
  const draft = new ClaimDraft();
  return openLines(sink, {
    format: list.format,
    wanted: list.wanted,
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
