// What a bench gives back, and the one machine-readable line that ends its output.
import type { Table } from './table.ts';

export interface Goal {
  /** Null where it could not be measured; then `ok` is false. */
  readonly value: number | null;
  readonly goal: number;
  readonly ok: boolean;
}

export interface BenchResult {
  readonly tables: readonly Table[];
  /** Sentences for the reader: what could not be measured, and why. */
  readonly notes: readonly string[];
  readonly goals: Readonly<Record<string, Goal>>;
}

/** What a bench is given. Everything it makes lies below `directory` and goes with it. */
export interface BenchContext {
  readonly quick: boolean;
  readonly directory: string;
  /** Progress for a person, on stderr. */
  say(line: string): void;
  /** Aborts on Ctrl-C: what is being measured is stopped, and the bench throws. */
  readonly signal: AbortSignal;
  /** Runs at the end, also after Ctrl-C, latest first: stop what was started. */
  atEnd(cleanUp: () => Promise<void> | void): void;
}

export interface Bench {
  readonly describe: string;
  run(context: BenchContext): Promise<BenchResult>;
}

export function atLeast(value: number | null, goal: number): Goal {
  return { value: value === null ? null : exact(value), goal, ok: value !== null && value >= goal };
}

export function atMost(value: number | null, goal: number): Goal {
  return { value: value === null ? null : exact(value), goal, ok: value !== null && value <= goal };
}

/** The last line of every bench. */
export function goalsLine(bench: string, goals: BenchResult['goals']): string {
  return JSON.stringify({ bench, goals });
}

function exact(value: number): number {
  return Number(value.toPrecision(6));
}
