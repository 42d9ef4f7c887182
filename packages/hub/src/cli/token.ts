// tocsin-hub token: a one-time join token, which pins this hub's root key on the machine that uses it.
import type { Command } from 'commander';
import { parseGroup } from '../access/marks.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import { mintToken } from '../access/tokens.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import { joinAddress } from './address.ts';
import { withHub } from './open.ts';
import { note, print } from './words.ts';

interface TokenFlags {
  readonly managed?: boolean;
  readonly personal?: boolean;
  readonly group?: string;
}

export function tokenCommand(program: Command): Command {
  return program
    .command('token')
    .description(
      "print a join token for one machine and this hub's address; it can be used once and pins this hub",
    )
    .option('--managed', 'the machine is managed: a policy of this hub may choose for it')
    .option('--personal', "it is one person's own: where opt-in rules, that person's yes is needed as well")
    .option('--group <name>', 'the group of policies to which it belongs (default: default)')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub token --token-lifetime 600\n  $ tocsin-hub token --managed --group lab\n  $ tocsin join https://hub.example:8743 TOKEN      (on the machine)\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<TokenFlags & Record<string, unknown>>();
      const group = flags.group === undefined ? null : parseGroup(flags.group);
      const marks = { managed: flags.managed ?? false, personal: flags.personal ?? false, group };
      await withHub(flags, async ({ db, layout, world, settings }) => {
        await createKeys(layout.keys, world, settings.rootKey ?? undefined);
        const { root } = openKeys(layout.keys);
        const token = await mintToken(
          new PostgresAccessStore(db),
          root,
          world,
          settings.tokenLifetime,
          marks,
        );
        print(token.text);
        const { url, remark } = joinAddress(layout);
        note(
          `for one machine, until ${new Date(token.expiresAt).toISOString()}; on that machine: tocsin join ${url} TOKEN`,
        );
        if (remark !== null) note(`(${remark})`);
      });
    });
}
