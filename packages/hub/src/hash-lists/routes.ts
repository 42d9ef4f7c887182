// GET /v5/...: hash lists and searches in the shape of Safe Browsing v5 (spec/hash-lists.md), and the check of downloads.
// Answers are protobuf unless JSON is asked for.
import { Readable } from 'node:stream';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { HashListSpec } from './catalogue.ts';
import { HASH_LISTS } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { checkDownload } from './download-check.ts';
import type { HashLists } from './hash-lists.ts';
import type { MessageName } from './messages.ts';
import { encodeMessage, enumNumber, messageAsJson } from './messages.ts';
import { parseQuery } from './query.ts';
import { searchHashes } from './search.ts';

export interface HashListSources {
  /** The published lists of the newest revision. */
  readonly lists: { readonly set: ListSet };
  readonly hashLists: HashLists;
  /** Of a message that is turned into JSON; PUBLISHED_HASH_LISTS where it is absent. */
  readonly maxJsonBytes?: number;
}

export const DOWNLOAD_CHECK_PATH = '/v1/download-check';

/** Field 1 of BatchGetHashListsResponse and ListHashListsResponse, length-delimited. */
const HASH_LISTS_FIELD = { number: 1, wireType: 2 } as const;

/** Lists and searches: for machines on the hub's own port, for browsers on theirs. */
export function registerHashListRoutes(
  app: FastifyInstance,
  { lists, hashLists, maxJsonBytes }: HashListSources,
): void {
  const send = (reply: FastifyReply, name: MessageName, parts: readonly Uint8Array[], json: boolean) =>
    json ? sendJson(reply, name, parts, maxJsonBytes) : sendProtobuf(reply, parts);
  app.get(
    '/v5/hashLists::batchGet',
    { schema: { summary: 'Hash lists, or what changed since the versions given (protobuf or JSON)' } },
    async (request, reply) => {
      const { names, versions, constraints, json } = parseQuery(request.url);
      if (names.length === 0)
        throw new TocsinError('input', 'Cannot send hash lists: no names are given, want names=mw-4b');
      // One list that is not published must not keep a browser from all others: it would go on without any.
      const found: Uint8Array[] = [];
      for (const name of names) {
        const message = await hashLists.messageWithin(name, versions, constraints);
        if (message !== undefined) found.push(message);
      }
      if (found.length === 0) throw notFound(hashLists, names[0]!);
      const parts = found.flatMap((message) => [headOf(message), message]);
      return send(reply, 'BatchGetHashListsResponse', parts, json);
    },
  );
  app.get<{ Params: { name: string } }>(
    '/v5/hashList/:name',
    { schema: { summary: 'One hash list, or what changed since the version given' } },
    async (request, reply) => {
      const { versions, constraints, json } = parseQuery(request.url);
      const { name } = request.params;
      const message = await hashLists.messageWithin(name, versions, constraints);
      if (message === undefined) throw notFound(hashLists, name);
      return send(reply, 'HashList', [message], json);
    },
  );
  app.get(
    '/v5/hashLists',
    { schema: { summary: 'Names of all hash lists, and what is in them' } },
    (request, reply) =>
      send(reply, 'ListHashListsResponse', [catalogueMessage(hashLists)], parseQuery(request.url).json),
  );
  app.get(
    '/v5/hashes::search',
    { schema: { summary: 'Known bad addresses whose SHA-256 begins with 4 bytes' } },
    (request, reply) => {
      const { prefixes, json } = parseQuery(request.url);
      if (prefixes.length === 0)
        throw new TocsinError('input', 'Cannot search: no prefix is given, want hashPrefixes=BASE64');
      return send(reply, 'SearchHashesResponse', [searchHashes(lists.set, prefixes)], json);
    },
  );
}

/** The check of downloads: for browsers only, since what they send is more than a machine of ours ever tells. */
export function registerDownloadCheck(app: FastifyInstance, { lists }: HashListSources): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<{ Body: Buffer | undefined }>(
      DOWNLOAD_CHECK_PATH,
      {
        bodyLimit: PUBLISHED_HASH_LISTS.maxDownloadCheck,
        schema: { summary: "A browser's question about a download (ClientDownloadRequest)" },
      },
      (request, reply) => sendProtobuf(reply, [checkDownload(lists.set, request.body ?? new Uint8Array(0))]),
    );
  });
}

function notFound(hashLists: HashLists, name: string): TocsinError {
  if (!hashLists.ready) return notYet();
  return new TocsinError(
    'not-found',
    `Cannot send the hash list '${shown(name)}': none of that name is published, want one of /v5/hashLists`,
  );
}

function sendJson(
  reply: FastifyReply,
  name: MessageName,
  parts: readonly Uint8Array[],
  maxBytes: number = PUBLISHED_HASH_LISTS.maxJsonBytes,
): FastifyReply {
  const bytes = lengthOf(parts);
  if (bytes > maxBytes)
    throw new TocsinError('limit', `Cannot answer in JSON: the message has ${bytes} bytes, want alt=proto`);
  return reply.header('cache-control', 'no-store').send(messageAsJson(name, Buffer.concat(parts)));
}

/** Parts are never copied: lists are large, and many ask at once. */
function sendProtobuf(reply: FastifyReply, parts: readonly Uint8Array[]): FastifyReply {
  return reply
    .type('application/x-protobuf')
    .header('cache-control', 'no-store')
    .header('content-length', lengthOf(parts))
    .send(Readable.from(parts, { objectMode: false }));
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** What stands before a HashList in a message that holds several. */
function headOf(message: Uint8Array): Uint8Array {
  return new BinaryWriter()
    .tag(HASH_LISTS_FIELD.number, HASH_LISTS_FIELD.wireType)
    .uint32(message.length)
    .finish();
}

/** All in one page: they are few. */
function catalogueMessage(hashLists: HashLists): Uint8Array {
  const published = HASH_LISTS.flatMap((spec) => {
    const list = hashLists.get(spec.name);
    if (list === undefined) return [];
    return [{ name: spec.name, version: parseHex(list.version)!, metadata: metadataOf(spec) }];
  });
  if (!hashLists.ready) throw notYet();
  return encodeMessage('ListHashListsResponse', { hashLists: published });
}

function notYet(): TocsinError {
  return new TocsinError('busy', 'Cannot send hash lists: they are being built, want a later call');
}

const LENGTHS = { 4: 'FOUR_BYTES', 8: 'EIGHT_BYTES', 16: 'SIXTEEN_BYTES', 32: 'THIRTY_TWO_BYTES' } as const;

function metadataOf({ threat, likelySafe, describe, size }: HashListSpec): Record<string, unknown> {
  return {
    threatTypes: threat === null ? [] : [enumNumber('ThreatType', threat)],
    likelySafeTypes: likelySafe === undefined ? [] : [enumNumber('LikelySafeType', likelySafe)],
    description: describe,
    hashLength: enumNumber('HashLength', LENGTHS[size]),
  };
}
