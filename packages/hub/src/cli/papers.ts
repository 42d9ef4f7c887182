// What commands about Statements and policies begin with: the keys of the hub, and the terms in force.
import type { Edition } from 'tocsin/catalog/item.ts';
import { parseJurisdiction } from 'tocsin/catalog/jurisdictions.ts';
import type { StatementFormat } from 'tocsin/catalog/statement/formats.ts';
import { STATEMENT_FORMATS } from 'tocsin/catalog/statement/formats.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Hub } from '../hub.ts';
import type { KeyRing } from '../keys/store.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import type { DocumentName, Language } from '../privacy/documents.ts';
import { DOCUMENTS, LANGUAGES } from '../privacy/documents.ts';
import type { SignedTerms } from '../privacy/terms.ts';
import { newestTerms, publishTerms } from '../privacy/terms.ts';
import { parseEdition, termsFrom } from '../privacy/terms-settings.ts';
import type { DocumentPlace } from '../privacy/versions.ts';
import { withHub } from './open.ts';

export interface Papers {
  readonly keys: KeyRing;
  /** The terms that machines get now; a change of the settings counts from the next start of the hub on. */
  readonly terms: SignedTerms;
}

/**
 * Runs `work` with the hub and its papers open. --edition and --jurisdiction are settings of the terms, and in these
 * commands say for whom something is shown: they must not become terms.
 */
export async function withPapers(
  flags: Readonly<Record<string, unknown>>,
  work: (hub: Hub, papers: Papers) => Promise<void>,
): Promise<void> {
  const { edition: _edition, jurisdiction: _jurisdiction, ...settings } = flags;
  await withHub(settings, async (hub) => work(hub, await openPapers(hub)));
}

/** A hub that never served gets its keys and first terms here. */
async function openPapers(hub: Hub): Promise<Papers> {
  const { db, layout, settings, world } = hub;
  const rootKey = settings.rootKey ?? undefined;
  await createKeys(layout.keys, world, rootKey);
  const keys = openKeys(layout.keys, rootKey);
  const held = await newestTerms(db, keys);
  if (held !== null) return { keys, terms: held };
  const { signed } = await publishTerms({ db, keys, world, content: termsFrom(settings) });
  return { keys, terms: signed };
}

export interface PlaceFlags {
  readonly edition?: string | undefined;
  readonly jurisdiction?: string | undefined;
  readonly lang?: string | undefined;
  readonly document?: string | undefined;
}

/** Which text is meant; what is not said is as the terms say. Throws `input`. */
export function placeFrom(flags: PlaceFlags, { terms }: SignedTerms): DocumentPlace {
  const { edition, jurisdiction } = flags;
  return {
    document: oneOf<DocumentName>('document', flags.document ?? 'statement', DOCUMENTS),
    edition: edition === undefined ? terms.edition : editionFrom(edition),
    jurisdiction:
      jurisdiction === undefined
        ? terms.jurisdiction
        : jurisdiction === 'unknown'
          ? null
          : parseJurisdiction(jurisdiction),
    language: oneOf<Language>('language', flags.lang ?? 'en', LANGUAGES),
  };
}

export function formatFrom(flag: string | undefined): StatementFormat {
  return oneOf('format', flag ?? 'text', STATEMENT_FORMATS);
}

/** Throws `input` with what there is. */
export function oneOf<T extends string>(what: string, value: string, all: readonly T[]): T {
  const found = all.find((each) => each === value);
  if (found !== undefined) return found;
  throw new TocsinError(
    'input',
    `Cannot use ${what} '${value.slice(0, 100)}': it is unknown, want one of ${all.join(', ')}`,
  );
}

function editionFrom(text: string): Edition {
  try {
    return parseEdition(text);
  } catch (error) {
    throw new TocsinError(
      'input',
      `Cannot use --edition '${text.slice(0, 100)}': ${(error as Error).message}`,
    );
  }
}
