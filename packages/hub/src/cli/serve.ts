// tocsin-hub serve: runs a hub until it is told to stop.
import type { Command } from 'commander';
import { tuneForBodies } from '../server/heap.ts';
import { layoutOf } from '../store/layout.ts';
import { rememberAddress } from './address.ts';
import { settingsFrom } from './open.ts';
import { note, print } from './words.ts';

export function serveCommand(program: Command): Command {
  return program
    .command('serve')
    .description('run the hub: prints its address when it answers, stops on Ctrl-C')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub serve --data ./hub --listen 127.0.0.1:0\n')
    .action(async (_flags, command: Command) => {
      tuneForBodies();
      const { serve } = await import('../serve.ts');
      const stopped = Promise.withResolvers<void>();
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        process.on(signal, () => stopped.resolve());
      const settings = settingsFrom(command.optsWithGlobals());
      const hub = await serve(settings, note);
      rememberAddress(layoutOf(settings.data), hub.url);
      if (hub.browsers !== null) print(`browsers ready ${hub.browsers.url}`);
      if (hub.threads !== null) print(`look-ups ready ${hub.threads.url}`);
      print(`hub ready ${hub.url}`);
      await stopped.promise;
      await hub.close();
    });
}
