// Lists of trackers in the shape of Disconnect's services.json: categories of services, each with the domains that it
// uses. Each domain is a row; the service is its name. Categories that are no tracking by themselves are left out.
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import type { Category } from 'tocsin/protocol/verdict.ts';
import { ClaimDraft } from './claim-draft.ts';
import { cleanReason, DetailsTable } from './details.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import type { JsonPath } from './json-selector.ts';
import { openJson, originalText } from './json-values.ts';
import type { Refusal } from './row.ts';
import { refusal } from './row.ts';

const WANTED = 'a list of trackers as JSON (an object with "categories" of services with their domains)';

export const disconnect: StreamFormat = {
  kind: 'stream',
  name: 'disconnect',
  unit: 'entry',
  describe: 'trackers as JSON (services.json of Disconnect): each domain with the service that it is of',
  example: 'tocsin-hub import disconnect services.json --source trackers',
  defaults: { level: 'riskware', category: 'tracker' },
  open: openDisconnect,
};

const NO_TRACKING = refusal('of a category that is no tracking by itself', true);
const NO_DOMAIN = refusal('no domain as text');

/** What pages need, what asks for consent, what keeps fraud away: blocking it protects nobody. */
const LEFT_OUT: ReadonlySet<string> = new Set(['content', 'consentmanagers', 'anti-fraud']);

function openDisconnect(sink: ImportSink, options: FormatOptions): FormatParser {
  const reader = new ServiceReader(sink);
  return openJson({
    format: 'disconnect',
    wanted: WANTED,
    paths: ['categories.*.*'],
    value: (value, path) => reader.service(value, path),
    end: (topKeys) => reader.end(topKeys, options.mayBeEmpty === true),
  });
}

class ServiceReader {
  readonly #sink: ImportSink;
  readonly #draft = new ClaimDraft();
  readonly #table = new DetailsTable();
  #ordinal = 0;

  constructor(sink: ImportSink) {
    this.#sink = sink;
  }

  /** `{"Service": {"https://service.example/": ["a.example", …], "dnt": "eff", …}}` */
  service(value: unknown, path: JsonPath): void {
    const category = String(path[1]);
    for (const [service, homes] of entriesOf(value))
      for (const [, domains] of entriesOf(homes))
        if (Array.isArray(domains)) for (const domain of domains) this.#row(category, service, domain);
  }

  end(topKeys: readonly string[], mayBeEmpty: boolean): void {
    if (!topKeys.includes('categories'))
      throw wrongFile('disconnect', 'it is JSON without categories', WANTED);
    if (this.#ordinal === 0 && !mayBeEmpty) throw wrongFile('disconnect', 'it names no domain', WANTED);
  }

  #row(category: string, service: string, domain: unknown): void {
    const ordinal = ++this.#ordinal;
    this.#sink.row();
    this.#draft.clear();
    const why = this.#add(category, domain);
    if (why !== null) {
      this.#sink.refuse(ordinal, why.why);
      return;
    }
    const original = originalText({ category, service, domain });
    this.#sink.original(ordinal, original, 0, original.length);
    const details = this.#table.of(null, kindOf(category), cleanName(service), cleanReason(category));
    this.#draft.commit(this.#sink, details, ordinal);
  }

  #add(category: string, domain: unknown): Refusal | null {
    if (LEFT_OUT.has(category.toLowerCase())) return NO_TRACKING;
    if (typeof domain !== 'string') return NO_DOMAIN;
    return domain.includes('/') ? this.#draft.addUrl(domain) : this.#draft.addHost(domain);
  }
}

/** Who mines coins on a visitor's machine does more than follow. */
function kindOf(category: string): Category {
  return /^cryptomin/i.test(category) ? 'unwanted' : 'tracker';
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
