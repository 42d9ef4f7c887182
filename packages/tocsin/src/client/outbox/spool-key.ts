// The key of the outbox: random, made with the first message, wrapped under the local key in a file of its own, so
// that destroying this one file makes all that the outbox ever held unreadable.
import type { KeyObject } from 'node:crypto';
import { createSecretKey } from 'node:crypto';
import type { World } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';
import { writeFileDurable } from '../state/home.ts';
import { destroyKeyFile, readKeyFile } from '../state/key-file.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { openRow, sealRow } from '../state/sealed-row.ts';

type Place = Pick<Home, 'spoolKey'>;

const KEY_BYTES = 32;
const WRAP = 'tocsin spool key';

/** Seals rows of the outbox; each row's number is authenticated with it. */
export class SpoolKey {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  seal(row: string, plain: Uint8Array, world: Pick<World, 'random'>): Uint8Array {
    return sealRow(this.#key, row, plain, (size) => world.random(size));
  }

  /** Null where the bytes are none that this key sealed for that row. */
  open(row: string, sealed: Uint8Array): Uint8Array | null {
    return openRow(this.#key, row, sealed);
  }
}

/** Null where there is none, or where the local key does not open it: then nobody can. */
export function readSpoolKey(place: Place, localKey: LocalKeySource): SpoolKey | null {
  const wrapped = readKeyFile(place.spoolKey);
  if (wrapped === null) return null;
  const plain = openRow(localKey().key.derive(WRAP), WRAP, wrapped);
  return plain?.length === KEY_BYTES ? new SpoolKey(createSecretKey(plain)) : null;
}

/** Durable on return. */
export function makeSpoolKey(place: Place, localKey: LocalKeySource, world: World): SpoolKey {
  const plain = world.random(KEY_BYTES);
  writeFileDurable(
    place.spoolKey,
    sealRow(localKey().key.derive(WRAP), WRAP, plain, (size) => world.random(size)),
  );
  return new SpoolKey(createSecretKey(plain));
}

/** Overwrites and removes the file; again is no error. */
export function destroySpoolKey(place: Place): void {
  destroyKeyFile(place.spoolKey);
}
