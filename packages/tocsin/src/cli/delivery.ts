// What a subcommand says of messages that it took to the hub, or could not take there.
import type { Machine } from '../client/machine.ts';
import type { DrainReport } from '../client/outbox/sender.ts';
import { errorWords } from '../protocol/errors.ts';
import type { Cli } from './command.ts';
import { withMachine } from './machine.ts';
import type { Farewell } from './uninstall.ts';
import { counted } from './words.ts';

/** Takes what waits to the hub; what cannot go now goes later, and is told in one line. */
export async function deliverWaiting(cli: Cli, machine: Machine, signal?: AbortSignal): Promise<void> {
  try {
    const report = await machine.outbox.deliver(signal);
    if (report !== null) tell(cli, report);
  } catch (error) {
    cli.terminal.warn(`what waits for the hub stays here for now. ${errorWords(error)}`);
  }
}

function tell({ terminal }: Cli, { left, refused, stopped }: DrainReport): void {
  if (refused > 0)
    terminal.warn(`${counted(refused, 'message')} may not leave any more, or the hub refused: dropped`);
  if (stopped === null) return;
  const waiting =
    left === 0 ? '' : `${counted(left, 'message')} ${left === 1 ? 'waits' : 'wait'} for the hub. `;
  terminal.warn(`${waiting}${stopped}`);
}

/** After a choice: takes its record to the hub for the countersignature, or the request to erase. */
export async function tellHub(cli: Cli): Promise<string | null> {
  return await withMachine(cli, async (machine) => {
    if (machine.joined === null) return null;
    const before = machine.outbox.spoolIfThere()?.erasure ?? null;
    const report = await machine.outbox.deliver();
    if (report === null) return null;
    if (report.stopped !== null)
      return `The hub could not be told yet (${report.stopped}). 'tocsin sync' tells it, again and again until it has answered.`;
    return before === null
      ? "The hub has countersigned it: 'tocsin participation receipt' shows the receipt."
      : 'The hub has erased what came from this machine, and confirmed it with its signature.';
  });
}

/** Before everything goes: the hub is asked to erase what came from this machine, where anything ever did. */
export async function farewell(cli: Cli): Promise<Farewell> {
  return await withMachine(cli, async (machine) => {
    const spool = machine.joined === null ? null : machine.outbox.spoolIfSent();
    if (spool === null) return { kind: 'nothing' };
    if (spool.erasure === null && spool.withdraw('left') === null) return { kind: 'nothing' };
    const report = await machine.outbox.deliver();
    if (report === null || report.stopped === null)
      return { kind: 'done', words: 'The hub has erased what came from this machine, and confirmed it.' };
    return {
      kind: 'failed',
      words: `The hub could not be asked to erase what came from this machine: ${report.stopped}`,
    };
  });
}
