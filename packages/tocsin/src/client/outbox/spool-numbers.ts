// The numbers of the messages of this machine: an epoch, and within it 1, 2, 3, ... (spec/message.md, 3.1). Kept in the
// outbox, in whose transactions it works.
import type { DatabaseSync } from 'node:sqlite';
import type { World } from '../../protocol/world.ts';
import { unixSeconds } from '../../protocol/world.ts';
import { readMeta, setMeta } from './spool-database.ts';

export interface MessageNumber {
  readonly epoch: number;
  readonly sequence: number;
}

export class SpoolNumbers {
  readonly #database: DatabaseSync;
  readonly #world: World;

  constructor(database: DatabaseSync, world: World) {
    this.#database = database;
    this.#world = world;
  }

  /** The last one that was given out; epoch 0 where none was. */
  get last(): MessageNumber {
    const text = readMeta(this.#database, 'numbers');
    if (text === null) return { epoch: 0, sequence: 0 };
    const { epoch, last } = JSON.parse(text) as { epoch: number; last: number };
    return { epoch, sequence: last };
  }

  /** One that nobody has. */
  take(): MessageNumber {
    if (this.last.epoch === 0) this.beginEpoch();
    const { epoch, sequence } = this.last;
    return this.#keep({ epoch, sequence: sequence + 1 });
  }

  /** Numbered by its second: also a copy of this machine that began one, or lost its file, has another number. */
  beginEpoch(): void {
    this.#keep({ epoch: Math.max(unixSeconds(this.#world.clock), this.last.epoch + 1), sequence: 0 });
  }

  #keep(number: MessageNumber): MessageNumber {
    setMeta(this.#database, 'numbers', JSON.stringify({ epoch: number.epoch, last: number.sequence }));
    return number;
  }
}
