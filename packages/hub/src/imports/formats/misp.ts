// MISP events as JSON: one event, a list of events, or an answer of its API. Each attribute is a row. Attributes
// wait until their event's tags and galaxies are known, which stand behind them in the file.
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import { IMPORT_LIMITS } from '../config.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { ClaimDetails, FormatOptions, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import type { JsonPath } from './json-selector.ts';
import { listMember, member, openJson, originalText, textMember } from './json-values.ts';
import { addAttribute, refuseType } from './misp-attribute.ts';
import type { Refusal } from './row.ts';
import { refusal } from './row.ts';

const WANTED = 'a MISP event as JSON (an object with "Event", a list of such, or "response")';

export const misp: StreamFormat = {
  kind: 'stream',
  name: 'misp',
  unit: 'entry',
  describe: 'MISP event JSON: attributes that are marked for detection (all of them with --unmarked)',
  example: 'tocsin-hub import misp misp.event.5817.json --source sharing-group',
  defaults: { level: 'malicious', category: 'malware' },
  open(sink, options) {
    const reader = new EventReader(sink, options);
    return openJson({
      format: 'misp',
      wanted: WANTED,
      paths: ['Event', '*.Event', '*.*.Event'].flatMap((event) => MEMBERS.map((path) => `${event}.${path}`)),
      value: (value, path) => reader.value(value, path),
      end: (topKeys) => reader.end(topKeys),
    });
  },
};

const MEMBERS = ['info', 'uuid', 'Attribute.*', 'Object.*.Attribute.*', 'Galaxy.*', 'Tag.*'];

const NOT_MARKED = refusal('not marked for detection (to_ids)', true);
const DELETED = refusal('deleted', true);
const NO_VALUE = refusal('no type and value', true);

interface HeldAttribute {
  readonly ordinal: number;
  readonly type: string;
  readonly value: string;
  readonly name: string | null;
  readonly original: Buffer;
}

class EventReader {
  readonly #sink: ImportSink;
  readonly #unmarked: boolean;
  readonly #draft = new ClaimDraft();
  readonly #table = new DetailsTable();
  #held: HeldAttribute[] = [];
  #heldBytes = 0;
  #ordinal = 0;
  #event = '';
  #info = '';
  #name: string | null = null;
  #events = 0;

  constructor(sink: ImportSink, options: FormatOptions) {
    this.#sink = sink;
    this.#unmarked = options.unmarked ?? false;
  }

  value(value: unknown, path: JsonPath): void {
    const at = path.indexOf('Event');
    this.#enter(path.slice(0, at).join('/'));
    switch (path[at + 1]) {
      case 'info':
        this.#info = typeof value === 'string' ? value : '';
        break;
      case 'Galaxy':
        this.#name ??= galaxyName(value);
        break;
      case 'Tag':
        this.#name ??= tagName(value);
        break;
      case 'Attribute':
      case 'Object':
        this.#attribute(value);
        break;
      default: // its uuid: it was an event
    }
  }

  end(topKeys: readonly string[]): void {
    this.#flush();
    if (this.#events > 0 || topKeys.includes('Event') || topKeys.includes('response')) return;
    const bundle = topKeys.includes('objects') || topKeys.includes('spec_version');
    const found = bundle ? 'it is a STIX bundle' : 'it is JSON without an event';
    throw wrongFile('misp', found, WANTED);
  }

  #enter(event: string): void {
    if (this.#events > 0 && event === this.#event) return;
    this.#flush();
    this.#events++;
    this.#event = event;
    this.#info = '';
    this.#name = null;
  }

  #attribute(attribute: unknown): void {
    const ordinal = ++this.#ordinal;
    const type = textMember(attribute, 'type');
    const value = textMember(attribute, 'value');
    const why = this.#refuse(attribute, type, value);
    if (why !== null) {
      this.#sink.row();
      this.#sink.refuse(ordinal, why.why);
      return;
    }
    const name = ownName(attribute);
    const comment = textMember(attribute, 'comment');
    this.#held.push({ ordinal, type, value, name, original: originalText({ type, value, comment }) });
    this.#heldBytes += value.length + comment.length;
    const { maxHeldAttributes, maxHeldBytes } = IMPORT_LIMITS;
    if (this.#held.length >= maxHeldAttributes || this.#heldBytes > maxHeldBytes) this.#flush();
  }

  #refuse(attribute: unknown, type: string, value: string): Refusal | null {
    if (type === '' || value === '') return NO_VALUE;
    const unknownType = refuseType(type);
    if (unknownType !== null) return unknownType;
    if (member(attribute, 'deleted') === true) return DELETED;
    return member(attribute, 'to_ids') === false && !this.#unmarked ? NOT_MARKED : null;
  }

  #flush(): void {
    const reason = cleanReason(this.#info);
    const eventName = this.#name ?? cleanName(this.#info);
    for (const held of this.#held)
      this.#take(held, this.#table.of(null, null, held.name ?? eventName, reason));
    this.#held = [];
    this.#heldBytes = 0;
  }

  #take({ ordinal, type, value, original }: HeldAttribute, details: ClaimDetails | null): void {
    this.#draft.clear();
    const why = addAttribute(this.#draft, type, value);
    this.#sink.row();
    if (why !== null) {
      this.#sink.refuse(ordinal, why.why);
      return;
    }
    this.#sink.original(ordinal, original, 0, original.length);
    this.#draft.commit(this.#sink, details, ordinal);
  }
}

/** Galaxies that name who or what attacks; techniques, sectors and countries do not. */
const NAMING =
  /malpedia|malware|ransomware|backdoor|banker|botnet|stealer|exploit-kit|(?:^|-)rat$|tool|threat-actor|intrusion-set/;

function ownName(attribute: unknown): string | null {
  for (const galaxy of listMember(attribute, 'Galaxy')) {
    const name = galaxyName(galaxy);
    if (name !== null) return name;
  }
  for (const tag of listMember(attribute, 'Tag')) {
    const name = tagName(tag);
    if (name !== null) return name;
  }
  return null;
}

function galaxyName(galaxy: unknown): string | null {
  if (!NAMING.test(textMember(galaxy, 'type'))) return null;
  return cleanName(textMember(listMember(galaxy, 'GalaxyCluster')[0], 'value'));
}

/** `misp-galaxy:threat-actor="Name"`. */
function tagName(tag: unknown): string | null {
  const found = /^misp-galaxy:([a-z0-9-]+)="(.+)"$/.exec(textMember(tag, 'name'));
  return found !== null && NAMING.test(found[1]!) ? cleanName(found[2]!) : null;
}
