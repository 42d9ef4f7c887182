// What the owner of this machine agreed to send, as it stands on disk. Whatever is wrong with the file, the
// answer is `off`; anything but `off` needs the hash of the Statement that was read.
import type { Consent, ParticipationLevel } from '../catalog/consent.ts';
import { isParticipationLevel, NO_CONSENT } from '../catalog/consent.ts';
import type { Statement } from '../catalog/statement.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { World } from '../protocol/world.ts';
import type { Home } from './home.ts';
import { makeHome, readSmallFile, writeFileDurable } from './home.ts';

export const PARTICIPATION_LIMITS = { maxFile: 4_096 } as const;

const FORMAT = 'tocsin-participation';

export type Participation =
  /** Nobody chose yet: `off`. */
  | { readonly kind: 'unset' }
  | {
      readonly kind: 'chosen';
      readonly level: ParticipationLevel;
      readonly statementSha256: string | null;
      readonly at: number;
    }
  /** Something is there and cannot be taken for a choice: `off`, and an alarm in these words. */
  | { readonly kind: 'alarm'; readonly why: string };

/** Reads the choice. Never throws: what cannot be read is an alarm. */
export function readParticipation(home: Home): Participation {
  try {
    const bytes = readSmallFile(home.participation, PARTICIPATION_LIMITS.maxFile);
    return bytes === null ? { kind: 'unset' } : parseParticipation(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    return { kind: 'alarm', why: errorWords(error) };
  }
}

/** The file's content as a choice, or the alarm that it is none. */
export function parseParticipation(text: string): Participation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged('it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return damaged('it is no object');
  const o = value as Record<string, unknown>;
  const { format, v, level, statementSha256, at } = o;
  if (format !== FORMAT || v !== 1) return damaged('its format or version is unknown');
  if (!isParticipationLevel(level)) return damaged('its level is unknown');
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return damaged('its time is no time');
  if (level === 'off') return { kind: 'chosen', level, statementSha256: null, at };
  if (typeof statementSha256 !== 'string' || !/^[0-9a-f]{64}$/.test(statementSha256))
    return damaged('the accepted Statement is not named');
  return { kind: 'chosen', level, statementSha256, at };
}

function damaged(state: string): Participation {
  return {
    kind: 'alarm',
    why: `Cannot read the participation setting: ${state}, want the file that 'tocsin participation' wrote`,
  };
}

/** The consent that the gate is given. */
export function consentOf(participation: Participation): Consent {
  return participation.kind === 'chosen' ? participation : NO_CONSENT;
}

/** The level that is in force: a consent to another Statement than the present one lets nothing out. */
export function effectiveLevel(participation: Participation, statement: Statement): ParticipationLevel {
  const { level, statementSha256 } = consentOf(participation);
  return level === 'off' || statementSha256 === statement.sha256 ? level : 'off';
}

/**
 * Records a choice; durable on return. `accept` is the hash of the Statement that the owner read; for `off`
 * none is needed. Throws `input` where it is missing or of another text.
 */
export function setParticipation(
  home: Home,
  level: ParticipationLevel,
  accept: string | null,
  statement: Statement,
  world: World,
): Participation {
  if (level !== 'off' && accept !== statement.sha256)
    throw new TocsinError(
      'input',
      accept === null
        ? `Cannot set participation to '${level}': the Statement was not accepted, want --accept with its SHA-256`
        : `Cannot set participation to '${level}': '${accept.slice(0, 64)}' is not the Statement of this version, want --accept ${statement.sha256}`,
    );
  const statementSha256 = level === 'off' ? null : statement.sha256;
  const at = Math.floor(world.clock.now());
  makeHome(home);
  writeFileDurable(
    home.participation,
    `${JSON.stringify({ format: FORMAT, v: 1, level, statementSha256, at })}\n`,
  );
  return { kind: 'chosen', level, statementSha256, at };
}
