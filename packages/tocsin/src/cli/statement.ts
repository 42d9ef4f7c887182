// `tocsin statement`: the text of what leaves this machine, its privacy policy, and what changed between versions.
// Asks nobody and changes nothing.
import { Option } from 'commander';
import type { Edition } from '../catalog/item.ts';
import { EDITIONS } from '../catalog/item.ts';
import { parseJurisdiction } from '../catalog/jurisdictions.ts';
import { diffAsJson, diffAsText, diffVersions } from '../catalog/statement/diff-words.ts';
import type { DocumentName } from '../catalog/statement/documents.ts';
import { DOCUMENTS } from '../catalog/statement/documents.ts';
import type { StatementFormat } from '../catalog/statement/formats.ts';
import { formatStatement, STATEMENT_FORMATS } from '../catalog/statement/formats.ts';
import type { Language, Statement, StatementContext } from '../catalog/statement/statement.ts';
import { LANGUAGES, renderPrivacyPolicy, renderStatement } from '../catalog/statement/statement.ts';
import type { Terms } from '../catalog/terms.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { withConsents } from './consents.ts';
import { EXIT } from './failure.ts';
import { statementContextOf } from './statement-context.ts';

interface Options {
  readonly edition?: Edition;
  readonly jurisdiction?: string;
  readonly lang?: Language;
  readonly format: StatementFormat;
  readonly document: DocumentName;
  readonly diff?: readonly string[];
}

export const define: Define = (cli) =>
  subcommand('statement', 'Prints what leaves this machine, item by item, what for, and how to change it.', [
    { command: 'tocsin statement', does: 'read it, as it holds for this machine' },
    { command: 'tocsin statement --lang de --format html > erklaerung.html', does: 'as a page, in German' },
    { command: 'tocsin statement --edition virtual --jurisdiction US', does: 'as it would be elsewhere' },
    { command: 'tocsin statement --document privacy-policy', does: 'what happens to what was received' },
    { command: 'tocsin statement --diff 1 2', does: 'what version 2 has new, item by item' },
    { command: 'tocsin statement --format json', does: 'for programs, with its sha256' },
  ])
    .addOption(
      new Option('--edition <edition>', 'which list of data; without it, that of this machine').choices(
        EDITIONS,
      ),
    )
    .option('--jurisdiction <code>', 'country of ISO 3166-1, such as DE; without it, that of this machine')
    .addOption(new Option('--lang <language>', 'language of the text').choices(LANGUAGES))
    .addOption(new Option('--format <format>', 'how to print it').choices(STATEMENT_FORMATS).default('text'))
    .addOption(new Option('--document <document>', 'which document').choices(DOCUMENTS).default('statement'))
    .option('--diff <version...>', 'two versions, OLD NEW: print what changed between them')
    .action((options: Options) => cli.run(() => print(cli, options)));

async function print(cli: Cli, options: Options): Promise<number> {
  const context = await contextOf(cli, options);
  cli.terminal.out(
    options.diff === undefined
      ? formatStatement(rendered(options.document, context), options.format)
      : difference(options.diff, context, options, await termsHere(cli)),
  );
  return EXIT.ok;
}

async function contextOf(cli: Cli, { edition, jurisdiction, lang }: Options): Promise<StatementContext> {
  const here = await statementContextOf(cli);
  return {
    terms: here.terms,
    edition: edition ?? here.edition,
    jurisdiction: jurisdiction === undefined ? here.jurisdiction : parseJurisdiction(jurisdiction),
    language: lang ?? here.language,
  };
}

function rendered(document: DocumentName, context: StatementContext): Statement {
  return document === 'statement' ? renderStatement(context) : renderPrivacyPolicy(context);
}

/** The terms that are kept here: the newest, and those under which the choice in force was made. */
async function termsHere(cli: Cli): Promise<readonly Terms[]> {
  return await withConsents(cli, (source) =>
    [source.current().place.terms, source.acceptedTerms()].filter((terms) => terms !== null),
  );
}

function difference(
  versions: readonly string[],
  { edition, language }: StatementContext,
  { format, document }: Options,
  kept: readonly Terms[],
): string {
  const [older, newer, ...more] = versions;
  if (older === undefined || newer === undefined || more.length > 0)
    throw new TocsinError(
      'input',
      `Cannot compare versions: ${versions.length} given, want two, as in '--diff 1 2'`,
    );
  if (document !== 'statement' || (format !== 'text' && format !== 'json'))
    throw new TocsinError(
      'input',
      "Cannot compare versions: that is for the Statement as 'text' or 'json', want one of these formats",
    );
  const termsOf = (number: number): Terms | null => kept.find((terms) => terms.number === number) ?? null;
  const diff = diffVersions(older, newer, edition, termsOf);
  return format === 'json' ? diffAsJson(diff) : diffAsText(diff, language);
}
