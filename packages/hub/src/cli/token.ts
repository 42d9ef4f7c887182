// tocsin-hub token: a one-time join token, which pins this hub's root key on the machine that uses it.
import type { Command } from 'commander';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import { mintToken } from '../access/tokens.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import { joinAddress } from './address.ts';
import { withHub } from './open.ts';
import { note, print } from './words.ts';

export function tokenCommand(program: Command): Command {
  return program
    .command('token')
    .description(
      "print a join token for one machine and this hub's address; it can be used once and pins this hub",
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub token --token-lifetime 600\n  $ tocsin join https://hub.example:8743 TOKEN      (on the machine)\n',
    )
    .action(async (_flags, command: Command) => {
      await withHub(command.optsWithGlobals(), async ({ db, layout, world, settings }) => {
        await createKeys(layout.keys, world, settings.rootKey ?? undefined);
        const { root } = openKeys(layout.keys);
        const token = await mintToken(new PostgresAccessStore(db), root, world, settings.tokenLifetime);
        print(token.text);
        const { url, remark } = joinAddress(layout);
        note(
          `for one machine, until ${new Date(token.expiresAt).toISOString()}; on that machine: tocsin join ${url} TOKEN`,
        );
        if (remark !== null) note(`(${remark})`);
      });
    });
}
