// Contestants of `bench lookup` measured in turn: each once a round, so that a moment in which the machine is slow meets all of
// them, and none for as long as it would take to measure it alone.
import { errorWords } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { median } from '../table.ts';

/** One way to ask one server, which is ready. */
export interface Contestant {
  readonly name: string;
  /** In one request. */
  readonly objects: number;
  /** At the highest rate, for some seconds. */
  run(): Promise<Sample>;
}

export interface Sample {
  /** Objects a second. */
  readonly perSecond: number;
  /** Milliseconds; null where the asker does not tell. */
  readonly p99: number | null;
  /** Cores that the server used, and the asker; null where the system does not tell. */
  readonly serverCores: number | null;
  readonly askerCores: number | null;
}

/** Medians of the rounds. */
export interface Rates extends Sample {
  readonly name: string;
  readonly objects: number;
}

/** Of each that did not fail; of one that did, a note is told. Throws where it is interrupted. */
export async function inTurn(
  context: BenchContext,
  contestants: readonly Contestant[],
  notes: string[],
): Promise<ReadonlyMap<Contestant, Rates>> {
  const samples = new Map(contestants.map((contestant) => [contestant, [] as Sample[]]));
  for (let round = 1; round <= roundsOf(context); round++)
    for (const [contestant, taken] of samples) {
      context.say(`round ${round} of ${roundsOf(context)}: ${contestant.name}`);
      try {
        taken.push(await contestant.run());
      } catch (error) {
        context.signal.throwIfAborted();
        samples.delete(contestant);
        notes.push(`Not measured: ${contestant.name}: ${errorWords(error)}`);
      }
    }
  return new Map([...samples].map(([contestant, taken]) => [contestant, rates(contestant, taken)]));
}

function rates({ name, objects }: Contestant, samples: readonly Sample[]): Rates {
  const middle = (of: (sample: Sample) => number | null): number | null => {
    const values = samples.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    name,
    objects,
    perSecond: middle(({ perSecond }) => perSecond) ?? 0,
    p99: middle(({ p99 }) => p99),
    serverCores: middle(({ serverCores }) => serverCores),
    askerCores: middle(({ askerCores }) => askerCores),
  };
}

/** Cores as they are measured, which are 0 where the system does not tell. */
export function orNull(cores: number): number | null {
  return cores > 0 ? cores : null;
}

export function roundsOf({ quick }: BenchContext): number {
  return LOOKUP_BENCH.rounds[quick ? 'quick' : 'full'];
}
