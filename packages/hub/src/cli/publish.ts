// tocsin-hub publish: makes the lists follow the claims. Imports and verdicts do it themselves; a hub that finds
// them behind (a command was killed between the two) runs this.
import type { Command } from 'commander';
import { publish } from '../verdicts/publish.ts';
import { publicationText } from './import.ts';
import { withHub } from './open.ts';
import { print } from './words.ts';

export function publishCommand(program: Command): Command {
  return program
    .command('publish')
    .description('publish the lists from the claims as they stand (imports and verdicts do it by themselves)')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub publish\n')
    .action(async (_flags, command: Command) => {
      await withHub(command.optsWithGlobals(), async (hub) =>
        print(publicationText(await publish(hub)).trim()),
      );
    });
}
