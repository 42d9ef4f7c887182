// Opens this machine for a subcommand that looks at things, and tells what is wrong with it.
import type { MachineOptions } from '../client/machine.ts';
import { MACHINE_LIMITS, Machine, PATIENCE } from '../client/machine.ts';
import { errorWords } from '../protocol/errors.ts';
import type { Cli } from './command.ts';
import { ago, size } from './words.ts';

/** Runs `work` with this machine's parts and closes them, whatever happens. Alarms are told first. */
export async function withMachine<T>(
  cli: Cli,
  work: (machine: Machine) => Promise<T>,
  options: Pick<MachineOptions, 'asks'> = {},
): Promise<T> {
  const machine = Machine.open({ home: cli.home, world: cli.world, limits: PATIENCE, ...options });
  try {
    for (const alarm of machine.alarms) cli.terminal.warn(alarm);
    return await work(machine);
  } finally {
    await machine.close();
  }
}

/**
 * Fetches newer lists where this machine has a hub and the last look is some minutes ago. A hub that is away is
 * no reason to stop: the lists that are here answer, and a warning tells how old they are.
 */
export async function freshenLists(cli: Cli, machine: Machine, signal?: AbortSignal): Promise<void> {
  if (machine.joined === null) {
    cli.terminal.warn('this machine has joined no hub: nothing but your own overrides is known here');
    cli.terminal.hint("run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'");
    return;
  }
  try {
    await machine.refreshLists({
      maxAgeMs: MACHINE_LIMITS.freshListsMs,
      onProgress: ({ bytesDone, bytes }) =>
        cli.terminal.progress(`fetching lists  ${size(bytesDone)} of ${size(bytes)}`),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    const { held } = machine.lists;
    const age =
      held === null
        ? 'there are none here yet'
        : `those here are from ${ago(held.checkedAt, cli.world.clock.now())}`;
    cli.terminal.warn(`the lists were not refreshed (${age}). ${errorWords(error)}`);
  }
  cli.terminal.progress('');
}
