// Every request passes here before its body is read, those for unknown routes as well. Closed unless a route
// says otherwise; who is refused is sent away, with the connection.
import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Callers } from '../access/callers.ts';
import type { KeyRing } from '../keys/store.ts';
import type { ServerLimits } from './config.ts';
import type { Access, HubApp, RequireMachine } from './context.ts';
import { commonHeaders } from './early.ts';

/** Puts the guard before all routes of `app`; to be called before any is added. */
export function guardRoutes(
  app: HubApp,
  callers: Callers,
  limits: ServerLimits,
  keys: KeyRing,
): RequireMachine {
  const strangers = new Strangers(limits.maxStrangers);
  app.decorateRequest('machine', null);
  const requireMachine: RequireMachine = async (request) => {
    request.machine ??= await callers.requireMachine(socketOf(request));
  };
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const access: Access = request.routeOptions.config.access ?? 'machine';
    if (access === 'machine') return requireMachine(request, reply);
    if (access === 'renewer') {
      request.machine = await callers.requireRenewer(socketOf(request));
      return;
    }
    if (await isMachine(callers, request)) return;
    reply.header('connection', 'close');
    strangers.enter(request);
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders(keys));
    try {
      await admit(request, reply);
    } catch (error) {
      reply.header('connection', 'close');
      throw error;
    }
  });
  app.addHook('onResponse', async (request) => strangers.leave(request));
  app.addHook('onRequestAbort', async (request) => strangers.leave(request));
  return requireMachine;
}

/** Requests of strangers at work at once, bounded: they cost a machine nothing but this. */
class Strangers {
  readonly #max: number;
  readonly #at = new Set<FastifyRequest>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Throws `busy` beyond the limit. */
  enter(request: FastifyRequest): void {
    if (this.#at.size >= this.#max)
      throw new TocsinError(
        'busy',
        'Cannot answer now: too many ask without a certificate, want a later call',
      );
    this.#at.add(request);
  }

  leave(request: FastifyRequest): void {
    this.#at.delete(request);
  }
}

/** Any certificate can be shown; only a machine's gets a better place. A store that does not answer gives none. */
async function isMachine(callers: Callers, request: FastifyRequest): Promise<boolean> {
  try {
    return (await callers.of(socketOf(request))).kind === 'machine';
  } catch {
    return false;
  }
}

function socketOf(request: FastifyRequest): TLSSocket {
  return request.raw.socket as TLSSocket;
}
