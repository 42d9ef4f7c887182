// A set of IP ranges, asked whether one of them touches another range. Built once, read-only then.
// Knows nothing of claims: each range carries a value of the caller.
import type { IpAddress, IpRange } from 'tocsin/protocol/ip.ts';

interface Interval<N> {
  readonly from: N;
  readonly to: N;
}

/** Ranges of one IP version, sorted by their first address; `reach[i]` is the one of the first i + 1 that ends last. */
interface Side<N, V> {
  readonly ranges: readonly (Interval<N> & { readonly value: V })[];
  readonly reach: readonly number[];
}

export class RangeSet<V> {
  readonly #v4: Side<number, V>;
  readonly #v6: Side<bigint, V>;

  constructor(entries: readonly { readonly range: IpRange; readonly value: V }[]) {
    const of = (version: 4 | 6) => entries.filter(({ range }) => range.network.version === version);
    this.#v4 = sideOf(of(4).map(({ range, value }) => ({ ...interval4(range), value })));
    this.#v6 = sideOf(of(6).map(({ range, value }) => ({ ...interval6(range), value })));
  }

  get size(): number {
    return this.#v4.ranges.length + this.#v6.ranges.length;
  }

  /** The value of a range that shares an address with `range`, or null. */
  touching(range: IpRange): V | null {
    return range.network.version === 4 ? find(this.#v4, interval4(range)) : find(this.#v6, interval6(range));
  }
}

function sideOf<N extends number | bigint, V>(ranges: (Interval<N> & { readonly value: V })[]): Side<N, V> {
  ranges.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const reach: number[] = [];
  for (const [i, range] of ranges.entries()) {
    const before = reach[i - 1];
    reach.push(before !== undefined && ranges[before]!.to >= range.to ? before : i);
  }
  return { ranges, reach };
}

function find<N extends number | bigint, V>({ ranges, reach }: Side<N, V>, wanted: Interval<N>): V | null {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.from <= wanted.to) low = middle + 1;
    else high = middle;
  }
  const farthest = reach[low - 1];
  if (farthest === undefined || ranges[farthest]!.to < wanted.from) return null;
  return ranges[farthest]!.value;
}

function interval4({ network, length }: IpRange): Interval<number> {
  const from = network.version === 4 ? network.value : 0;
  return { from, to: from + 2 ** (32 - length) - 1 };
}

function interval6({ network, length }: IpRange): Interval<bigint> {
  const from = numberOf(network);
  return { from, to: from + (1n << BigInt(128 - length)) - 1n };
}

function numberOf(address: IpAddress): bigint {
  if (address.version === 4) return BigInt(address.value);
  return address.groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}
