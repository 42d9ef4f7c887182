// POST /v1/lookup: questions about objects, by prefix (spec/lookup.md).
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { KEY_KIND_NAMES } from 'tocsin/protocol/kinds.ts';
import type { LookupRequest } from 'tocsin/protocol/lookup.ts';
import { LOOKUP_LIMITS } from 'tocsin/protocol/lookup.ts';
import { Type } from 'typebox';
import type { PublishedLists } from '../lists/published.ts';
import { answer } from './answer.ts';

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

export function registerLookupRoutes(app: FastifyInstance, lists: PublishedLists): void {
  app.post<{ Body: LookupRequest }>(
    '/v1/lookup',
    { schema: { summary: 'What is known of objects', body: PrefixQuestions } },
    (request, reply) => reply.send(answer(lists.set, request.body)),
  );
}
