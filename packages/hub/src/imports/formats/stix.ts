// STIX 2.1 (and 2.0) bundles: each indicator is a row, by the objects that its pattern names. Other objects of
// the bundle are what was seen, not what was judged: they make no claim.
import { shown } from 'tocsin/protocol/errors.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import type { Level } from 'tocsin/protocol/verdict.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { FormatOptions, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import { listMember, member, openJson, originalText, textMember } from './json-values.ts';
import type { Refusal } from './row.ts';
import { refusal } from './row.ts';
import type { PatternTerm } from './stix-pattern.ts';
import { readPattern } from './stix-pattern.ts';

const WANTED = 'a STIX 2.1 bundle (an object with "type": "bundle" and "objects")';

export const stix: StreamFormat = {
  kind: 'stream',
  name: 'stix',
  unit: 'entry',
  describe: 'STIX 2.1 bundle: indicators whose pattern names files, URLs, hosts or IPs plainly',
  example: 'tocsin-hub import stix bundle.json --source isac',
  defaults: { level: 'malicious', category: 'malware' },
  open(sink, options) {
    const reader = new BundleReader(sink, options);
    return openJson({
      format: 'stix',
      wanted: WANTED,
      paths: ['type', 'objects.*'],
      value: (value, path) => (path.length === 1 ? reader.type(value) : reader.object(value)),
      end: (topKeys) => reader.end(topKeys),
    });
  },
};

const REVOKED = refusal('revoked', true);
const EXPIRED = refusal('no longer valid (valid_until)', true);
const NOT_YET = refusal('not valid yet (valid_from)', true);
const BENIGN = refusal('an indicator of benign activity', true);
const NO_PATTERN = refusal('an indicator without a pattern', true);

class BundleReader {
  readonly #sink: ImportSink;
  readonly #now: number | null;
  readonly #draft = new ClaimDraft();
  readonly #table = new DetailsTable();
  #type: unknown = null;
  #ordinal = 0;

  constructor(sink: ImportSink, options: FormatOptions) {
    this.#sink = sink;
    this.#now = options.now ?? null;
  }

  type(value: unknown): void {
    this.#type = value;
  }

  object(object: unknown): void {
    const ordinal = ++this.#ordinal;
    if (textMember(object, 'type') !== 'indicator') return;
    this.#sink.row();
    const why = this.#refuse(object) ?? this.#draw(textMember(object, 'pattern'));
    if (why !== null) {
      this.#sink.refuse(ordinal, why.why);
      return;
    }
    const original = originalText(object);
    this.#sink.original(ordinal, original, 0, original.length);
    const name = textMember(object, 'name');
    const reason = cleanReason(textMember(object, 'description') || name);
    this.#draft.commit(this.#sink, this.#table.of(levelOf(object), null, cleanName(name), reason), ordinal);
  }

  /** A TAXII envelope has objects but no type; a bundle may have no objects at all. */
  end(topKeys: readonly string[]): void {
    const envelope = this.#type === null && topKeys.includes('objects');
    if (this.#type === 'bundle' || envelope) return;
    const event = topKeys.includes('Event') || topKeys.includes('response');
    const type =
      typeof this.#type === 'string' ? `a single object of type '${shown(this.#type)}'` : 'other JSON';
    throw wrongFile('stix', `it is ${event ? 'a MISP event' : type}`, WANTED);
  }

  #refuse(indicator: unknown): Refusal | null {
    if (member(indicator, 'revoked') === true) return REVOKED;
    const pattern = textMember(indicator, 'pattern');
    if (pattern === '') return NO_PATTERN;
    const language = textMember(indicator, 'pattern_type') || 'stix';
    if (language !== 'stix') return refusal(`a pattern in '${shown(language)}', not in STIX`, true);
    if (kindsOf(indicator).includes('benign')) return BENIGN;
    return this.#refuseTime(indicator);
  }

  #refuseTime(indicator: unknown): Refusal | null {
    if (this.#now === null) return null;
    // A date that cannot be read is no limit.
    if (Date.parse(textMember(indicator, 'valid_until')) <= this.#now) return EXPIRED;
    return Date.parse(textMember(indicator, 'valid_from')) > this.#now ? NOT_YET : null;
  }

  #draw(pattern: string): Refusal | null {
    const answer = readPattern(pattern);
    if (answer.kind === 'refused') return answer.why;
    this.#draft.clear();
    for (const term of answer.terms) {
      const why = addTerm(this.#draft, term);
      if (why !== null) return why;
    }
    return null;
  }
}

function addTerm(draft: ClaimDraft, { object, value }: PatternTerm): Refusal | null {
  switch (object) {
    case 'md5':
    case 'sha1':
    case 'sha256':
      return draft.addDigest(value, `file-${object}`);
    case 'certificate':
      return draft.addDigest(value, 'certificate-sha256');
    case 'url':
      return draft.addUrl(value);
    case 'host':
      return draft.addHost(value);
    case 'ip':
      return draft.addIp(value);
  }
}

/** `indicator_types`, in STIX 2.0 `labels`. */
function kindsOf(indicator: unknown): readonly unknown[] {
  return [...listMember(indicator, 'indicator_types'), ...listMember(indicator, 'labels')];
}

/** Only what is weaker than the default is said: unusual or hidden is not yet bad. */
function levelOf(indicator: unknown): Level | null {
  const kinds = kindsOf(indicator);
  if (kinds.includes('malicious-activity')) return null;
  return kinds.includes('anomalous-activity') || kinds.includes('anonymization') ? 'suspicious' : null;
}
