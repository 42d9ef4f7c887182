// tocsin-hub erase MACHINE: removes what came from a machine, for whoever asked without the machine.
import type { Command } from 'commander';
import { ERASURE_SCOPES } from 'tocsin/catalog/erasure-confirmation.ts';
import { eraseMachine } from '../privacy/erase-machine.ts';
import { parseMachineId } from './machines.ts';
import { oneOf, withPapers } from './papers.ts';
import { count, note, print } from './words.ts';

export function eraseCommand(program: Command): Command {
  return program
    .command('erase')
    .description(
      'erase what came from a machine; prints the signed confirmation. Its choices stay as evidence',
    )
    .argument('<machine>', 'as machines list shows it')
    .option('--scope <scope>', `${ERASURE_SCOPES.join(', ')} (default: all)`)
    .addHelpText(
      'after',
      '\nThe machine may send again where its owner agreed to it: to refuse it, use machines revoke.\n\nExample:\n  $ tocsin-hub erase 0c4e3a0e-5f0a-4a5e-9c0e-2b7f7d0a1c11\n',
    )
    .action(async (id: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<{ scope?: string }>();
      const machine = parseMachineId(id, 'erase');
      const scope = oneOf('scope', flags.scope ?? 'all', ERASURE_SCOPES);
      await withPapers(flags, async (hub, { keys }) => {
        const { messages, confirmation } = await eraseMachine({ ...hub, keys }, machine, scope);
        print(confirmation);
        note(`${count(messages)} messages of ${machine} were erased`);
      });
    });
}
