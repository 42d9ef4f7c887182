// tocsin-hub machines list|revoke: who may ask. A machine is a random id; no name of it is known here.
import type { Command } from 'commander';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import type { MachineRow } from '../access/store.ts';
import { withHub } from './open.ts';
import { print } from './words.ts';

const PAGE = 500;

export function machinesCommand(program: Command): Command {
  const machines = program
    .command('machines')
    .description('the machines that may ask this hub')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub machines list\n');
  machines
    .command('list')
    .description('all machines by their random ids')
    .option('--json', 'print JSON, one machine a line')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub machines list\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async ({ db }) => {
        const store = new PostgresAccessStore(db);
        let after: string | null = null;
        for (;;) {
          const page: readonly MachineRow[] = await store.listMachines(after, PAGE);
          for (const row of page)
            print(flags.json === true ? JSON.stringify(machineJson(row)) : machineText(row));
          const last = page.at(-1);
          if (last === undefined) break;
          after = last.id;
        }
        if (after === null && flags.json !== true)
          print('no machine yet: make a token with tocsin-hub token');
      });
    });
  machines
    .command('revoke')
    .description('refuse a machine from now on; its connections are cut')
    .argument('<id>', 'as machines list shows it')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub machines revoke 0c4e3a0e-5f0a-4a5e-9c0e-2b7f7d0a1c11\n')
    .action(async (id: string, _flags, command: Command) => {
      if (!/^[0-9a-f-]{36}$/i.test(id))
        throw new TocsinError(
          'input',
          `Cannot revoke '${id}': it is no machine id, want one of tocsin-hub machines list`,
        );
      await withHub(command.optsWithGlobals(), async ({ db, world }) => {
        if (!(await new PostgresAccessStore(db).revoke(id.toLowerCase(), world.clock.now())))
          throw new TocsinError(
            'not-found',
            `Cannot revoke '${id}': it is unknown or revoked already, want a machine of tocsin-hub machines list`,
          );
        print(`machine ${id} is refused from now on`);
      });
    });
  return machines;
}

function machineJson(row: MachineRow): object {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    id: row.id,
    enrolledAt: iso(row.enrolledAt),
    renewedAt: iso(row.renewedAt),
    certificateUntil: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
  };
}

function machineText(row: MachineRow): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const state =
    row.revokedAt === null ? `certificate until ${day(row.expiresAt)}` : `revoked ${day(row.revokedAt)}`;
  return `${row.id}  enrolled ${day(row.enrolledAt)}  renewed ${day(row.renewedAt)}  ${state}`;
}
