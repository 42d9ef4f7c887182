// The query of a request for hash lists or hashes, as browsers write it: names, versions and prefixes may stand there any
// number of times, bytes in either base64. Parameters of other names (key, $.xgafv) are not looked at.
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import type { SizeConstraints } from './constrained.ts';

export interface V5Query {
  readonly json: boolean;
  readonly names: readonly string[];
  /** Without blank ones. */
  readonly versions: readonly Uint8Array[];
  readonly prefixes: readonly Uint8Array[];
  /** Of each list. */
  readonly constraints: SizeConstraints;
}

/** Throws `input` where a part is not as it should be, `limit` for too many. */
export function parseQuery(url: string): V5Query {
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const names = [...query.getAll('names'), ...query.getAll('names[]')];
  const versions = [...query.getAll('version'), ...query.getAll('version[]')];
  const prefixes = [...query.getAll('hashPrefixes'), ...query.getAll('hashPrefixes[]')];
  atMost('names', names.length, PUBLISHED_HASH_LISTS.maxNames);
  atMost('versions', versions.length, PUBLISHED_HASH_LISTS.maxNames);
  atMost('prefixes', prefixes.length, PUBLISHED_HASH_LISTS.maxPrefixes);
  if (new Set(names).size !== names.length)
    throw new TocsinError('input', 'Cannot answer the request: a name is there twice, want each once');
  return {
    json: wantsJson(query),
    names,
    versions: versions.filter((text) => text !== '').map((text) => bytesOf(text, 'version')),
    prefixes: prefixes.map((text) => prefixOf(text)),
    constraints: {
      update: entriesOf(
        query,
        ['maxUpdateEntries', 'max_update_entries'],
        PUBLISHED_HASH_LISTS.minUpdateEntries,
      ),
      database: entriesOf(query, ['maxDatabaseEntries', 'max_database_entries'], 1),
    },
  };
}

/** Both spellings of the published API are read; zero says that there is no limit. */
function entriesOf(query: URLSearchParams, names: readonly string[], least: number): number {
  const given = names.flatMap((name) => [
    ...query.getAll(`sizeConstraints.${name}`),
    ...query.getAll(`size_constraints.${name}`),
  ]);
  const text = given.at(-1) ?? '';
  if (text === '' || text === '0') return Infinity;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (count >= least && count < 2 ** 31) return count;
  throw new TocsinError(
    'input',
    `Cannot keep to '${shown(names[0]!)}' of '${shown(text)}': it is no such number of entries, want 0, or ${least} or more below 2^31`,
  );
}

function wantsJson(query: URLSearchParams): boolean {
  const alt = query.get('alt') ?? query.get('$alt') ?? 'proto';
  if (alt === 'json' || alt === 'proto') return alt === 'json';
  throw new TocsinError('input', `Cannot answer in the form '${shown(alt)}': it is none, want proto or json`);
}

function prefixOf(text: string): Uint8Array {
  const bytes = bytesOf(text, 'prefix');
  if (bytes.length === 4) return bytes;
  throw new TocsinError(
    'input',
    `Cannot search for a prefix of ${bytes.length} bytes: it shows another number of bits, want 4 bytes`,
  );
}

/** A space is what a plus sign becomes that nobody escaped. */
function bytesOf(text: string, what: string): Uint8Array {
  const plain = text.replaceAll(' ', '+');
  // One digit alone is no byte.
  if (/^[A-Za-z0-9+/_-]{2,128}={0,2}$/.test(plain)) return new Uint8Array(Buffer.from(plain, 'base64'));
  throw new TocsinError('input', `Cannot read a ${what}: it is no base64, want 1 to 96 bytes in base64`);
}

function atMost(what: string, count: number, limit: number): void {
  if (count > limit)
    throw new TocsinError(
      'limit',
      `Cannot answer the request: it holds ${count} ${what}, want up to ${limit}`,
    );
}
