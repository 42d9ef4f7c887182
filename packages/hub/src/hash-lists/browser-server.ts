// The listener for stock browsers: hash lists, searches, checks of downloads, and nothing else. Browsers know neither the
// pinned root nor certificates of machines, so it is a port of its own: HTTPS under a certificate that browsers trust
// (web PKI, or a root of the enterprise), or plain HTTP on the loopback for what stands before it. Off unless set.
import { readFileSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:tls';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { fastify } from 'fastify';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { systemState } from 'tocsin/protocol/system-errors.ts';
import { sendNotFound, sendProblem } from '../server/problems.ts';
import type { Listen } from '../settings-values.ts';
import type { BrowserServerLimits } from './config.ts';
import { BROWSER_SERVER_LIMITS } from './config.ts';
import type { HashListSources } from './routes.ts';
import { registerDownloadCheck, registerHashListRoutes } from './routes.ts';

export interface BrowserSettings {
  /** Null: no browser is served. */
  readonly browserListen: Listen | null;
  /** PEM files; both or none. */
  readonly browserCertificate: string | null;
  readonly browserKey: string | null;
}

export interface BrowserServer {
  /** As a browser of this machine reaches it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Null where none is wanted. Throws `input` for settings that do not fit, `conflict` or `io` where it cannot listen. */
export async function startBrowserServer(
  settings: BrowserSettings,
  sources: HashListSources,
  log: (line: string) => void,
  limits: BrowserServerLimits = BROWSER_SERVER_LIMITS,
): Promise<BrowserServer | null> {
  const { browserListen: at } = settings;
  checkBrowserSettings(settings);
  if (at === null) return null;
  const certificate = certificateOf(settings);
  const app = makeApp(certificate, limits, log);
  registerHashListRoutes(app, sources);
  registerDownloadCheck(app, sources);
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(ABOUT));
  await listen(app, at);
  const timer = certificate === null ? undefined : watch(app, certificate, limits.certificateMs, log);
  const { port } = app.server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
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

/** Throws `input` with what does not fit together. */
export function checkBrowserSettings({
  browserListen: at,
  browserCertificate,
  browserKey,
}: BrowserSettings): void {
  const refuse = (state: string, want: string): never => {
    throw new TocsinError('input', `Cannot serve browsers: ${state}, want ${want}`);
  };
  if ((browserCertificate === null) !== (browserKey === null))
    refuse('only one of --browser-certificate and --browser-key is given', 'both or none');
  if (at !== null && browserCertificate === null && !isLoopback(at.host))
    refuse(
      `'${at.host}' can be reached from elsewhere and no certificate is given`,
      '--browser-certificate and --browser-key, or a loopback address behind a web server that has them',
    );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

interface Certificate {
  readonly files: readonly [certificate: string, key: string];
  readonly pem: { readonly cert: string; readonly key: string };
}

function certificateOf({ browserCertificate, browserKey }: BrowserSettings): Certificate | null {
  if (browserCertificate === null || browserKey === null) return null;
  return {
    files: [browserCertificate, browserKey],
    pem: { cert: readPem(browserCertificate), key: readPem(browserKey) },
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const state = systemState(String((cause as NodeJS.ErrnoException).code));
    throw new TocsinError('io', `Cannot read the certificate or key for browsers: ${state}`, { cause });
  }
}

function makeApp(
  certificate: Certificate | null,
  limits: BrowserServerLimits,
  log: (line: string) => void,
): FastifyInstance {
  const options = {
    ...(certificate === null
      ? { http: { maxHeaderSize: limits.maxHeaderBytes } }
      : {
          https: {
            ...certificate.pem,
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
  let app: FastifyInstance;
  try {
    app = fastify(options as FastifyServerOptions) as unknown as FastifyInstance;
  } catch (cause) {
    if (certificate === null) throw cause;
    throw new TocsinError(
      'format',
      `Cannot use the certificate for browsers: ${errorWords(cause)}, want a PEM certificate with its chain, and its key`,
      { cause },
    );
  }
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

/** Certificates of the web live for weeks: a renewed one is taken up without a restart. */
function watch(
  app: FastifyInstance,
  { files }: Certificate,
  everyMs: number,
  log: (line: string) => void,
): NodeJS.Timeout {
  const stamp = (): string => files.map((file) => statSync(file).mtimeMs).join();
  let last = stamp();
  return setInterval(() => {
    try {
      const now = stamp();
      if (now === last) return;
      const [cert, key] = files.map(readPem);
      (app.server as unknown as Server).setSecureContext({ cert: cert!, key: key!, minVersion: 'TLSv1.2' });
      last = now;
    } catch (error) {
      log(`the new certificate for browsers cannot be used, the old one goes on: ${errorWords(error)}`);
    }
  }, everyMs).unref();
}
