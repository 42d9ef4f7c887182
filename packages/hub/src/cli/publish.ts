// tocsin-hub publish: makes the lists follow the claims. Imports and verdicts do it themselves; a hub that finds
// them behind (a command was killed between the two) runs this.
import type { Command } from 'commander';
import { isDamaged } from '../verdicts/mend.ts';
import { publish } from '../verdicts/publish.ts';
import { publicationText } from './import.ts';
import { withHub } from './open.ts';
import { print } from './words.ts';

export function publishCommand(program: Command): Command {
  return program
    .command('publish')
    .description('publish the lists from the claims as they stand (imports and verdicts do it by themselves)')
    .option('--check', 'read every file first, and mend what is damaged (a hub does it once a day by itself)')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub publish --check\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ check?: true }>();
      await withHub(flags, async (hub) => {
        // Reading all takes its time: other publications go on meanwhile, and wait only where something is to be done.
        const check = flags.check === true && (await isDamaged(hub, 'whole')) ? 'whole' : null;
        print(publicationText(await publish(hub, check)).trim());
      });
    });
}
