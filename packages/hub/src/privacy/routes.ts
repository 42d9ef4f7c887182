// Routes for anyone: the operator's signed terms, and the public pages /statement and /privacy in all their forms.
// They say nothing of machines, run no script, load nothing from elsewhere.
import { createHash } from 'node:crypto';
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Edition } from 'tocsin/catalog/item.ts';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import type { StatementFormat } from 'tocsin/catalog/statement/formats.ts';
import { STATEMENT_FORMATS } from 'tocsin/catalog/statement/formats.ts';
import { HTML_POLICY } from 'tocsin/catalog/statement/render-html.ts';
import { Type } from 'typebox';
import type { DocumentName, Language } from './documents.ts';
import { formatDocument, LANGUAGES } from './documents.ts';
import type { Library } from './library.ts';
import { framed, PATHS } from './page.ts';
import type { CurrentTerms } from './terms.ts';

export const PAGE_LIMITS = {
  /** Seconds for which others may keep an answer; and one that names a version and never changes. */
  maxAge: 300,
  maxAgeOfVersion: 86_400,
  maxAcceptLanguage: 200,
} as const;

const ANYONE = { access: 'anyone' } as const;

const Query = Type.Object({
  lang: Type.Optional(Type.Enum([...LANGUAGES])),
  edition: Type.Optional(Type.Enum([...EDITIONS])),
  jurisdiction: Type.Optional(Type.String({ pattern: '^(?:[A-Z]{2}|unknown)$' })),
  version: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}\\.[0-9]{1,9}$' })),
  format: Type.Optional(Type.Enum([...STATEMENT_FORMATS])),
});

interface Asked {
  readonly lang?: Language;
  readonly edition?: Edition;
  readonly jurisdiction?: string;
  readonly version?: string;
  readonly format?: StatementFormat;
}

const TYPES: Readonly<Record<StatementFormat, string>> = {
  html: 'text/html; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

const HEADERS = {
  'content-security-policy': `${HTML_POLICY}; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  vary: 'accept-language',
} as const;

export function registerPrivacyRoutes(app: FastifyInstance, terms: CurrentTerms, library: Library): void {
  app.get(
    '/v1/terms',
    { config: ANYONE, schema: { summary: "The operator's terms, signed by the receipt key (DSSE)" } },
    (_request, reply) =>
      reply.type('application/json').header('cache-control', 'no-cache').send(terms.current.text),
  );
  for (const [document, path] of Object.entries(PATHS) as [DocumentName, string][])
    app.get<{ Querystring: Asked }>(
      path,
      {
        config: ANYONE,
        schema: {
          summary: document === 'statement' ? 'The Statement, for people' : 'The privacy policy, for people',
          querystring: Query,
        },
      },
      async (request, reply) => send(request, reply, document, library),
    );
}

async function send(
  request: FastifyRequest<{ Querystring: Asked }>,
  reply: FastifyReply,
  document: DocumentName,
  library: Library,
): Promise<FastifyReply> {
  const { lang, edition, jurisdiction, version, format = 'html' } = request.query;
  const place = {
    document,
    edition: edition ?? library.terms.edition,
    jurisdiction:
      jurisdiction === undefined
        ? library.terms.jurisdiction
        : jurisdiction === 'unknown'
          ? null
          : jurisdiction,
    language: lang ?? preferred(request.headers['accept-language']),
  };
  const text = await library.ofVersion(place, version ?? library.version);
  const form = formatDocument(text, format);
  const body = format === 'html' ? framed(form, await library.frameOf(text)) : form;
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
  const settled = version !== undefined && format !== 'html';
  const maxAge = settled ? PAGE_LIMITS.maxAgeOfVersion : PAGE_LIMITS.maxAge;
  reply.headers(HEADERS).header('etag', etag).header('cache-control', `public, max-age=${maxAge}`);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(TYPES[format]).header('content-language', place.language).send(body);
}

/** The first language of `Accept-Language` by weight that there is a text in; English where there is none. */
export function preferred(header: string | undefined): Language {
  const wanted = (header ?? '')
    .slice(0, PAGE_LIMITS.maxAcceptLanguage)
    .split(',')
    .map((part, index) => {
      const [, tag = '', weight = '1'] =
        /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*$/.exec(part) ?? [];
      return { language: tag.toLowerCase().split('-')[0], weight: Number(weight), index };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  for (const { language } of wanted) {
    const known = LANGUAGES.find((each) => each === language);
    if (known !== undefined) return known;
  }
  return 'en';
}
