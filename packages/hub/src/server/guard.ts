// Every request passes here before its body is read, those for unknown routes as well. Closed unless a route
// says otherwise; who is refused is sent away, with the connection.
import type { ServerResponse } from 'node:http';
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
  const whoAsks = async (request: FastifyRequest, reply: FastifyReply): Promise<'machine' | 'stranger'> => {
    const access: Access = request.routeOptions.config.access ?? 'machine';
    if (access === 'machine') await requireMachine(request, reply);
    else if (access === 'renewer') request.machine = await callers.requireRenewer(socketOf(request));
    else if (!(await isMachine(callers, request))) return 'stranger';
    return 'machine';
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders(keys));
    try {
      const who = await whoAsks(request, reply);
      // Gone while it was looked up: its response ends no more, so that nothing that is kept until then may begin.
      if (reply.raw.destroyed) return void reply.hijack();
      if (who === 'machine') return;
      reply.header('connection', 'close');
      strangers.enter(reply.raw);
    } catch (error) {
      reply.header('connection', 'close');
      throw error;
    }
  });
  return requireMachine;
}

/** Requests of strangers at work at once, bounded: they cost a machine nothing but this. */
class Strangers {
  readonly #max: number;
  #at = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Until the response ends or breaks off. Throws `busy` beyond the limit. */
  enter(response: ServerResponse): void {
    if (this.#at >= this.#max)
      throw new TocsinError(
        'busy',
        'Cannot answer now: too many ask without a certificate, want a later call',
      );
    this.#at++;
    response.once('close', () => this.#at--);
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
