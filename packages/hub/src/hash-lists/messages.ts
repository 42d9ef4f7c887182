// The messages of Safe Browsing v5 and of a browser's download check, by Google's names and field numbers, declared
// once: protobuf and JSON both derive from this table. Pure; bounds on sizes are those of who reads the bytes.
import type { DescMessage, JsonValue, Message, MessageInitShape } from '@bufbuild/protobuf';
import { create, createFileRegistry, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  EnumValueDescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_duration,
} from '@bufbuild/protobuf/wkt';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';

type Scalar = 'bool' | 'bytes' | 'fixed64' | 'int32' | 'string' | 'uint32' | 'uint64';

/** `#Name` is a message and `=Name` an enum of this table; `*` at the end: repeated. */
type FieldType = `${Scalar | `#${string}` | `=${string}`}${'' | '*'}`;
type Fields = Readonly<Record<string, readonly [number: number, type: FieldType]>>;

const ENUMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ThreatType: {
    THREAT_TYPE_UNSPECIFIED: 0,
    MALWARE: 1,
    SOCIAL_ENGINEERING: 2,
    UNWANTED_SOFTWARE: 3,
    POTENTIALLY_HARMFUL_APPLICATION: 4,
  },
  ThreatAttribute: { THREAT_ATTRIBUTE_UNSPECIFIED: 0, CANARY: 1, FRAME_ONLY: 2 },
  LikelySafeType: { LIKELY_SAFE_TYPE_UNSPECIFIED: 0, GENERAL_BROWSING: 1, CSD: 2, DOWNLOAD: 3 },
  HashLength: {
    HASH_LENGTH_UNSPECIFIED: 0,
    FOUR_BYTES: 2,
    EIGHT_BYTES: 3,
    SIXTEEN_BYTES: 4,
    THIRTY_TWO_BYTES: 5,
  },
  Verdict: { SAFE: 0, DANGEROUS: 1, UNCOMMON: 2, POTENTIALLY_UNWANTED: 3, DANGEROUS_HOST: 4 },
};

const MESSAGES = {
  RiceDeltaEncoded32Bit: {
    first_value: [1, 'uint32'],
    rice_parameter: [2, 'int32'],
    entries_count: [3, 'int32'],
    encoded_data: [4, 'bytes'],
  },
  RiceDeltaEncoded64Bit: {
    first_value: [1, 'uint64'],
    rice_parameter: [2, 'int32'],
    entries_count: [3, 'int32'],
    encoded_data: [4, 'bytes'],
  },
  RiceDeltaEncoded128Bit: {
    first_value_hi: [1, 'uint64'],
    first_value_lo: [2, 'fixed64'],
    rice_parameter: [3, 'int32'],
    entries_count: [4, 'int32'],
    encoded_data: [5, 'bytes'],
  },
  RiceDeltaEncoded256Bit: {
    first_value_first_part: [1, 'uint64'],
    first_value_second_part: [2, 'fixed64'],
    first_value_third_part: [3, 'fixed64'],
    first_value_fourth_part: [4, 'fixed64'],
    rice_parameter: [5, 'int32'],
    entries_count: [6, 'int32'],
    encoded_data: [7, 'bytes'],
  },
  HashListMetadata: {
    threat_types: [1, '=ThreatType*'],
    likely_safe_types: [2, '=LikelySafeType*'],
    description: [4, 'string'],
    hash_length: [6, '=HashLength'],
  },
  HashList: {
    name: [1, 'string'],
    version: [2, 'bytes'],
    partial_update: [3, 'bool'],
    additions_four_bytes: [4, '#RiceDeltaEncoded32Bit'],
    compressed_removals: [5, '#RiceDeltaEncoded32Bit'],
    minimum_wait_duration: [6, '#Duration'],
    sha256_checksum: [7, 'bytes'],
    metadata: [8, '#HashListMetadata'],
    additions_eight_bytes: [9, '#RiceDeltaEncoded64Bit'],
    additions_sixteen_bytes: [10, '#RiceDeltaEncoded128Bit'],
    additions_thirty_two_bytes: [11, '#RiceDeltaEncoded256Bit'],
  },
  BatchGetHashListsResponse: { hash_lists: [1, '#HashList*'] },
  ListHashListsResponse: { hash_lists: [1, '#HashList*'], next_page_token: [2, 'string'] },
  FullHashDetail: { threat_type: [1, '=ThreatType'], attributes: [2, '=ThreatAttribute*'] },
  FullHash: { full_hash: [1, 'bytes'], full_hash_details: [2, '#FullHashDetail*'] },
  SearchHashesResponse: { full_hashes: [1, '#FullHash*'], cache_duration: [2, '#Duration'] },
  DownloadDigests: { sha256: [1, 'bytes'], sha1: [2, 'bytes'], md5: [3, 'bytes'] },
  ClientDownloadRequest: { url: [1, 'string'], digests: [2, '#DownloadDigests'], length: [3, 'uint64'] },
  ClientDownloadResponse: { verdict: [1, '=Verdict'] },
} as const satisfies Record<string, Fields>;

export type MessageName = keyof typeof MESSAGES;

/** A message as an object: members in camelCase, 64-bit numbers as bigint, bytes as Uint8Array. */
export type MessageValue = Readonly<Record<string, unknown>>;

const SCHEMAS = schemas();

/** Throws a TypeError for a member that does not fit its field: a programmer's mistake. */
export function encodeMessage(name: MessageName, value: MessageValue): Uint8Array {
  return toBinary(SCHEMAS[name], make(name, value));
}

/** Unknown fields are left out. Throws `format` for bytes that are no such message. */
export function decodeMessage(name: MessageName, bytes: Uint8Array): MessageValue {
  try {
    return fromBinary(SCHEMAS[name], bytes, { readUnknownFields: false }) as unknown as MessageValue;
  } catch (cause) {
    throw new TocsinError(
      'format',
      `Cannot read the ${name}: ${errorWords(cause)}, want a protobuf message of that name`,
      { cause },
    );
  }
}

/** The JSON form (proto3): bytes in base64, 64-bit numbers as text, durations as `300s`, enums by name. */
export function messageAsJson(name: MessageName, bytes: Uint8Array): JsonValue {
  return toJson(SCHEMAS[name], fromBinary(SCHEMAS[name], bytes));
}

function make(name: MessageName, value: MessageValue): Message {
  return create(SCHEMAS[name], value as never);
}

/** Number of an enum's value. */
export function enumNumber(name: string, value: string): number {
  const number = ENUMS[name]?.[value];
  if (number === undefined) throw new TypeError(`no ${value} in ${name}`);
  return number;
}

function schemas(): Readonly<Record<MessageName, DescMessage>> {
  const file = create(FileDescriptorProtoSchema, {
    name: 'tocsin/v5.proto',
    package: 'v5',
    syntax: 'proto3',
    dependency: ['google/protobuf/duration.proto'],
    messageType: Object.entries(MESSAGES).map(([name, fields]) =>
      create(DescriptorProtoSchema, {
        name,
        field: Object.entries(fields as Fields).map((field) =>
          create(FieldDescriptorProtoSchema, fieldOf(field)),
        ),
      }),
    ),
    enumType: Object.entries(ENUMS).map(([name, values]) =>
      create(EnumDescriptorProtoSchema, {
        name,
        value: Object.entries(values).map(([value, number]) =>
          create(EnumValueDescriptorProtoSchema, { name: value, number }),
        ),
      }),
    ),
  });
  const registry = createFileRegistry(file, () => file_google_protobuf_duration.proto);
  const names = Object.keys(MESSAGES) as MessageName[];
  return Object.fromEntries(names.map((name) => [name, registry.getMessage(`v5.${name}`)!])) as Record<
    MessageName,
    DescMessage
  >;
}

function fieldOf([name, [number, type]]: [string, Fields[string]]): MessageInitShape<
  typeof FieldDescriptorProtoSchema
> {
  const plain = type.replace('*', '');
  const label = FieldDescriptorProto_Label[type.endsWith('*') ? 'REPEATED' : 'OPTIONAL'];
  const jsonName = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const common = { name, jsonName, number, label };
  if (plain === '#Duration')
    return { ...common, type: FieldDescriptorProto_Type.MESSAGE, typeName: '.google.protobuf.Duration' };
  if (plain.startsWith('#'))
    return { ...common, type: FieldDescriptorProto_Type.MESSAGE, typeName: `.v5.${plain.slice(1)}` };
  if (plain.startsWith('='))
    return { ...common, type: FieldDescriptorProto_Type.ENUM, typeName: `.v5.${plain.slice(1)}` };
  const scalar = plain.toUpperCase() as Uppercase<Scalar>;
  return { ...common, type: FieldDescriptorProto_Type[scalar] };
}
