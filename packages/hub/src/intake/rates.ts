// How often a machine may send, and how often each message: a guard against a machine gone wild, not a count.
import type { Message } from 'tocsin/catalog/message.ts';
import type { Clock } from 'tocsin/protocol/world.ts';
import type { Rate } from '../server/token-buckets.ts';
import { TokenBuckets } from '../server/token-buckets.ts';
import { INTAKE_LIMITS } from './config.ts';

const MACHINE: Rate = { capacity: INTAKE_LIMITS.burst, fill: INTAKE_LIMITS.perMinute / 60_000 };

export class IntakeRates {
  readonly #buckets: TokenBuckets;

  constructor(clock: Clock) {
    this.#buckets = new TokenBuckets(clock, INTAKE_LIMITS.maxRates);
  }

  /** Takes one of the machine's tokens: 0, or the seconds until there is one again. */
  admitMachine(machine: string): number {
    return this.#buckets.take(machine, MACHINE);
  }

  /** The same for one message of the catalog. */
  admitMessage(machine: string, { id, schedule }: Message): number {
    const capacity = Math.max(1, schedule.atMostPerDay * INTAKE_LIMITS.tolerance);
    return this.#buckets.take(`${machine} ${id}`, { capacity, fill: capacity / 86_400_000 });
  }
}
