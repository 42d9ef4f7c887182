// The marks of a machine as an operator writes them: group names. Keeps nothing.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ACCESS_LIMITS } from './config.ts';

/** Machines that are in no other group are in this one. */
export const DEFAULT_GROUP = 'default';

/** A group's name; null for the default one. Throws `input`. */
export function parseGroup(text: string): string | null {
  if (!/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(text) || text.length > ACCESS_LIMITS.maxGroup)
    throw new TocsinError(
      'input',
      `Cannot use group '${text.slice(0, 100)}': want up to ${ACCESS_LIMITS.maxGroup} of a-z, 0-9, '.', '_', '-'`,
    );
  return text === DEFAULT_GROUP ? null : text;
}
