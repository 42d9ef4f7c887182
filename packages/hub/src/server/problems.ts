// Errors to problem documents (RFC 9457), for every route: the one place of the hub where that is done.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import type { Problem } from 'tocsin/protocol/problem.ts';
import { PROBLEM_TYPE, problemOf } from 'tocsin/protocol/problem.ts';

/** Answers with the problem that an error stands for; words that strangers must not have go to `log` only. */
export function sendProblem(error: unknown, reply: FastifyReply, log: (line: string) => void): FastifyReply {
  const { problem, told } = problemOf(ownError(error));
  if (!told) log(`a request failed: ${errorWords(error)}`);
  return reply
    .headers(headersOf(problem))
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

/** What stands in the head of an answer beside its type. */
export function headersOf({ status }: Problem): Record<string, string> {
  if (status === 503) return { 'retry-after': '5' };
  return status === 413 ? { connection: 'close' } : {};
}

/** A refusal that says more than an error code does: members beside the usual ones (RFC 9457 section 3.2). */
export interface Refusal {
  readonly status: number;
  /** What follows `urn:tocsin:problem:`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, code, title, detail, members, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const problem = { type: `urn:tocsin:problem:${code}`, title, status, detail, ...members };
  return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.slice(0, 100).replace(/[^\x21-\x7e]/g, '?');
  const error = new TocsinError(
    'not-found',
    `Cannot ${request.method} '${path}': there is no such route, want one of /v1/openapi.json`,
  );
  return sendProblem(error, reply, () => {});
}

/** Fastify's own refusals in our words: what it says of schemas is meant for the caller. */
function ownError(error: unknown): unknown {
  if (error instanceof TocsinError) return error;
  const { code, validation, message, statusCode } = error as Partial<FastifyError>;
  if (validation !== undefined) return new TocsinError('input', `Cannot read the request: ${message}`);
  switch (code) {
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new TocsinError('limit', 'Cannot read the request: a part of its path is too long');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new TocsinError('limit', 'Cannot read the request: its body is too long for this route');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new TocsinError('format', 'Cannot read the request: its content-type is not of this route');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new TocsinError('format', 'Cannot read the request: its body is not what its head says');
    default:
      return statusCode === 400
        ? new TocsinError('format', 'Cannot read the request: it is malformed')
        : error;
  }
}
