// Takes over the choice that release 0.1.0 kept in participation.json. Its Statement listed look-ups and nothing
// else: so that is what goes on leaving, whatever level was chosen, until the Statement of this release is accepted.
import { renameSync, statSync } from 'node:fs';
import { ITEMS } from '../../catalog/catalog.ts';
import { isParticipationLevel } from '../../catalog/consent.ts';
import { acceptedList } from '../../catalog/fingerprint.ts';
import { REQUESTED_ITEMS } from '../../catalog/gate-lookup.ts';
import { syncDirectory } from '../../lists/files.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { readSmallFile } from '../state/home.ts';
import type { Draft } from './change.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';

export const FORMER_LIMITS = { maxFile: 4_096 } as const;

const FORMAT = 'tocsin-participation';

export type Former =
  | { readonly kind: 'absent' }
  /** `statement` is the SHA-256 of the text that was accepted; null for off. `at` in milliseconds. */
  | { readonly kind: 'chosen'; readonly on: boolean; readonly statement: string | null; readonly at: number }
  /** Something is there and is none: off, and an alarm in these words. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Never throws: what cannot be read is an answer. */
export function readFormer(path: string): Former {
  try {
    const bytes = readSmallFile(path, FORMER_LIMITS.maxFile);
    return bytes === null ? { kind: 'absent' } : parseFormer(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
}

/** The file's content as a choice, or why it is none. */
export function parseFormer(text: string): Former {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged('it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return damaged('it is no object');
  const { format, v, level, statementSha256, at } = value as Record<string, unknown>;
  if (format !== FORMAT || v !== 1) return damaged('its format or version is unknown');
  if (!isParticipationLevel(level)) return damaged('its level is unknown');
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return damaged('its time is no time');
  if (level === 'off') return { kind: 'chosen', on: false, statement: null, at };
  if (typeof statementSha256 !== 'string' || !/^[0-9a-f]{64}$/.test(statementSha256))
    return damaged('the accepted Statement is not named');
  return { kind: 'chosen', on: true, statement: statementSha256, at };
}

/** The record that says the same: look-ups and no more, or off. */
export function draftOf({ on, statement }: Former & { kind: 'chosen' }): Draft {
  const lookups: readonly string[] = REQUESTED_ITEMS;
  return {
    choice: 'participation',
    value: on ? 'standard' : 'off',
    edition: 'basic',
    accepted: on ? acceptedList(ITEMS.filter(({ id }) => lookups.includes(id))) : [],
    by: 'migration',
    policy: null,
    jurisdiction: null,
    regime: 'opt-in',
    statement: statement === null ? null : { version: '1', sha256: statement, language: 'en' },
    terms: null,
  };
}

/** Moves what an earlier release left out of the way; what was chosen then is in the log, or has no effect. */
export function putFormerAside(parts: ConsentParts): void {
  const { former, formerDone, directory } = placesOf(parts.home);
  if (statSync(former, { throwIfNoEntry: false }) === undefined) return;
  try {
    renameSync(former, formerDone);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // its message holds the path
    throw new TocsinError('io', `Cannot put the former setting aside: ${code}, want a writable disk`, {
      cause,
    });
  }
  syncDirectory(directory);
  parts.onDurable?.('former-renamed');
}

function damaged(state: string): Former {
  return {
    kind: 'unreadable',
    why: `Cannot read the participation setting: ${state}, want the file that 'tocsin participation' wrote`,
  };
}
