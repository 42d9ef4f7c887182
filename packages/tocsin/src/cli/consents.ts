// Opens what this machine agreed to for a subcommand: from its own files, asking nobody.
import { openConsents } from '../client/consent/home.ts';
import type { ConsentSource } from '../client/consent/source.ts';
import type { Cli } from './command.ts';

/** Runs `work` with the choices of this machine and closes what was opened for them, whatever happens. */
export async function withConsents<T>(
  { home, world }: Pick<Cli, 'home' | 'world'>,
  work: (source: ConsentSource) => Promise<T> | T,
): Promise<T> {
  const consents = openConsents({ home, world });
  try {
    return await work(consents.source);
  } finally {
    consents.close();
  }
}
