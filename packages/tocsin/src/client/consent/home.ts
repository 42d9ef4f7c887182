// Participation of a home with its own local key and its own outbox, each opened when it is first needed. What a
// subcommand and a machine open; tests give a ConsentSource other parts.
import { existsSync } from 'node:fs';
import type { World } from '../../protocol/world.ts';
import { Spool } from '../outbox/spool.ts';
import type { Home } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { lazyLocalKey } from '../state/local-key.ts';
import { outboxOf } from './outbox.ts';
import type { ConsentParts } from './places.ts';
import { ConsentSource } from './source.ts';

export interface HomeConsents {
  readonly source: ConsentSource;
  /** For those that begin anew (anew.ts). */
  readonly parts: ConsentParts;
  /** The outbox, where there is one. Throws as `Spool.open`. */
  spoolIfThere(): Spool | null;
  close(): void;
}

export interface SharedSpool {
  open(): Spool;
  openAnew(): Spool;
}

export interface HomeConsentsOptions {
  readonly home: Home;
  readonly world: World;
  /** Where a machine shares them with other parts of it; a spool that is given is not closed here. */
  readonly localKey?: LocalKeySource;
  readonly spool?: SharedSpool;
}

/** Opens what is there and finishes what a crash left; never throws for what is damaged (ConsentSource). */
export function openConsents(options: HomeConsentsOptions): HomeConsents {
  const { home, world, localKey = lazyLocalKey(home, world) } = options;
  let own: Spool | null = null;
  const ownSpool: SharedSpool = {
    open: () => {
      own ??= Spool.open(home, world, localKey);
      return own;
    },
    openAnew: () => {
      own?.close();
      own = Spool.openAnew(home, world, localKey);
      return own;
    },
  };
  const spool = options.spool ?? ownSpool;
  const parts = { home, world, localKey, outbox: outboxOf(home, spool) };
  return {
    source: ConsentSource.open(parts),
    parts,
    spoolIfThere: () => (existsSync(home.spool) ? spool.open() : null),
    close: () => {
      own?.close();
      own = null;
    },
  };
}
