// Tells which protection was missing, and what would bring it.
import type { Cli } from './command.ts';

/** Nothing where nothing was missing. */
export function tellMissing({ terminal }: Cli, missing: string | null): void {
  if (missing === null) return;
  if (missing === 'participation is off') {
    terminal.hint(
      "what the lists here do not know stays unknown: participation is off; 'tocsin participation standard' lets look-ups out",
    );
  } else if (missing === 'not joined') {
    terminal.hint("run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'");
  } else if (missing.startsWith('the Statement')) {
    terminal.hint(
      "read the new one with 'tocsin statement' and accept it with 'tocsin participation standard'",
    );
  } else terminal.warn(`not everything could be looked up: ${missing}`);
}
