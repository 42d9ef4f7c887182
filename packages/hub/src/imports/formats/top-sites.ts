// Lists of the most visited sites, as ranking services publish them: `rank,domain` a line, the best first. They are
// warnings, not good verdicts: a site is no safer for being visited, but who accuses all of it is mostly wrong.
import { registrableDomain } from 'tocsin/protocol/host.ts';
import { ClaimDraft } from './claim-draft.ts';
import { DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { isComment, openLines } from './lines.ts';
import type { Refusal, RowOutcome } from './row.ts';
import { refusal } from './row.ts';

export const topSites: StreamFormat = {
  kind: 'stream',
  name: 'top-sites',
  unit: 'line',
  describe:
    'most visited sites, rank,domain a line: a warning list, holds bad claims about them for a person',
  example: 'tocsin-hub import top-sites top-1m.csv --top 100000',
  sourceKind: 'warning',
  defaults: { level: 'good', category: 'top-site' },
  open: openTopSites,
};

const NO_ROW = refusal('no rank and domain');
const BEYOND = refusal('beyond the ranks that are taken (--top)', true);
const HEADER = /^"?(?:global)?rank"?[,;\t]/i;

/** A rank tells how rare a mistake is; reasons stay few, so that a list of a million has a handful of classes. */
const STEPS = [100, 1_000, 10_000, 100_000, 1_000_000];

function openTopSites(sink: ImportSink, options: FormatOptions): FormatParser {
  const draft = new ClaimDraft();
  const table = new DetailsTable();
  return openLines(sink, {
    format: 'top-sites',
    wanted: 'a rank, a comma and a domain a line (1,example.org)',
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      if (isComment(bytes, start)) return 'ignored';
      const text = bytes.toString('utf8', start, end).trim();
      if (text === '' || (line === 1 && HEADER.test(text))) return 'ignored';
      const [, digits, name] = /^"?(\d{1,9})"?[,;\t]"?([^",;\t]+)"?$/.exec(text) ?? [];
      if (digits === undefined || name === undefined) return NO_ROW;
      const rank = Number(digits);
      if (options.top !== undefined && rank > options.top) return BEYOND;
      draft.clear();
      const why = addSite(draft, name);
      if (why !== null) return why;
      sink.original(line, bytes, start, end);
      draft.commit(sink, table.of(null, null, null, reasonOf(rank)), line);
      return 'taken';
    },
  });
}

/** The site, and its `www` where the name is one that can be registered: lists of bad pages name either. */
export function addSite(draft: ClaimDraft, name: string): Refusal | null {
  const why = draft.addHost(name);
  const plain = name
    .trim()
    .replace(/^\.+|\.+$/g, '')
    .toLowerCase();
  return why === null && registrableDomain(plain) === plain ? draft.addHost(`www.${plain}`) : why;
}

function reasonOf(rank: number): string {
  const step = STEPS.find((top) => rank <= top);
  return step === undefined
    ? 'a much visited site'
    : `among the ${step.toLocaleString('en-US')} most visited sites`;
}
