// The Statement and the privacy policy as the hub keeps and shows them: rendered by the catalog from a context, and
// put into its forms again from what was kept, long after the catalog has changed. No I/O.
import { acceptedList, parseAcceptedList } from 'tocsin/catalog/fingerprint.ts';
import type { Document } from 'tocsin/catalog/statement/document.ts';
import type { DocumentName } from 'tocsin/catalog/statement/documents.ts';
import type { StatementFormat } from 'tocsin/catalog/statement/formats.ts';
import { formatStatement } from 'tocsin/catalog/statement/formats.ts';
import type { Language, Statement, StatementContext } from 'tocsin/catalog/statement/statement.ts';
import {
  itemsOfStatement,
  renderPrivacyPolicy,
  renderStatement,
} from 'tocsin/catalog/statement/statement.ts';
import { statementAsJson } from 'tocsin/catalog/statement/statement-json.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';

export { DOCUMENTS } from 'tocsin/catalog/statement/documents.ts';
export { CATALOG_VERSION, LANGUAGES } from 'tocsin/catalog/statement/statement.ts';
export type { DocumentName, Language };

/** A document as it was rendered; what is kept of every version. */
export interface HubDocument extends Omit<Statement, 'content' | 'terms'> {
  /** What the text was made of. */
  readonly content: Document;
  /** Its form for programs, with messages and items as they were. */
  readonly json: unknown;
  /** Item id -> fingerprint, of all that it lists. */
  readonly items: Readonly<Record<string, string>>;
}

export interface HubContext extends StatementContext {
  readonly terms: Terms;
}

/** The same context gives the same text here as on every machine with this catalog. */
export function renderDocument(document: DocumentName, context: HubContext): HubDocument {
  const statement = document === 'statement' ? renderStatement(context) : renderPrivacyPolicy(context);
  const { terms: _terms, ...rendered } = statement;
  const listed = acceptedList(itemsOfStatement(context.edition, 'extended'));
  const items = Object.fromEntries(parseAcceptedList(listed) ?? []);
  return { ...rendered, json: JSON.parse(statementAsJson(statement)), items };
}

/** In one of its forms, complete: the same bytes as a machine prints. */
export function formatDocument(kept: HubDocument, format: StatementFormat): string {
  if (format === 'json') return `${JSON.stringify(kept.json, null, 2)}\n`;
  return formatStatement({ ...kept, terms: null }, format);
}
