// The Statement and the privacy policy: what leaves a machine, what for, and what happens to it, rendered from the
// catalog and the operator's terms. The same context gives the same bytes on every machine and hub. No clock, no I/O.
//
//   catalog + terms + texts of a language ─► sections ─► document ─┬─► canonical plain text ─► SHA-256 (accepted)
//                                                                  └─► Markdown, HTML, JSON
import { createHash } from 'node:crypto';
import type { Regime } from '../consent.ts';
import type { Edition } from '../item.ts';
import type { Terms } from '../terms.ts';
import { NEWEST_VERSION } from '../versions/versions.ts';
import type { StatementContext } from './context.ts';
import { viewOf } from './context.ts';
import type { Document } from './document.ts';
import type { DocumentName } from './documents.ts';
import { documentOf } from './documents.ts';
import { renderHtml } from './render-html.ts';
import { renderMarkdown } from './render-markdown.ts';
import { plain, renderText } from './render-text.ts';
import type { Language, Words } from './words.ts';
import { wordsIn } from './words.ts';

export type { StatementContext } from './context.ts';
export { itemsOfStatement } from './context.ts';
export type { Language } from './words.ts';
export { LANGUAGES } from './words.ts';

/** Number and date of the catalog's own version, the first part of a Statement's version. */
export const CATALOG_VERSION = { number: NEWEST_VERSION.number, date: NEWEST_VERSION.date } as const;

export interface Statement {
  readonly document: DocumentName;
  /** `C.T`: the catalog's version and the number of the operator's terms, 0 where no hub was joined. */
  readonly version: string;
  /** YYYY-MM-DD, the later of the catalog's and the terms'. */
  readonly date: string;
  readonly language: Language;
  readonly edition: Edition;
  readonly jurisdiction: string | null;
  readonly regime: Regime;
  /** Canonical plain text: UTF-8, LF, ends with LF. */
  readonly text: string;
  /** SHA-256 of `text`, hex: what is accepted. */
  readonly sha256: string;
  /** What the text was made of, for other forms of it. */
  readonly content: Document;
  readonly terms: Terms | null;
}

export function renderStatement(context: StatementContext): Statement {
  return render('statement', context, wordsIn(context.language));
}

export function renderPrivacyPolicy(context: StatementContext): Statement {
  return render('privacy-policy', context, wordsIn(context.language));
}

/** The version of what would be rendered; cheap, where a render takes tens of milliseconds. */
export function statementVersion(terms: Pick<Terms, 'number'> | null): string {
  return `${CATALOG_VERSION.number}.${terms?.number ?? 0}`;
}

/** Either document with words of the caller's choice; for tests of the texts. */
export function render(document: DocumentName, context: StatementContext, words: Words): Statement {
  const { terms, edition, jurisdiction, language } = context;
  const view = viewOf(context, words);
  const version = statementVersion(terms);
  const date = laterDate(CATALOG_VERSION.date, terms);
  const content = documentOf(document, view, version, date);
  const text = renderText(content);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const { regime } = view;
  return { document, version, date, language, edition, jurisdiction, regime, text, sha256, content, terms };
}

function laterDate(date: string, terms: Terms | null): string {
  const issued = terms === null ? '' : new Date(terms.issued * 1000).toISOString().slice(0, 10);
  return issued > date ? issued : date;
}

/** For a person: the text, then its hash. The last line is not part of what is hashed. */
export function statementAsText(statement: Statement): string {
  return `${statement.text}\n${hashLine(statement)}\n`;
}

export function statementAsMarkdown(statement: Statement): string {
  return `${renderMarkdown(statement.content)}\n---\n\n${hashNote(statement)} \`${statement.sha256}\`\n`;
}

/** One page without script and without anything from elsewhere. */
export function statementAsHtml(statement: Statement): string {
  const { say } = wordsIn(statement.language);
  const label = (text: ReturnType<typeof say>): string => plain(text);
  return renderHtml(
    statement.content,
    { contents: label(say('label.contents')), skip: label(say('label.skip')) },
    [`${hashNote(statement)} `, { id: statement.sha256 }],
  );
}

function hashLine(statement: Statement): string {
  return `${plain(wordsIn(statement.language).say('language.sha256'))}${statement.sha256}`;
}

/** In other forms than the plain text it is said of which text the hash is. */
function hashNote(statement: Statement): string {
  return plain(wordsIn(statement.language).say('language.sha256-plain', { version: statement.version }));
}
