// The forms in which a document is printed and shown: the same bytes on every machine and hub. No I/O.
import { never } from '../../protocol/errors.ts';
import type { Statement } from './statement.ts';
import { statementAsHtml, statementAsMarkdown, statementAsText } from './statement.ts';
import { statementAsJson } from './statement-json.ts';

export const STATEMENT_FORMATS = ['text', 'md', 'html', 'json'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

export function formatStatement(statement: Statement, format: StatementFormat): string {
  switch (format) {
    case 'text':
      return statementAsText(statement);
    case 'md':
      return statementAsMarkdown(statement);
    case 'html':
      return statementAsHtml(statement);
    case 'json':
      return statementAsJson(statement);
    default:
      return never(format);
  }
}
