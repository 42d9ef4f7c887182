// POST /v1/lookup: questions about objects, by prefix (spec/lookup.md). What the gate would not have let out is refused
// here as well. Whose question it is, and what that machine agreed to, is not looked at: the hub keeps no such link.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { REASON_WORDS } from 'tocsin/catalog/gate.ts';
import { lookupFault } from 'tocsin/catalog/gate-lookup.ts';
import { KEY_KIND_NAMES } from 'tocsin/protocol/kinds.ts';
import type { LookupRequest } from 'tocsin/protocol/lookup.ts';
import { LOOKUP_LIMITS } from 'tocsin/protocol/lookup.ts';
import { Type } from 'typebox';
import type { PublishedLists } from '../lists/published.ts';
import { sendWithheld, WithheldProblem } from '../server/withheld.ts';
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
  app.post(
    '/v1/lookup',
    {
      schema: {
        summary: 'What is known of objects',
        body: PrefixQuestions,
        response: { 422: WithheldProblem },
      },
      // The schema is for readers: the gate judges instead, so that a refusal names the item and the reason.
      validatorCompiler: () => () => true,
    },
    (request, reply) => {
      const { set } = lists;
      const fault = lookupFault(request.body, set.manifest.prefixBits);
      if (fault !== null) return sendWithheld(reply, { ...fault, why: REASON_WORDS[fault.reason] });
      return reply.send(answer(set, request.body as LookupRequest));
    },
  );
}
