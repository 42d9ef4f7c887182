// tocsin-hub statement, tocsin-hub register: the texts about data, the same as the machines print, and the register
// of processing activities.
import type { Command } from 'commander';
import { registerAsCsv, registerAsJson, registerOf } from 'tocsin/catalog/register.ts';
import { diffAsJson, diffAsText, diffVersions, termsNumber } from 'tocsin/catalog/statement/diff-words.ts';
import { wordsIn } from 'tocsin/catalog/statement/words.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Hub } from '../hub.ts';
import { formatDocument, LANGUAGES, renderDocument } from '../privacy/documents.ts';
import { termsOfVersion, verifiedTerms } from '../privacy/evidence.ts';
import { findDocument } from '../privacy/versions.ts';
import type { Papers, PlaceFlags } from './papers.ts';
import { formatFrom, oneOf, placeFrom, withPapers } from './papers.ts';
import { write } from './words.ts';

interface StatementFlags extends PlaceFlags {
  readonly format?: string;
  readonly of?: string;
  readonly diff?: readonly string[];
}

export function statementCommand(program: Command): Command {
  return program
    .command('statement')
    .description('print what machines tell this hub, item by item, and what for; or the privacy policy')
    .option('--document <name>', 'statement or privacy-policy (default: statement)')
    .option('--lang <language>', `${LANGUAGES.join(' or ')} (default: en)`)
    .option('--format <format>', 'text, md, html or json (default: text)')
    .option('--of <version>', 'a version that was published before, as 2.3')
    .option('--diff <version...>', 'two versions, OLD NEW: print what changed in items and terms')
    .addHelpText(
      'after',
      "\n--edition and --jurisdiction, of the settings, say for whom; without them it is as the operator's terms say.\n\nExample:\n  $ tocsin-hub statement --edition virtual --jurisdiction DE --lang de\n  $ tocsin-hub statement --diff 2.1 2.2\n",
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<StatementFlags & Record<string, unknown>>();
      await withPapers(flags, async (hub, papers) => {
        write(
          flags.diff === undefined
            ? await text(hub, papers, flags)
            : await difference(hub, papers, flags, flags.diff),
        );
      });
    });
}

async function text(hub: Hub, { keys, terms }: Papers, flags: StatementFlags): Promise<string> {
  const place = placeFrom(flags, terms);
  const format = formatFrom(flags.format);
  const rendered = (of: Terms): string => {
    const { edition, jurisdiction, language } = place;
    return formatDocument(
      renderDocument(place.document, { terms: of, edition, jurisdiction, language }),
      format,
    );
  };
  if (flags.of === undefined) return rendered(terms.terms);
  if (/^[0-9]{1,9}\.[0-9]{1,9}$/.test(flags.of)) {
    const kept = await findDocument(hub.db, place, flags.of);
    if (kept !== null) return formatDocument(kept, format);
    const then = await termsOfVersion(hub.db, keys, flags.of);
    if (then !== null) return rendered(then);
  }
  throw new TocsinError(
    'not-found',
    `Cannot show version '${flags.of.slice(0, 40)}': none is kept for this list of data, place and language, want one as 2.3`,
  );
}

async function difference(
  hub: Hub,
  papers: Papers,
  flags: StatementFlags,
  versions: readonly string[],
): Promise<string> {
  const [older, newer, ...more] = versions;
  if (older === undefined || newer === undefined || more.length > 0)
    throw new TocsinError(
      'input',
      `Cannot compare versions: ${versions.length} given, want two, as in '--diff 2.1 2.2'`,
    );
  const { edition, language } = placeFrom(flags, papers.terms);
  const format = oneOf('format', flags.format ?? 'text', ['text', 'json'] as const);
  const kept = new Map<number, Terms | null>();
  for (const number of [older, newer].map(termsNumber))
    if (number !== null) kept.set(number, await verifiedTerms(hub.db, papers.keys, number));
  const diff = diffVersions(older, newer, edition, (number) => kept.get(number) ?? null);
  return format === 'json' ? diffAsJson(diff) : diffAsText(diff, language);
}

export function registerCommand(program: Command): Command {
  return program
    .command('register')
    .description('print the register of processing activities (GDPR Art. 30) of this hub')
    .option('--format <format>', 'csv or json (default: csv)')
    .option('--lang <language>', `${LANGUAGES.join(' or ')} (default: en)`)
    .addHelpText('after', '\nExample:\n  $ tocsin-hub register --format csv > register.csv\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<PlaceFlags & { readonly format?: string }>();
      await withPapers({ ...flags }, async (_hub, papers) => {
        const { terms } = papers.terms;
        const words = wordsIn(oneOf('language', flags.lang ?? 'en', LANGUAGES));
        const rows = registerOf(terms, words);
        const format = oneOf('format', flags.format ?? 'csv', ['csv', 'json'] as const);
        write(format === 'csv' ? registerAsCsv(rows, words) : registerAsJson(rows, terms, words));
      });
    });
}
