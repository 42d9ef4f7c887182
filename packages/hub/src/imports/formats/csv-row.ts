// One record of a table: the objects that its columns name, and what it says of them.
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import { isCategory, isLevel } from 'tocsin/protocol/verdict.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import { IMPORT_LIMITS } from '../config.ts';
import { ClaimDraft } from './claim-draft.ts';
import type { CsvCells } from './csv-cells.ts';
import type { BoundColumns, ColumnRole } from './csv-columns.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { ImportSink } from './format.ts';
import type { Refusal, RowOutcome } from './row.ts';
import { refusal } from './row.ts';

const NO_KEY = refusal('no object in any known column', true);
const WIDE = refusal('more columns than the header');
const BAD_LEVEL = refusal(
  'a level that is none of unknown, trusted, good, riskware, suspicious, malicious',
  true,
);

const DIGEST_ROLES: readonly (readonly [ColumnRole, KeyKind | null])[] = [
  ['sha256', 'file-sha256'],
  ['sha1', 'file-sha1'],
  ['md5', 'file-md5'],
  ['hash', null],
  ['certificate', 'certificate-sha256'],
  ['tbs', 'certificate-tbs'],
  ['wifi', 'wifi'],
];

/** What feeds write into a cell that has nothing to say. */
const EMPTY = /^(?:n\/a|-|null|none)?$/i;

/** Reads records that `cells` has split; `width` is the number of columns of the header. */
export class RowReader {
  readonly #cells: CsvCells;
  readonly #columns: BoundColumns;
  readonly #width: number;
  readonly #draft = new ClaimDraft();
  readonly #table = new DetailsTable();
  readonly #digests: readonly { readonly column: number; readonly kind: KeyKind | null }[];

  readonly #group: GroupSecret | undefined;

  constructor(cells: CsvCells, columns: BoundColumns, width: number, group?: GroupSecret) {
    this.#group = group;
    this.#cells = cells;
    this.#columns = columns;
    this.#width = width;
    this.#digests = DIGEST_ROLES.flatMap(([role, kind]) =>
      (columns.get(role) ?? []).map((column) => ({ column, kind })),
    );
  }

  read(sink: ImportSink, bytes: Buffer, start: number, end: number, line: number): RowOutcome {
    const cells = this.#cells;
    for (let i = this.#width; i < cells.count; i++) if (cells.size(i) > 0) return WIDE;
    this.#draft.clear();
    const why = this.#objects(bytes);
    if (why !== null) return why;
    if (this.#draft.count === 0) return NO_KEY;
    const level = this.#remark('level').toLowerCase();
    if (level !== '' && !isLevel(level)) return BAD_LEVEL;
    const details = this.#table.of(
      level === '' ? null : (level as Level),
      readCategory(this.#remark('category')),
      cleanName(this.#remark('name')),
      cleanReason(this.#remark('reason')),
    );
    sink.original(line, bytes, start, end);
    this.#draft.commit(sink, details, line);
    return 'taken';
  }

  #objects(bytes: Buffer): Refusal | null {
    for (const { column, kind } of this.#digests) {
      const why = this.#digest(column, kind, bytes);
      if (why !== null) return why;
    }
    const draft = this.#draft;
    return (
      this.#each('url', /\s+/, (text) => draft.addUrl(text)) ??
      this.#each('host', /[\s,;|]+/, (text) => draft.addHost(text)) ??
      this.#each('ip', /[\s,;|]+/, (text) => draft.addEndpoint(text)) ??
      this.#network()
    );
  }

  /** A network without a name (hidden) is one whose name cell is empty. */
  #network(): Refusal | null {
    const bssid = this.#cell('bssid');
    if (bssid === '') return null;
    return this.#draft.addWifi(this.#group, this.#cell('ssid'), bssid);
  }

  #digest(column: number, kind: KeyKind | null, bytes: Buffer): Refusal | null {
    const size = this.#cells.size(column);
    if (size === 0) return null;
    if (kind !== null && size === 2 * KEY_KINDS[kind].bytes)
      return this.#draft.addHex(kind, bytes, this.#cells.start(column));
    for (const text of this.#cells.text(column).split(/[\s,;|]+/)) {
      const why = EMPTY.test(text) ? null : this.#draft.addDigest(text, kind);
      if (why !== null) return why;
    }
    return null;
  }

  #each(role: ColumnRole, separator: RegExp, add: (text: string) => Refusal | null): Refusal | null {
    for (const text of this.#cell(role).split(separator)) {
      const why = EMPTY.test(text) ? null : add(text);
      if (why !== null) return why;
    }
    return null;
  }

  #remark(role: ColumnRole): string {
    return this.#cell(role, IMPORT_LIMITS.maxRemarkBytes);
  }

  /** The text of the first column of this role that says something. */
  #cell(role: ColumnRole, limit?: number): string {
    for (const column of this.#columns.get(role) ?? []) {
      if (this.#cells.size(column) === 0) continue;
      const text = this.#cells.text(column, limit);
      if (!EMPTY.test(text)) return text;
    }
    return '';
  }
}

/** Categories of others that are none of ours say nothing here; the original line keeps them. */
function readCategory(text: string): Category | null {
  if (text === '') return null;
  const name = text.toLowerCase().replace(/[\s_]+/g, '-');
  return isCategory(name) ? name : null;
}
