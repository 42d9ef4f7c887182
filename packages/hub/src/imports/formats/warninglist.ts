// MISP warning lists as JSON (a name, a type, the attributes that it is about, and the values): things that real
// feeds name by mistake. Each value is a row. Type and attributes stand behind the values, so values wait for them.
import { IMPORT_LIMITS } from '../config.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import type { JsonPath } from './json-selector.ts';
import { openJson, originalText } from './json-values.ts';
import type { Refusal } from './row.ts';
import { REFUSED, refusal } from './row.ts';
import { addSite } from './top-sites.ts';

const WANTED =
  'a MISP warning list as JSON (an object with "name", "type", "matching_attributes" and "list")';

export const warninglist: StreamFormat = {
  kind: 'stream',
  name: 'warninglist',
  unit: 'entry',
  describe:
    'MISP warning list JSON: shared addresses, top sites, known files and certificates; holds bad claims about them',
  example: 'tocsin-hub import warninglist lists/vpn-ipv4/list.json --source vpn-ipv4',
  sourceKind: 'warning',
  defaults: { level: 'good', category: null },
  open: openWarninglist,
};

const PATTERN = refusal('a pattern, not an object', true);
const NOT_OURS = refusal('no file, host, address or certificate', true);

function openWarninglist(sink: ImportSink, options: FormatOptions): FormatParser {
  const reader = new ListReader(sink, options);
  return openJson({
    format: 'warninglist',
    wanted: WANTED,
    paths: ['name', 'type', 'list.*', 'matching_attributes.*'],
    value: (value, path) => reader.value(value, path),
    end: (topKeys) => reader.end(topKeys),
  });
}

class ListReader {
  readonly #sink: ImportSink;
  readonly #options: FormatOptions;
  readonly #draft = new ClaimDraft();
  readonly #table = new DetailsTable();
  readonly #values: string[] = [];
  readonly #attributes = new Set<string>();
  #bytes = 0;
  #name = '';
  #type = '';

  constructor(sink: ImportSink, options: FormatOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  value(value: unknown, path: JsonPath): void {
    const text = typeof value === 'string' ? value : '';
    if (path[0] === 'name') this.#name = text;
    else if (path[0] === 'type') this.#type = text;
    else if (path[0] === 'matching_attributes') this.#attributes.add(text);
    else {
      this.#values.push(text);
      this.#bytes += text.length;
      const { maxWarnings, maxWarningBytes } = IMPORT_LIMITS;
      if (this.#values.length > maxWarnings || this.#bytes > maxWarningBytes)
        throw wrongFile(
          'warninglist',
          `it has more than ${maxWarnings} values or ${maxWarningBytes} bytes of them`,
          WANTED,
        );
    }
  }

  end(topKeys: readonly string[]): void {
    const isList = topKeys.includes('list') && topKeys.includes('matching_attributes') && this.#type !== '';
    if (!isList) throw wrongFile('warninglist', 'it is JSON without such a list', WANTED);
    if (this.#values.length === 0 && this.#options.mayBeEmpty !== true)
      throw wrongFile('warninglist', 'its list is empty', WANTED);
    const details = this.#table.of(null, null, null, cleanReason(this.#name));
    for (const [i, value] of this.#values.entries()) {
      this.#sink.row();
      this.#draft.clear();
      const why = this.#add(value);
      if (why !== null) {
        this.#sink.refuse(i + 1, why.why);
        continue;
      }
      const original = originalText(value);
      this.#sink.original(i + 1, original, 0, original.length);
      this.#draft.commit(this.#sink, details, i + 1);
    }
  }

  #add(value: string): Refusal | null {
    if (this.#type === 'regex') return PATTERN;
    if (this.#about('ip-')) {
      const why = this.#draft.addIp(value);
      if (why === null || this.#type === 'cidr') return why;
    }
    if (/^[\da-f]{32,64}$/i.test(value)) return this.#addDigest(value);
    if (this.#about('domain') || this.#about('hostname')) return addSite(this.#draft, value);
    return NOT_OURS;
  }

  #addDigest(value: string): Refusal | null {
    const isCertificate = this.#attributes.has('x509-fingerprint-sha256') && value.length === 64;
    const why = isCertificate ? this.#draft.addDigest(value, 'certificate-sha256') : null;
    const isFile = [...this.#attributes].some((name) => /^(?:md5|sha1|sha256)$/.test(name));
    if (why !== null || !isFile) return isCertificate ? why : REFUSED.digest;
    return this.#draft.addDigest(value);
  }

  #about(prefix: string): boolean {
    return [...this.#attributes].some((name) => name.startsWith(prefix));
  }
}
