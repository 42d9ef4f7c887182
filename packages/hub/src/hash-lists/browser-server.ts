// The listener for stock browsers: hash lists, searches, checks of downloads, and nothing else. Browsers know neither the
// pinned root nor certificates of machines, so it is a port of its own: HTTPS under a certificate that browsers trust
// (browser-certificate.ts), or plain HTTP on the loopback for what stands before it. Off unless set.
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:tls';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { fastify } from 'fastify';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { hostInUrl } from 'tocsin/protocol/host.ts';
import { sendNotFound, sendProblem } from '../server/problems.ts';
import type { Listen } from '../settings-values.ts';
import type {
  BrowserCertificate,
  BrowserSettings,
  CertificatePem,
  CertificatePlace,
} from './browser-certificate.ts';
import { checkBrowserSettings, openBrowserCertificate } from './browser-certificate.ts';
import type { BrowserServerLimits } from './config.ts';
import { BROWSER_SERVER_LIMITS } from './config.ts';
import type { HashListSources } from './routes.ts';
import { registerDownloadCheck, registerHashListRoutes } from './routes.ts';

export interface BrowserServer {
  /** As a browser of this machine reaches it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface BrowserPlace extends CertificatePlace {
  readonly sources: HashListSources;
}

/** Null where none is wanted. Throws `input` for settings that do not fit, `conflict` or `io` where it cannot listen. */
export async function startBrowserServer(
  settings: BrowserSettings,
  place: BrowserPlace,
  limits: BrowserServerLimits = BROWSER_SERVER_LIMITS,
): Promise<BrowserServer | null> {
  const { browserListen: at } = settings;
  const { sources, log } = place;
  checkBrowserSettings(settings);
  if (at === null) return null;
  const certificate = await openBrowserCertificate(settings, place);
  const app = makeApp(certificate?.pem ?? null, limits, log);
  registerHashListRoutes(app, sources);
  registerDownloadCheck(app, sources);
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(ABOUT));
  await listen(app, at);
  const timer = certificate === null ? undefined : watch(app, certificate, limits.certificateMs, log);
  const { port } = app.server.address() as AddressInfo;
  const host = hostInUrl(settings.browserName ?? at.host);
  return {
    url: `${certificate === null ? 'http' : 'https'}://${host}:${port}`,
    close: async () => {
      clearInterval(timer);
      const closing = app.close();
      const cut = setTimeout(() => app.server.closeAllConnections(), limits.graceMs);
      await closing.finally(() => clearTimeout(cut));
    },
  };
}

const ABOUT = `Lists of dangerous addresses for browsers, made from the verdicts of a Tocsin hub.
A browser that stopped you here was set up by the operator of this network: ask there why, or to have it corrected.
`;

function makeApp(
  pem: CertificatePem | null,
  limits: BrowserServerLimits,
  log: (line: string) => void,
): FastifyInstance {
  const options = {
    ...(pem === null
      ? { http: { maxHeaderSize: limits.maxHeaderBytes } }
      : {
          https: {
            ...pem,
            minVersion: 'TLSv1.2',
            ALPNProtocols: ['http/1.1'],
            handshakeTimeout: limits.handshakeMs,
            maxHeaderSize: limits.maxHeaderBytes,
          },
        }),
    logger: false,
    bodyLimit: limits.maxBody,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    keepAliveTimeout: limits.keepAliveMs,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 64 },
  };
  const app = fastify(options as FastifyServerOptions) as unknown as FastifyInstance;
  app.server.maxConnections = limits.maxConnections;
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(error, reply, log));
  app.setNotFoundHandler(sendNotFound);
  return app;
}

async function listen(app: FastifyInstance, { host, port }: Listen): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const taken = code === 'EADDRINUSE';
    throw new TocsinError(
      taken ? 'conflict' : 'io',
      `Cannot listen for browsers at '${host}:${port}': ${taken ? 'another program does' : (code ?? 'refused')}, want a free address of this machine`,
      { cause },
    );
  }
}

/** A renewed certificate is taken up without a restart. */
function watch(
  app: FastifyInstance,
  certificate: BrowserCertificate,
  everyMs: number,
  log: (line: string) => void,
): NodeJS.Timeout {
  const look = async (): Promise<void> => {
    try {
      const pem = await certificate.next();
      if (pem !== null) (app.server as unknown as Server).setSecureContext({ ...pem, minVersion: 'TLSv1.2' });
    } catch (error) {
      log(`the new certificate for browsers cannot be used, the old one goes on: ${errorWords(error)}`);
    }
  };
  return setInterval(() => void look(), everyMs).unref();
}
