// POST /v1/messages and GET /v1/consent (spec/message.md): answers of intake as HTTP. Machines only.
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { SEAL_LIMITS } from 'tocsin/catalog/seal.ts';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import { Type } from 'typebox';
import { PRIVACY_LIMITS } from '../privacy/config.ts';
import { consentHead, recordsAbove } from '../privacy/consent-store.ts';
import { sendRefusal } from '../server/problems.ts';
import { sendWithheld, WithheldProblem } from '../server/withheld.ts';
import type { Database } from '../store/database.ts';
import type { IntakeAnswer } from './answers.ts';
import { CONFLICT_WORDS } from './answers.ts';
import type { Intake } from './intake.ts';

export const SEALED_TYPE = 'application/vnd.tocsin.sealed';

const Taken = Type.Object({
  v: Type.Literal(1),
  epoch: Type.Integer(),
  sequence: Type.Integer(),
  outcome: Type.Enum(['stored', 'duplicate', 'dropped']),
  why: Type.Optional(Type.Enum(['erased', 'too-old', 'record-refused'])),
  receipt: Type.Optional(Type.String()),
  confirmation: Type.Optional(Type.String()),
});

const Problem = { type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String() };

const Conflict = Type.Object({
  ...Problem,
  reason: Type.Enum(Object.keys(CONFLICT_WORDS)),
  consent: Type.Optional(
    Type.Object({ sequence: Type.Integer(), records: Type.Optional(Type.Array(Type.String())) }),
  ),
});

const Consent = Type.Object({
  v: Type.Literal(1),
  sequence: Type.Integer(),
  sha256: Type.Union([Type.String(), Type.Null()]),
  records: Type.Array(Type.String(), { maxItems: PRIVACY_LIMITS.maxRecords }),
});

export function registerIntakeRoutes(app: FastifyInstance, intake: Intake, db: Database): void {
  const bodyLimit = SEAL_LIMITS.maxSealed;
  app.addContentTypeParser(SEALED_TYPE, { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
    done(null, body);
  });
  app.post(
    '/v1/messages',
    {
      bodyLimit,
      schema: {
        summary: 'A sealed message of the machine that asks',
        consumes: [SEALED_TYPE],
        response: { 200: Taken, 409: Conflict, 422: WithheldProblem },
      },
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body))
        throw new TocsinError('format', `Cannot read the message: want a body of ${SEALED_TYPE}`);
      return send(reply, await intake.take(request.machine!.machineId, request.body));
    },
  );
  app.get(
    '/v1/consent',
    {
      schema: {
        summary: "The newest of the asking machine's own choices",
        response: { 200: Consent, 304: Type.Null() },
      },
    },
    async (request, reply) => {
      const machine = request.machine!.machineId;
      const { sequence, sha256 } = await consentHead(db, machine);
      const etag = `"${sequence}-${sha256?.slice(0, 32) ?? 'none'}"`;
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.send({ v: 1, sequence, sha256, records: await recordsAbove(db, machine, 0) });
    },
  );
}

function send(reply: FastifyReply, answer: IntakeAnswer): FastifyReply {
  switch (answer.kind) {
    case 'taken': {
      const { at, kind: _kind, ...told } = answer;
      return reply.send({ v: 1, ...at, ...told });
    }
    case 'withheld':
      return sendWithheld(reply, answer);
    case 'conflict': {
      const { reason, consent } = answer;
      const title = 'The state has moved on';
      const members = { reason, ...(consent === undefined ? {} : { consent }) };
      return sendRefusal(reply, {
        status: 409,
        code: 'conflict',
        title,
        detail: CONFLICT_WORDS[reason],
        members,
      });
    }
    case 'too-many':
      return sendRefusal(reply, {
        status: 429,
        code: 'busy',
        title: 'Too many messages',
        detail: 'Cannot take the message now: this machine sent more than its share, want a later call',
        retryAfterSeconds: answer.retryAfterSeconds,
      });
    default:
      return never(answer);
  }
}
