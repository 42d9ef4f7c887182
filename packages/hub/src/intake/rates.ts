// How often a machine may send, and how often each message: buckets of tokens that fill with time. In memory and of
// this node alone: a guard against a machine gone wild, not a count. Clocks are monotonic.
import type { Message } from 'tocsin/catalog/message.ts';
import type { Clock } from 'tocsin/protocol/world.ts';
import { INTAKE_LIMITS } from './config.ts';

interface Bucket {
  /** Tokens at `at`. */
  readonly tokens: number;
  readonly at: number;
}

interface Rate {
  readonly capacity: number;
  /** Tokens a millisecond. */
  readonly fill: number;
}

const MACHINE: Rate = { capacity: INTAKE_LIMITS.burst, fill: INTAKE_LIMITS.perMinute / 60_000 };

export class IntakeRates {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one of the machine's tokens: 0, or the seconds until there is one again. */
  admitMachine(machine: string): number {
    return this.#take(machine, MACHINE);
  }

  /** The same for one message of the catalog. */
  admitMessage(machine: string, { id, schedule }: Message): number {
    const capacity = Math.max(1, schedule.atMostPerDay * INTAKE_LIMITS.tolerance);
    return this.#take(`${machine} ${id}`, { capacity, fill: capacity / 86_400_000 });
  }

  #take(key: string, { capacity, fill }: Rate): number {
    const now = this.#clock.monotonic();
    const held = this.#buckets.get(key) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, held.tokens + Math.max(0, now - held.at) * fill);
    const left = tokens >= 1 ? tokens - 1 : tokens;
    this.#buckets.delete(key); // and put behind the others: the first is the longest unseen
    this.#buckets.set(key, { tokens: left, at: now });
    if (this.#buckets.size > INTAKE_LIMITS.maxRates) this.#buckets.delete(this.#buckets.keys().next().value!);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / fill / 1000);
  }
}
