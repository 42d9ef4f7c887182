// Answers before the framework: a request that needs no waiting, of a machine whose certificate was judged before on the
// same connection. Fastify's hooks, schemas and promises cost more than such an answer; whatever is out of the ordinary
// (the first request of a connection, a refusal, a fault) is left to it, so that there is one place for each of them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Callers } from '../access/callers.ts';
import type { ProvedMachine } from '../access/enrolment.ts';
import type { KeyRing } from '../keys/store.ts';
import type { HubApp } from './context.ts';

export interface EarlyRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly machine: ProvedMachine;
  /** What every answer of the hub has in its head: name, value, name, value, ... */
  readonly headers: () => readonly string[];
}

/** True where it answers, or will; false where nothing was done and the framework is to go on. */
export type AnswerEarly = (early: EarlyRequest) => boolean;

/** Puts itself before the framework's own listener. */
export function answerEarly(app: HubApp, callers: Callers, keys: KeyRing, answer: AnswerEarly): void {
  const later = app.server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  const headers = rememberedHeaders(keys);
  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => {
    const machine = callers.provedOn(request.socket as TLSSocket);
    if (machine !== null && answer({ request, response, machine, headers })) return;
    for (const listener of later) listener(request, response);
  });
}

/** Common headers as a list, made anew only where the keys are. */
function rememberedHeaders(keys: KeyRing): EarlyRequest['headers'] {
  let of = keys.keys;
  let headers = Object.entries(commonHeaders(keys)).flat();
  return () => {
    if (of === keys.keys) return headers;
    of = keys.keys;
    headers = Object.entries(commonHeaders(keys)).flat();
    return headers;
  };
}

export function commonHeaders(keys: KeyRing): Record<string, string> {
  return { 'tocsin-keys': String(keys.keys.document.number), 'x-content-type-options': 'nosniff' };
}
