// POST /v1/lookup: questions about objects, by prefix (spec/lookup.md). What the gate would not have let out is refused
// here as well. Whose question it is, and what that machine agreed to, is not looked at: the hub keeps no such link.
// The same path takes whole keys, as JSON or packed, from programs of the operator; GET /v1/objects/ID tells of one.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { REASON_WORDS } from 'tocsin/catalog/gate.ts';
import { lookupFault } from 'tocsin/catalog/gate-lookup.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES } from 'tocsin/protocol/kinds.ts';
import type { LookupRequest } from 'tocsin/protocol/lookup.ts';
import { LOOKUP_LIMITS } from 'tocsin/protocol/lookup.ts';
import { PACKED_LIMITS, PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import type { Clock } from 'tocsin/protocol/world.ts';
import { Type } from 'typebox';
import type { PublishedLists } from '../lists/published.ts';
import { SERVER_LIMITS } from '../server/config.ts';
import type { AnswerEarly } from '../server/early.ts';
import { sendWithheld, WithheldProblem } from '../server/withheld.ts';
import type { Explanation } from '../verdicts/explain.ts';
import { answer } from './answer.ts';
import { earlyLookups } from './early.ts';
import { historyOf } from './history.ts';
import { guardLoad, LookupLoad } from './load.ts';
import type { Known } from './objects.ts';
import {
  answerObjects,
  answerOne,
  answerPackedBody,
  JSON_TYPE,
  OBJECTS_LIMITS,
  parseObjectsRequest,
  REVISION_HEADER,
  revisionOf,
} from './objects.ts';

/** A digest with its name, or an address; longer ones are not asked for in a path. */
const OBJECT_ID_LENGTH = SERVER_LIMITS.maxPathPart;
/** What an answer by prefix costs a client of what it may ask, a byte: it takes as long as so many that are only read. */
const PREFIX_ANSWER_COST = 4;
/** What one costs that was begun and came to nothing, since too much is known. */
const REFUSED_BYTES = 4 * 2 ** 20;
/** What an object of a question in JSON costs: it takes ten times as long as a packed one. */
const JSON_OBJECT_BYTES = 1_024;
/** What a history costs a client of what it may ask: 64 at once, and 16 a second. */
const HISTORY_BYTES = 4 * 2 ** 20;

const Kind = Type.Union(KEY_KIND_NAMES.map((name) => Type.Literal(name)));

const PrefixQuestions = Type.Object(
  {
    v: Type.Literal(1),
    prefixes: Type.Array(
      Type.Object(
        {
          kind: Kind,
          bits: Type.Integer({ minimum: 1, maximum: LOOKUP_LIMITS.maxPrefixBits }),
          prefix: Type.String({ pattern: '^([0-9a-f]{2}){1,3}$' }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: LOOKUP_LIMITS.maxPrefixes },
    ),
  },
  { additionalProperties: false },
);

const WholeKeys = Type.Object(
  {
    v: Type.Literal(1),
    objects: Type.Array(
      Type.Object(
        { kind: Kind, key: Type.String({ pattern: '^([0-9a-f]{2}){16,32}$' }) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: OBJECTS_LIMITS.maxObjects },
    ),
  },
  { additionalProperties: false },
);

export interface LookupParts {
  readonly lists: PublishedLists;
  readonly known: Known;
  readonly clock: Clock;
  /** Every claim about an object, for a person. */
  readonly explain: (key: ObjectKey) => Promise<Explanation>;
  /** As of RouteTools; without it every request takes the way of the framework. */
  readonly answerEarly?: (answer: AnswerEarly) => void;
  /** What is under way; one of its own without it. */
  readonly load?: LookupLoad;
}

export function registerLookupRoutes(app: FastifyInstance, parts: LookupParts): void {
  const load = parts.load ?? new LookupLoad(parts.clock);
  parts.answerEarly?.(earlyLookups(parts.known, load));
  app.register(async (scope) => {
    guardLoad(scope, load);
    registerRoutes(scope, parts, load);
  });
}

function registerRoutes(
  app: FastifyInstance,
  { lists, known, explain }: LookupParts,
  load: LookupLoad,
): void {
  app.addContentTypeParser(
    PACKED_TYPES.request,
    { parseAs: 'buffer', bodyLimit: PACKED_LIMITS.maxRequestBytes },
    (_request, body, done) => done(null, body),
  );
  app.post(
    '/v1/lookup',
    {
      bodyLimit: PACKED_LIMITS.maxRequestBytes,
      schema: {
        summary: 'What is known of objects',
        body: Type.Union([PrefixQuestions, WholeKeys]),
        response: { 422: WithheldProblem },
      },
      // The schema is for readers: the gate judges instead, so that a refusal names the item and the reason.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const { body } = request;
      const { machineId } = request.machine!;
      if (Buffer.isBuffer(body)) {
        const packed = await answerPackedBody(known, body);
        return reply.header(REVISION_HEADER, packed.revision).type(PACKED_TYPES.response).send(packed.body);
      }
      if (typeof body === 'object' && body !== null && 'objects' in body) {
        const keys = parseObjectsRequest(body);
        load.charge(machineId, keys.length * JSON_OBJECT_BYTES);
        return reply.header(REVISION_HEADER, revisionOf(known, keys)).send(answerObjects(known, keys));
      }
      const fault = lookupFault(body, lists.manifest.prefixBits);
      if (fault !== null) return sendWithheld(reply, { ...fault, why: REASON_WORDS[fault.reason] });
      const text = await answer(lists, body as LookupRequest).catch((error: unknown) => {
        load.charge(machineId, REFUSED_BYTES);
        throw error;
      });
      load.charge(machineId, PREFIX_ANSWER_COST * text.length);
      return reply.type(JSON_TYPE).header('cache-control', 'no-store, no-transform').send(text);
    },
  );
  registerObjectRoute(app, { known, explain }, load);
}

/** One object by any of its words (`tocsin check --help`), with everything that is said of it on demand. */
function registerObjectRoute(
  app: FastifyInstance,
  { known, explain }: Pick<LookupParts, 'known' | 'explain'>,
  load: LookupLoad,
): void {
  app.get<{ Params: { id: string }; Querystring: { history?: 'true' } }>(
    '/v1/objects/:id',
    {
      schema: {
        summary: 'What is known of one object, and with history=true who said what of it',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: OBJECT_ID_LENGTH }) }),
        querystring: Type.Object({ history: Type.Optional(Type.Literal('true')) }),
      },
    },
    async (request, reply) => {
      const { key, text, lifetime, revision } = answerOne(known, request.params.id);
      reply.header('cache-control', `private, max-age=${lifetime}`).header(REVISION_HEADER, revision);
      reply.type(JSON_TYPE);
      if (request.query.history === undefined) return reply.send(text);
      // It reads every source: dear, so it counts for much of what a client may ask.
      load.charge(request.machine!.machineId, HISTORY_BYTES);
      const { firstSeen, machines, claims, unread } = historyOf(await explain(key));
      return reply.send(JSON.stringify({ ...JSON.parse(text), firstSeen, machines, claims, unread }));
    },
  );
}
