// Routes for anyone: the signed keys, health, what this is, and enrolment in the shape of EST (RFC 7030).
import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toBase64 } from 'tocsin/protocol/base64.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { Type } from 'typebox';
import { ACCESS_LIMITS } from '../access/config.ts';
import type { Enrolment } from '../access/enrolment.ts';
import { certificatesOnly } from '../keys/authority.ts';
import type { HubApp, RequireMachine, ServerContext } from './context.ts';
import { PAGE_HEADERS, page } from './page.ts';

const ANYONE = { access: 'anyone' } as const;

export function registerPublicRoutes(app: HubApp, context: ServerContext): void {
  const { keys, version } = context;
  app.get('/', { config: ANYONE, schema: { hide: true } }, (_request, reply) =>
    reply.headers(PAGE_HEADERS).send(page({ rootId: keys.root.id, version })),
  );
  const health = Type.Object({ status: Type.Literal('ok'), version: Type.String(), root: Type.String() });
  app.get(
    '/v1/health',
    { config: ANYONE, schema: { summary: 'Whether the hub answers', response: { 200: health } } },
    () => ({ status: 'ok', version, root: keys.root.id }),
  );
  app.get(
    '/v1/keys',
    { config: ANYONE, schema: { summary: 'The keys document, signed by the root (DSSE)' } },
    (_request, reply) =>
      reply.type('application/json').header('cache-control', 'no-cache').send(keys.keys.text),
  );
}

const EST = '/.well-known/est';

/** RFC 7030 sections 4.1 and 4.2: certificates-only PKCS#7 out, PKCS#10 in, both base64. */
export function registerEstRoutes(
  app: HubApp,
  context: ServerContext,
  enrolment: Enrolment,
  requireMachine: RequireMachine,
): void {
  app.addContentTypeParser('application/pkcs10', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.get(
    `${EST}/cacerts`,
    { config: ANYONE, schema: { summary: 'The authorities of the channel (PKCS#7)' } },
    (_request, reply) => {
      const certificates = context.keys.keys.authorities.map((authority) => authority.certificate);
      return sendPkcs7(reply, certificatesOnly(certificates));
    },
  );
  const bodyLimit = ACCESS_LIMITS.maxRequestText;
  /** Who asks without a token, under a machine's certificate, is a copy of that machine. */
  const tokens = new WeakMap<object, Uint8Array>();
  app.post(
    `${EST}/simpleenroll`,
    {
      config: ANYONE,
      bodyLimit,
      schema: { summary: 'A certificate for the holder of a join token, or for a copy of a machine' },
      onRequest: async (request, reply) => {
        const { authorization } = request.headers;
        if (authorization === undefined && showsCertificate(request)) return requireMachine(request, reply);
        tokens.set(request, await enrolment.admit(authorization));
      },
    },
    async (request, reply) => {
      const [token, text] = [tokens.get(request), requestText(request.body)];
      const enrolled =
        token === undefined ? enrolment.enrolClone(request.machine!, text) : enrolment.enrol(token, text);
      const certificate = await enrolled;
      return sendPkcs7(reply, certificatesOnly([certificate]));
    },
  );
  app.post(
    `${EST}/simplereenroll`,
    { config: { access: 'renewer' }, bodyLimit, schema: { summary: 'A new certificate for a machine' } },
    async (request, reply) => {
      const certificate = await enrolment.renew(request.machine!, requestText(request.body));
      return sendPkcs7(reply, certificatesOnly([certificate]));
    },
  );
}

/** Whether the caller showed any certificate; requireMachine judges it. */
function showsCertificate(request: FastifyRequest): boolean {
  return (request.raw.socket as TLSSocket).getPeerX509Certificate() !== undefined;
}

function requestText(body: unknown): string {
  if (typeof body === 'string') return body;
  throw new TocsinError('format', 'Cannot read the request: want a body of application/pkcs10 in base64');
}

function sendPkcs7(reply: FastifyReply, der: Uint8Array): FastifyReply {
  return reply
    .type('application/pkcs7-mime; smime-type=certs-only')
    .header('content-transfer-encoding', 'base64')
    .header('cache-control', 'no-store')
    .send(toBase64(der));
}
