// Updates of a hash list as the HashList message, and back. Which bytes a first value has on the wire follows the size:
// one number of 32 or 64 bits, or parts of 64 bits, the highest first.
import type { HashListUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSize } from 'tocsin/lists/hash-set.ts';
import type { RiceDelta } from 'tocsin/lists/rice.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { MessageValue } from './messages.ts';
import { decodeMessage, encodeMessage } from './messages.ts';

interface Form {
  /** Member of HashList. */
  readonly member: string;
  /** Members of the first value, the highest part first; and the bytes of each. */
  readonly parts: readonly string[];
  readonly partBytes: 4 | 8;
}

const FORMS: Readonly<Record<HashSize, Form>> = {
  4: { member: 'additionsFourBytes', parts: ['firstValue'], partBytes: 4 },
  8: { member: 'additionsEightBytes', parts: ['firstValue'], partBytes: 8 },
  16: { member: 'additionsSixteenBytes', parts: ['firstValueHi', 'firstValueLo'], partBytes: 8 },
  32: {
    member: 'additionsThirtyTwoBytes',
    parts: ['firstValueFirstPart', 'firstValueSecondPart', 'firstValueThirdPart', 'firstValueFourthPart'],
    partBytes: 8,
  },
};

export interface PublishedUpdate extends HashListUpdate {
  readonly name: string;
  /** Opaque to who gets it. */
  readonly version: Uint8Array;
  readonly size: HashSize;
  /** Seconds. */
  readonly minimumWait: number;
}

export function encodeHashList(update: PublishedUpdate): Uint8Array {
  const { name, version, partial, removals, additions, checksum, size, minimumWait } = update;
  return encodeMessage('HashList', {
    name,
    version,
    partialUpdate: partial,
    sha256Checksum: checksum,
    minimumWaitDuration: { seconds: BigInt(minimumWait) },
    ...(removals === null ? {} : { compressedRemovals: riceValue(removals, FORMS[4]) }),
    ...(additions === null ? {} : { [FORMS[size].member]: riceValue(additions, FORMS[size]) }),
  });
}

/** The update in a HashList whose hashes have `size` bytes. Throws `format` where it is none, or one of another size. */
export function decodeHashList(bytes: Uint8Array, size: HashSize): PublishedUpdate {
  const value = decodeMessage('HashList', bytes);
  for (const [other, { member }] of Object.entries(FORMS))
    if (Number(other) !== size && value[member] !== undefined)
      throw new TocsinError(
        'format',
        `Cannot read the hash list: its hashes have ${other} bytes, want ${size}`,
      );
  const wait = value['minimumWaitDuration'] as { readonly seconds: bigint } | undefined;
  return {
    name: value['name'] as string,
    version: value['version'] as Uint8Array,
    partial: value['partialUpdate'] as boolean,
    removals: riceOf(value['compressedRemovals'], FORMS[4]),
    additions: riceOf(value[FORMS[size].member], FORMS[size]),
    checksum: value['sha256Checksum'] as Uint8Array,
    size,
    minimumWait: Number(wait?.seconds ?? 0n),
  };
}

function riceValue(delta: RiceDelta, { parts, partBytes }: Form): MessageValue {
  const view = new DataView(delta.first.buffer, delta.first.byteOffset, delta.first.length);
  const values = parts.map((part, i) => [
    part,
    partBytes === 4 ? view.getUint32(0) : view.getBigUint64(8 * i),
  ]);
  return {
    ...Object.fromEntries(values),
    riceParameter: delta.parameter,
    entriesCount: delta.count,
    encodedData: delta.data,
  };
}

function riceOf(message: unknown, { parts, partBytes }: Form): RiceDelta | null {
  if (message === undefined) return null;
  const value = message as MessageValue;
  const first = new Uint8Array(parts.length * partBytes);
  const view = new DataView(first.buffer);
  for (const [i, part] of parts.entries())
    if (partBytes === 4) view.setUint32(0, value[part] as number);
    else view.setBigUint64(8 * i, value[part] as bigint);
  return {
    first,
    parameter: value['riceParameter'] as number,
    count: value['entriesCount'] as number,
    data: value['encodedData'] as Uint8Array,
  };
}
