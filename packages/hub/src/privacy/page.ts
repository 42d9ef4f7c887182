// The part of a public page that stands around a document: its other forms, its versions, what changed. HTML in, HTML
// out; everything that is not a tag of this file is escaped. Knows nothing of machines.
import { EDITIONS } from 'tocsin/catalog/item.ts';
import { jurisdictionName } from 'tocsin/catalog/jurisdictions.ts';
import { STATEMENT_FORMATS } from 'tocsin/catalog/statement/formats.ts';
import { escapeHtml } from 'tocsin/catalog/statement/render-html.ts';
import type { ItemChanges } from './changes.ts';
import type { DocumentName, HubDocument } from './documents.ts';
import { LANGUAGES } from './documents.ts';
import { PAGE_WORDS } from './page-words.ts';

export const PATHS: Readonly<Record<DocumentName, string>> = {
  statement: '/statement',
  'privacy-policy': '/privacy',
};

const LANGUAGE_NAMES: Readonly<Record<(typeof LANGUAGES)[number], string>> = { en: 'English', de: 'Deutsch' };

export interface PageFrame {
  readonly shown: HubDocument;
  /** All versions, newest first, each with the place for which it can be shown; the first is in force. */
  readonly versions: readonly {
    readonly version: string;
    readonly date: string;
    readonly jurisdiction: string | null;
  }[];
  /** Against the version before the one that is shown; null for the first. */
  readonly changes: { readonly since: string; readonly items: ItemChanges } | null;
}

/** The page of a document with the frame put behind its head. Throws TypeError for a page without one. */
export function framed(page: string, frame: PageFrame): string {
  const end = '</header>';
  const at = page.indexOf(end);
  if (at < 0) throw new TypeError('a page without a header');
  return `${page.slice(0, at + end.length)}\n${frameHtml(frame)}${page.slice(at + end.length)}`;
}

function frameHtml({ shown, versions, changes }: PageFrame): string {
  const words = PAGE_WORDS[shown.language];
  const newest = versions[0]?.version === shown.version;
  const at = (change: Partial<Link>): Link => ({
    document: shown.document,
    language: shown.language,
    edition: shown.edition,
    jurisdiction: shown.jurisdiction,
    version: newest ? null : shown.version,
    format: null,
    ...change,
  });
  const place =
    shown.jurisdiction === null ? words.unknown : jurisdictionName(shown.jurisdiction, shown.language);
  const rows = [
    row(
      words.languages,
      LANGUAGES.map((language) =>
        link(at({ language }), LANGUAGE_NAMES[language], language === shown.language),
      ),
    ),
    row(
      words.editions,
      EDITIONS.map((edition) => link(at({ edition }), edition, edition === shown.edition)),
    ),
    row(words.place, [escapeHtml(place)]),
    row(
      words.forms,
      STATEMENT_FORMATS.filter((format) => format !== 'html').map((format) =>
        link(at({ format }), format, false),
      ),
    ),
    row(
      words.versions,
      versions.map(({ version, date, jurisdiction }, index) => {
        const elsewhere = jurisdiction === shown.jurisdiction ? '' : `, ${words.place}: ${words.unknown}`;
        const name = `${version} (${date}${index === 0 ? `, ${words.current}` : ''}${elsewhere})`;
        const to = at({ version: index === 0 ? null : version, jurisdiction });
        return link(to, name, version === shown.version);
      }),
    ),
    ...Object.entries(words.documents).map(([document, name]) =>
      document === shown.document
        ? ''
        : row(name, [
            link(
              at({ document: document as DocumentName, version: null }),
              PATHS[document as DocumentName],
              false,
            ),
          ]),
    ),
  ];
  return `<nav aria-labelledby="other">\n<h2 id="other">${escapeHtml(words.other)}</h2>\n<dl>\n${rows.filter((each) => each !== '').join('\n')}\n</dl>\n${changesHtml(changes, words)}\n</nav>`;
}

function changesHtml(changes: PageFrame['changes'], words: (typeof PAGE_WORDS)['en']): string {
  if (changes === null) return `<p>${escapeHtml(words.first)}</p>`;
  const { since, items } = changes;
  const lists = (['added', 'removed', 'changed'] as const)
    .filter((kind) => items[kind].length > 0)
    .map((kind) => {
      const entries = items[kind].map((id) => {
        const code = `<code>${escapeHtml(id)}</code>`;
        return kind === 'removed' ? code : `<a href="#item-${escapeHtml(id)}">${code}</a>`;
      });
      return row(words[kind], entries);
    });
  const body = lists.length === 0 ? `<p>${escapeHtml(words.same)}</p>` : `<dl>\n${lists.join('\n')}\n</dl>`;
  return `<h2 id="changes">${escapeHtml(words.since(since))}</h2>\n${body}`;
}

interface Link {
  readonly document: DocumentName;
  readonly language: string;
  readonly edition: string;
  readonly jurisdiction: string | null;
  readonly version: string | null;
  readonly format: string | null;
}

function link(to: Link, name: string, isHere: boolean): string {
  if (isHere) return `<strong aria-current="page">${escapeHtml(name)}</strong>`;
  const query = new URLSearchParams({
    lang: to.language,
    edition: to.edition,
    jurisdiction: to.jurisdiction ?? 'unknown',
    ...(to.version === null ? {} : { version: to.version }),
    ...(to.format === null ? {} : { format: to.format }),
  });
  return `<a href="${escapeHtml(`${PATHS[to.document]}?${query}`)}">${escapeHtml(name)}</a>`;
}

function row(name: string, values: readonly string[]): string {
  return `<div><dt>${escapeHtml(name)}</dt><dd>${values.join(' · ')}</dd></div>`;
}
