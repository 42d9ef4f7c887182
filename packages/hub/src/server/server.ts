// The hub's HTTPS server: TLS 1.3, one port, closed to all but machines unless a route says otherwise.
//
//   TLS handshake ─► who is it? (access/callers.ts, once a connection) ─► may it use this route? ─► body is read
//                      │ no certificate: routes for anyone only             └► refused: a problem document
//                      └ ended certificate: renewal only
//
// buildServer(context: ServerContext): Promise<HubServer>      context.registerRoutes(app, { requireMachine, context })
// HubServer.listen({ host, port }): Promise<{ url, port }>     HubServer.close()     HubServer.app (inject, routes)
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:tls';
import fastifySwagger from '@fastify/swagger';
import type { ConnectionError, FastifyServerOptions } from 'fastify';
import { fastify } from 'fastify';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { hostInUrl } from 'tocsin/protocol/host.ts';
import { Callers } from '../access/callers.ts';
import { ACCESS_LIMITS } from '../access/config.ts';
import { Enrolment } from '../access/enrolment.ts';
import { maintain, maintenanceWords } from '../keys/rotate.ts';
import type { ServerLimits } from './config.ts';
import { SERVER_LIMITS } from './config.ts';
import type { HubApp, RequireMachine, ServerContext } from './context.ts';
import { answerEarly } from './early.ts';
import { guardRoutes } from './guard.ts';
import type { Leaf } from './leaf.ts';
import { makeLeaf } from './leaf.ts';
import { sendNotFound, sendProblem } from './problems.ts';
import { registerEstRoutes, registerPublicRoutes } from './public-routes.ts';

export interface HubServer {
  readonly app: HubApp;
  /** Answers when this resolves. `port` 0 picks one. Throws `conflict` where the address is taken, else `io`. */
  listen(at: {
    readonly host: string;
    readonly port: number;
    /** Other threads of this process listen there as well. */
    readonly isShared?: boolean;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes up newer keys and renews the leaf where either is wanted; runs by itself, in tests by hand. */
  tend(): Promise<void>;
  /** Cuts revoked and ended machines; runs by itself. */
  sweep(): Promise<void>;
  /** Stops listening, lets what is under way end within the grace, cuts the rest. */
  close(): Promise<void>;
}

/** A server with all routes, not yet listening. */
export async function buildServer(context: ServerContext): Promise<HubServer> {
  const limits: ServerLimits = { ...SERVER_LIMITS, ...context.limits };
  const leaf = await makeLeaf(context.keys, limits.leafLifetime, context.world);
  const callers = new Callers(context);
  const app = makeApp(leaf, limits, context);
  const requireMachine = guardRoutes(app, callers, limits, context.keys);
  if (context.isBare !== true) await registerOwnRoutes(app, context, requireMachine);
  await context.registerRoutes?.(app, {
    requireMachine,
    answerEarly: (answer) => answerEarly(app, callers, context.keys, answer),
    context,
  });
  await app.ready();
  return new RunningServer(app, leaf, callers, limits, context);
}

async function registerOwnRoutes(
  app: HubApp,
  context: ServerContext,
  requireMachine: RequireMachine,
): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Tocsin hub', version: context.version } },
  });
  registerPublicRoutes(app, context);
  registerEstRoutes(app, context, new Enrolment(context), requireMachine);
  app.get('/v1/openapi.json', { config: { access: 'anyone' }, schema: { hide: true } }, () => app.swagger());
}

function makeApp(leaf: Leaf, limits: ServerLimits, context: ServerContext): HubApp {
  const options: FastifyServerOptions & { readonly https: object } = {
    https: {
      ...leaf.secure,
      requestCert: true,
      rejectUnauthorized: false, // judged by Callers: OpenSSL knows neither the skew nor renewal after the end
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.handshakeMs,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.maxHeaderBytes,
    },
    logger: false,
    bodyLimit: limits.maxBody,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    keepAliveTimeout: limits.keepAliveMs,
    forceCloseConnections: false,
    return503OnClosing: true,
    routerOptions: { maxParamLength: limits.maxPathPart },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(error, reply, context.log);
    },
    // What a schema does not name is refused, never taken out in silence; a text is no number.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    clientErrorHandler: sendAway,
  };
  const app = fastify(options as FastifyServerOptions) as unknown as HubApp;
  app.server.maxConnections = limits.maxConnections;
  app.setErrorHandler((error, _request, reply) => sendProblem(error, reply, context.log));
  app.setNotFoundHandler(sendNotFound);
  return app;
}

/** Whose bytes are no HTTP, or too slow, or no TLS at all (a handshake that never ends comes here as well). */
function sendAway(error: ConnectionError, socket: Socket): void {
  const code = String(error.code);
  const status = BROKEN[code] ?? (code.startsWith('HPE_') ? '400 Bad Request' : null);
  if (status === null || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.destroySoon();
}

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

class RunningServer implements HubServer {
  readonly app: HubApp;
  readonly #callers: Callers;
  readonly #limits: ServerLimits;
  readonly #context: ServerContext;
  readonly #timers: NodeJS.Timeout[] = [];
  #leaf: Leaf;
  #leafAuthority: string;
  #maintainedAt = 0;

  constructor(app: HubApp, leaf: Leaf, callers: Callers, limits: ServerLimits, context: ServerContext) {
    this.app = app;
    this.#leaf = leaf;
    this.#leafAuthority = context.keys.keys.document.tls[0]!.id;
    this.#callers = callers;
    this.#limits = limits;
    this.#context = context;
  }

  async listen(at: Parameters<HubServer['listen']>[0]): Promise<{ url: string; port: number }> {
    const { host: name, port: wanted, isShared = false } = at;
    try {
      await this.app.listen({ host: name, port: wanted, ...(isShared ? { reusePort: true } : {}) });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const taken = code === 'EADDRINUSE';
      throw new TocsinError(
        taken ? 'conflict' : 'io',
        `Cannot listen at '${at.host}:${at.port}': ${taken ? 'another program does' : (code ?? 'refused')}, want a free address of this machine`,
        { cause },
      );
    }
    this.#every(this.#limits.keysPollMs, () => this.tend());
    this.#every(ACCESS_LIMITS.revocationMs, () => this.sweep());
    const { port } = this.app.server.address() as AddressInfo;
    return { url: `https://${hostInUrl(at.host)}:${port}`, port };
  }

  async tend(): Promise<void> {
    const { keys, world } = this.#context;
    const now = world.clock.now();
    let changed = keys.reload();
    const isDue = Math.abs(now - this.#maintainedAt) >= this.#limits.maintenanceMs;
    if (isDue && this.#context.isBare !== true) {
      this.#maintainedAt = now;
      changed = (await this.#maintain()) || changed;
    }
    const issuing = keys.keys.document.tls[0]!.id;
    if (now >= this.#leaf.dueAt || issuing !== this.#leafAuthority) {
      this.#leaf = await makeLeaf(keys, this.#limits.leafLifetime, world);
      this.#leafAuthority = issuing;
      changed = true;
      (this.app.server as unknown as Server).setSecureContext(this.#leaf.secure);
    }
    if (changed) this.#callers.recheck();
  }

  /** True where a new document was made. */
  async #maintain(): Promise<boolean> {
    const done = await maintain(this.#context.keys, this.#context.world);
    const words = maintenanceWords(done);
    if (words !== null) this.#context.log(words);
    return done.kind === 'reissued' || done.kind === 'rotated';
  }

  sweep(): Promise<void> {
    return this.#callers.sweep();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const server = this.app.server;
    const closing = this.app.close();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), this.#limits.graceMs);
    try {
      await closing;
    } finally {
      clearTimeout(cut);
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) => this.#context.log(`upkeep failed: ${errorWords(error)}`))
        .finally(() => {
          running = false;
        });
    }, ms);
    timer.unref();
    this.#timers.push(timer);
  }
}
