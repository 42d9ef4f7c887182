// ClamAV's digest databases: `digest:size:name[:level[:level]]`, one a line. `.hdb` and `.hsb` name bad files,
// `.fp` and `.sfp` files that must never be found. Section digests (`.mdb`) are not of files: their lines do
// not fit here. The size is part of what ClamAV compares and adds nothing to the digest of a whole file.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import { ClaimDraft, digestAt } from './claim-draft.ts';
import { DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { isComment, openLines } from './lines.ts';
import type { RowOutcome } from './row.ts';
import { REFUSED, refusal } from './row.ts';

const WANTED = 'digest:size:name a line (.hdb, .hsb, .fp, .sfp)';
const VARIANTS = ['hdb', 'hsb', 'fp', 'sfp'] as const;
type Variant = (typeof VARIANTS)[number];

export const clamav: StreamFormat = {
  kind: 'stream',
  name: 'clamav',
  unit: 'line',
  describe: 'ClamAV digest database: .hdb and .hsb (bad files), .fp and .sfp (good ones)',
  example: 'tocsin-hub import clamav main.hsb --source clamav',
  defaults: { level: 'malicious', category: 'malware' },
  open: openClamav,
};

const NO_SIZE = refusal('a size that is neither a number nor *');
const NO_NAME = refusal('no name behind the size');
const BAD_LEVEL = refusal('a function level that is no number', true);

function openClamav(sink: ImportSink, options: FormatOptions): FormatParser {
  const variant = variantOf(options);
  const allowed = variant === 'fp' || variant === 'sfp';
  const level = allowed ? 'good' : null;
  const category = allowed ? 'software' : null;
  const table = new DetailsTable();
  const draft = new ClaimDraft();
  return openLines(sink, {
    format: 'clamav',
    wanted: WANTED,
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      if (isComment(bytes, start)) return 'ignored';
      const kind = digestAt(bytes, start, end);
      if (kind === null) return REFUSED.digest;
      const [before, size, name, ...levels] = bytes
        .toString('utf8', start + 2 * KEY_KINDS[kind].bytes, end)
        .split(':');
      if (before !== '') return REFUSED.digest;
      if (size === undefined || !/^(?:\*|\d{1,20})$/.test(size)) return NO_SIZE;
      if (name === undefined || name === '') return NO_NAME;
      if (levels.length > 2 || levels.some((text) => !/^\d{0,5}$/.test(text))) return BAD_LEVEL;
      draft.clear();
      const why = draft.addHex(kind, bytes, start);
      if (why !== null) return why;
      const family = cleanName(name.replace(/[-.]\d+$/, ''));
      sink.original(line, bytes, start, end);
      draft.commit(sink, table.of(level, category, cleanName(name), null, family), line);
      return 'taken';
    },
  });
}

/** The variant that was named, or the file's ending; another ending counts as bad files. */
function variantOf(options: FormatOptions): Variant {
  const isVariant = (text: string): text is Variant => (VARIANTS as readonly string[]).includes(text);
  const { variant } = options;
  if (variant !== undefined) {
    if (isVariant(variant)) return variant;
    throw new TocsinError(
      'input',
      `Cannot read the variant '${variant}': it is no digest database, want ${VARIANTS.join(', ')}`,
    );
  }
  const ending = /\.([a-z]+)$/i.exec(options.fileName ?? '')?.[1]?.toLowerCase() ?? '';
  return isVariant(ending) ? ending : 'hdb';
}
