// What a person can do about a journal that cannot be used: while nothing can be written down, nothing is sent, and no
// list comes. Loaded only where something is wrong already.
import { journalTrouble } from '../client/journal/journal.ts';
import type { LocalKeySource } from '../client/state/local-key.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli } from './command.ts';
import { HintedError } from './failure.ts';

export const KEY_HINT =
  "nothing is sent meanwhile; bring the key's system back (/var/lib/systemd/credential.secret from a backup), or 'tocsin uninstall' and join again";

const ASIDE_HINT =
  "nothing is sent, and no list comes, while it cannot be written; 'tocsin sent set-aside' keeps it as it is and begins a new one";

/** For a journal that cannot be opened; where the key itself cannot, no new journal would help. */
export function wayOut(localKey: LocalKeySource): string {
  return keyProblem(localKey) === null ? ASIDE_HINT : KEY_HINT;
}

export function keyProblem(localKey: LocalKeySource): TocsinError | null {
  try {
    localKey();
    return null;
  } catch (error) {
    if (error instanceof TocsinError) return error;
    throw error;
  }
}

/** The hint where the journal of this machine cannot be used; null where it can. */
export function journalHint({ home, world }: Pick<Cli, 'home' | 'world'>): string | null {
  const localKey = lazyLocalKey(home, world);
  return journalTrouble(home, world, localKey) === null ? null : wayOut(localKey);
}

/** The same failure, with the way out as its hint where it is the journal's. */
export function withJournalHint(cli: Pick<Cli, 'home' | 'world'>, error: TocsinError): TocsinError {
  const hint = error instanceof HintedError ? null : journalHint(cli);
  return hint === null ? error : new HintedError(error.code, error.message, hint);
}
