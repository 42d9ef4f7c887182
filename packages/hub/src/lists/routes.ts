// GET /v1/lists, /v1/lists/files/:digest and /v1/events: what machines receive, whatever their participation.
import { createReadStream } from 'node:fs';
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import { MANIFEST_NOTE_HEADER } from 'tocsin/protocol/manifest-note.ts';
import { Type } from 'typebox';
import type { KeyRing } from '../keys/store.ts';
import type { PublishedLists } from './published.ts';
import { ManifestSigner } from './signed-manifest.ts';

export const EVENT_LIMITS = {
  /** Streams open at once; one more is answered 503. */
  maxStreams: 20_000,
  /** Bytes that may wait for a reader; a slower one is cut off and comes back by itself. */
  maxWaiting: 64 * 1024,
  heartbeatMs: 25_000,
} as const;

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Digest = Type.Object({ digest: Sha256 });
const Pair = Type.Object({ from: Sha256, to: Sha256 });

export function registerListRoutes(app: FastifyInstance, lists: PublishedLists, keys: KeyRing): void {
  const signer = new ManifestSigner(lists, keys);
  void signer.current; // a log key that is lost is told at the start
  app.get(
    '/v1/lists',
    { schema: { summary: 'The published lists of the newest revision' } },
    (request, reply) => {
      const { body, note, tag } = signer.current;
      reply.header('etag', tag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      if (note !== null) reply.header(MANIFEST_NOTE_HEADER, note);
      return reply.type('application/json; charset=utf-8').send(body);
    },
  );
  app.get<{ Params: { digest: string } }>(
    '/v1/lists/files/:digest',
    { schema: { summary: 'A list file, named by its SHA-256', params: Digest } },
    (request, reply) => sendFile(lists, request.params.digest, request, reply),
  );
  app.get<{ Params: { from: string; to: string } }>(
    '/v1/lists/deltas/:from/:to',
    { schema: { summary: 'What makes a list of an older one, each named by its SHA-256', params: Pair } },
    (request, reply) => sendDelta(lists, request.params, reply),
  );
  const streams = new EventStreams(lists);
  app.addHook('onClose', async () => streams.close());
  app.get(
    '/v1/events',
    { schema: { summary: 'Server-sent events: `lists` with each new revision' } },
    (_request, reply) => {
      streams.add(reply);
    },
  );
}

/** A whole file, or what is missing from an offset (`Range: bytes=N-`, RFC 9110 section 14). */
function sendFile(
  lists: PublishedLists,
  digest: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const file = lists.fileOf(digest);
  if (file === null)
    throw new TocsinError(
      'not-found',
      `Cannot send the list '${digest}': it is not in the newest revision, want one of /v1/lists`,
    );
  const from = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '');
  const start = from === null ? 0 : Number(from[1]);
  immutable(reply).header('accept-ranges', 'bytes');
  if (start > 0 && start >= file.bytes)
    return reply.code(416).header('content-range', `bytes */${file.bytes}`).send();
  reply.header('content-length', file.bytes - start);
  if (start > 0) reply.code(206).header('content-range', `bytes ${start}-${file.bytes - 1}/${file.bytes}`);
  return reply.send(createReadStream(file.path, { start, highWaterMark: 256 * 1024 }));
}

/** 404 where there is none: then the whole list is to be fetched. 503 where it is being made. */
async function sendDelta(
  lists: PublishedLists,
  { from, to }: { readonly from: string; readonly to: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await lists.deltaOf(to, from);
  switch (answer.kind) {
    case 'file':
      return immutable(reply).header('content-length', answer.bytes).send(createReadStream(answer.path));
    case 'none':
      throw new TocsinError(
        'not-found',
        `Cannot send a delta to the list '${to}': there is none from '${from}', want the whole list`,
      );
    case 'later':
      throw new TocsinError(
        'busy',
        `Cannot send a delta to the list '${to}': it is being made, want a later call`,
      );
    default:
      return never(answer);
  }
}

function immutable(reply: FastifyReply): FastifyReply {
  return reply
    .type('application/octet-stream')
    .header('cache-control', 'private, max-age=31536000, immutable');
}

/** The open event streams of this node. */
class EventStreams {
  readonly #open = new Set<FastifyReply>();
  readonly #stopListening: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #lists: PublishedLists;

  constructor(lists: PublishedLists) {
    this.#lists = lists;
    this.#stopListening = lists.onRevision(({ revision }) => this.#tellAll(event(revision)));
    this.#heartbeat = setInterval(() => this.#tellAll(': still here\n\n'), EVENT_LIMITS.heartbeatMs);
    this.#heartbeat.unref();
  }

  add(reply: FastifyReply): void {
    const { raw } = reply;
    if (raw.socket === null)
      throw new TocsinError(
        'busy',
        'Cannot open an event stream: other answers of this connection come first, want a connection of its own',
      );
    if (this.#open.size >= EVENT_LIMITS.maxStreams)
      throw new TocsinError('busy', 'Cannot open an event stream: too many are open, try again later');
    reply.hijack();
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write(event(this.#lists.manifest.revision));
    this.#open.add(reply);
    raw.on('close', () => this.#open.delete(reply));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#stopListening();
    for (const { raw } of this.#open) raw.end();
  }

  #tellAll(text: string): void {
    for (const reply of this.#open) {
      if (reply.raw.writableLength > EVENT_LIMITS.maxWaiting) reply.raw.destroy();
      else reply.raw.write(text);
    }
  }
}

function event(revision: number): string {
  return `event: lists\ndata: ${JSON.stringify({ revision })}\n\n`;
}
