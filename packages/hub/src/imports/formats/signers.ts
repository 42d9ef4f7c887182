// Certificates that signed vulnerable or malicious drivers, as the LOLDrivers records name them: a table with tabs, by
// the digest of the signed part. It names all certificates of each signature, so also those that vouch for half of the
// world: authorities, time stampers, and the publisher under which drivers of everybody are signed. Those are refused.
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import { isComment, openLines } from './lines.ts';
import type { RowOutcome } from './row.ts';
import { refusal } from './row.ts';

export const signers: StreamFormat = {
  kind: 'stream',
  name: 'signers',
  unit: 'line',
  describe:
    'table of certificates that signed bad drivers (tbs_sha256, subject, is_ca, occurrences, categories)',
  example: 'tocsin-hub import signers signers.tsv --source loldrivers-signers',
  defaults: { level: 'riskware', category: 'vulnerable-driver' },
  open: openSigners,
};

const COLUMNS = ['tbs_sha256', 'subject', 'is_ca', 'occurrences', 'categories'] as const;
type Column = (typeof COLUMNS)[number];
const WANTED = `a header with the columns ${COLUMNS.join(', ')}, tabs between them`;

const AUTHORITY = refusal('a certificate authority: it vouches for much else', true);
const STAMPER = refusal('a time stamper: it vouches for much else', true);
const PUBLISHER = refusal('a publisher that signs drivers of everybody', true);
const NO_SHA256 = refusal('no SHA-256 of the signed part', true);
const SHORT = refusal('fewer columns than the header');

function openSigners(sink: ImportSink, options: FormatOptions): FormatParser {
  const draft = new ClaimDraft();
  const table = new DetailsTable();
  let columns: ReadonlyMap<Column, number> | null = null;
  return openLines(sink, {
    format: 'signers',
    wanted: WANTED,
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      const text = bytes.toString('utf8', start, end);
      if (text.trim() === '' || isComment(bytes, start)) return 'ignored';
      const cells = text.split('\t');
      if (columns === null) {
        columns = bind(cells, line);
        return 'ignored';
      }
      // Blanks around a line are no part of it: a row without the digest has lost its first tab.
      if (columns.get('tbs_sha256') === 0 && !/^[\da-f]{64}$/i.test(cells[0]!)) cells.unshift('');
      const cell = (name: Column): string | undefined => cells[columns!.get(name)!];
      if (cell('categories') === undefined || cell('subject') === undefined) return SHORT;
      const subject = cell('subject')!;
      if (/^true$/i.test(cell('is_ca') ?? '')) return AUTHORITY;
      if (/time[ -]?stamp|\btsa\b/i.test(subject)) return STAMPER;
      if (/Windows Hardware Compatibility/i.test(subject)) return PUBLISHER;
      draft.clear();
      const digest = cell('tbs_sha256') ?? '';
      if (digest === '') return NO_SHA256;
      const why = draft.addDigest(digest, 'certificate-tbs');
      if (why !== null) return why;
      const { level, category } = kindOf(cell('categories')!);
      sink.original(line, bytes, start, end);
      const details = table.of(level, category, commonName(subject), reasonOf(cell('occurrences')));
      draft.commit(sink, details, line);
      return 'taken';
    },
  });
}

function bind(header: readonly string[], line: number): ReadonlyMap<Column, number> {
  const columns = new Map(COLUMNS.map((name) => [name, header.indexOf(name)]));
  const missing = COLUMNS.find((name) => columns.get(name) === -1);
  if (missing === undefined) return columns;
  throw wrongFile('signers', `its header (line ${line}) has no column '${missing}'`, WANTED);
}

/** A maker of drivers that can be abused is none of malware; who signed malicious ones alone is under suspicion. */
function kindOf(categories: string): { level: Level; category: Category } {
  return /vulnerable/i.test(categories)
    ? { level: 'riskware', category: 'vulnerable-driver' }
    : { level: 'suspicious', category: 'malware' };
}

function commonName(subject: string): string | null {
  return cleanName(/(?:^|, )CN=(.+)$/.exec(subject)?.[1] ?? subject);
}

function reasonOf(occurrences: string | undefined): string | null {
  const count = Number(occurrences);
  if (!Number.isSafeInteger(count) || count < 1) return null;
  return cleanReason(`signed ${count} ${count === 1 ? 'driver' : 'drivers'} of that list`);
}
