// What a subcommand is made of: a definition for commander, and an action that returns the exit status. A
// subcommand's file is loaded only when it is asked for.
import { Command } from 'commander';
import type { Home } from '../client/state/home.ts';
import type { World } from '../protocol/world.ts';
import type { Terminal } from './terminal.ts';

export interface Cli {
  readonly terminal: Terminal;
  readonly home: Home;
  readonly world: World;
  readonly version: string;
  /** Aborts at the first Ctrl-C (or TERM), for work that can stop cleanly; the second one ends the process. */
  readonly interrupted: () => AbortSignal;
  /** Runs an action and keeps its exit status. */
  readonly run: (action: () => Promise<number> | number) => Promise<void>;
}

export type Define = (cli: Cli) => Command;

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<Define>;
}

export interface Example {
  readonly command: string;
  readonly does: string;
}

/** A commander command of the house: one sentence, examples below its options. */
export function subcommand(name: string, description: string, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(({ command }) => command.length));
  const lines = examples.map(({ command, does }) => `  ${command.padEnd(width)}  ${does}`);
  const heading = examples.length === 1 ? 'Example:' : 'Examples:';
  return new Command(name)
    .description(description)
    .addHelpText('after', `\n${[heading, ...lines].join('\n')}`);
}
