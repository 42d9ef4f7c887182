// Which known-bad addresses begin with a prefix: what a browser asks when an address it opens is in one of its lists. Keeps
// nothing of the question.
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { ThreatType } from './catalogue.ts';
import { HASH_LISTS } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { encodeMessage, enumNumber } from './messages.ts';

const WEB = ['url', 'host'] as const;
const THREATS = HASH_LISTS.flatMap(({ threat, takes }) => (threat === null ? [] : [{ threat, takes }]));

/** A SearchHashesResponse. Each prefix has 4 bytes. Throws `limit` where more share one than can be by accident. */
export function searchHashes(lists: ListSet, prefixes: readonly Uint8Array[]): Uint8Array {
  const found = new Map<string, { hash: Uint8Array; threats: Set<ThreatType> }>();
  for (const prefix of prefixes)
    for (const kind of WEB) {
      const { maxUnderPrefix } = PUBLISHED_HASH_LISTS;
      const bucket = lists.bucket(kind, prefix, 32, maxUnderPrefix + 1);
      if (bucket.length > maxUnderPrefix)
        throw new TocsinError(
          'limit',
          `Cannot answer the search: more than ${maxUnderPrefix} known objects share a prefix, want fewer`,
        );
      for (const { key, record } of bucket) {
        const threats = THREATS.filter(({ takes }) => takes(record)).map(({ threat }) => threat);
        if (threats.length === 0) continue;
        const id = toHex(key);
        const entry = found.get(id) ?? { hash: key, threats: new Set() };
        for (const threat of threats) entry.threats.add(threat);
        found.set(id, entry);
      }
    }
  return encodeMessage('SearchHashesResponse', {
    fullHashes: [...found.values()].map(({ hash, threats }) => ({
      fullHash: hash,
      fullHashDetails: [...threats].map((threat) => ({ threatType: enumNumber('ThreatType', threat) })),
    })),
    cacheDuration: { seconds: BigInt(PUBLISHED_HASH_LISTS.searchLifetime) },
  });
}
