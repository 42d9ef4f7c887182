// The MD5 sums that Debian packages carry (`/var/lib/dpkg/info/NAME.md5sums`): `md5  path`, one a line.
// They vouch for files by a weak digest only: such a claim says `good` at most and never beats a bad SHA-256.
import { hexRunLength } from 'tocsin/protocol/hex.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import { ClaimDraft } from './claim-draft.ts';
import { DetailsTable } from './details.ts';
import type { ClaimDetails, FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { openLines } from './lines.ts';
import type { RowOutcome } from './row.ts';
import { refusal } from './row.ts';

export const dpkg: StreamFormat = {
  kind: 'stream',
  name: 'dpkg',
  unit: 'line',
  describe: 'MD5 sums of a Debian package (md5, two blanks, path)',
  example: 'tocsin-hub import dpkg /var/lib/dpkg/info/coreutils.md5sums',
  defaults: { level: 'good', category: 'operating-system' },
  open: openDpkg,
};

const NO_SUM = refusal('no MD5, two blanks and a path');

function openDpkg(sink: ImportSink, options: FormatOptions): FormatParser {
  const details = packageDetails(options.fileName ?? '');
  const draft = new ClaimDraft();
  return openLines(sink, {
    format: 'dpkg',
    wanted: 'md5, two blanks and a path a line',
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      const sum = hexRunLength(bytes, start, end) === 32;
      const path = bytes[start + 32] === 0x20 && bytes[start + 33] === 0x20 && start + 34 < end;
      if (!sum || !path) return NO_SUM;
      draft.clear();
      const why = draft.addHex('file-md5', bytes, start);
      if (why !== null) return why;
      sink.original(line, bytes, start, end);
      draft.commit(sink, details, line);
      return 'taken';
    },
  });
}

/** The package is what the file is called after, without the architecture (`libc6:amd64.md5sums`). */
function packageDetails(fileName: string): ClaimDetails | null {
  const found = /([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\.md5sums$/.exec(fileName);
  const name = found === null ? null : cleanName(found[1]!);
  return new DetailsTable().of(null, null, name, name === null ? null : `shipped by the package ${name}`);
}
