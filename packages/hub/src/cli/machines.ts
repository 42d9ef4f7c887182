// tocsin-hub machines list|mark|revoke: who may ask. A machine is a random id; no name of it is known here.
import type { Command } from 'commander';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { DEFAULT_GROUP, parseGroup } from '../access/marks.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import type { MachineMarks, MachineRow } from '../access/store.ts';
import { reissuePolicy } from '../policy/policies.ts';
import { withHub } from './open.ts';
import { withPapers } from './papers.ts';
import { count, print } from './words.ts';

const PAGE = 500;
const EXAMPLE_ID = '0c4e3a0e-5f0a-4a5e-9c0e-2b7f7d0a1c11';

export function machinesCommand(program: Command): Command {
  const machines = program
    .command('machines')
    .description('the machines that may ask this hub')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub machines list\n');
  addList(machines);
  addMark(machines);
  addRevoke(machines);
  return machines;
}

/** The id of a machine as a person types it. Throws `input`. */
export function parseMachineId(text: string, what: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new TocsinError(
    'input',
    `Cannot ${what} '${text.slice(0, 100)}': it is no machine id, want one of tocsin-hub machines list`,
  );
}

function addList(machines: Command): void {
  machines
    .command('list')
    .description('all machines by their random ids, with what is marked about them')
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
}

interface MarkFlags {
  readonly managed?: boolean;
  readonly unmanaged?: boolean;
  readonly personal?: boolean;
  readonly notPersonal?: boolean;
  readonly group?: string;
}

function addMark(machines: Command): void {
  machines
    .command('mark')
    .description('say whether a machine is managed by policy, whether it is one person’s own, and its group')
    .argument('<id>', 'as machines list shows it')
    .option('--managed', 'a policy of this hub may choose for it')
    .option('--unmanaged', 'only the person at the machine chooses')
    .option('--personal', "it is one person's own: where opt-in rules, that person's yes is needed as well")
    .option('--not-personal', 'it is nobody’s own')
    .option(
      '--group <name>',
      `the group of policies to which it belongs; '${DEFAULT_GROUP}' is the default one`,
    )
    .addHelpText('after', `\nExample:\n  $ tocsin-hub machines mark ${EXAMPLE_ID} --managed --group lab\n`)
    .action(async (id: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<MarkFlags & Record<string, unknown>>();
      const machine = parseMachineId(id, 'mark');
      const marks = marksFrom(flags);
      await withPapers(flags, async (hub, { keys }) => {
        const store = new PostgresAccessStore(hub.db);
        if (!(await store.mark(machine, marks))) throw unknown('mark', id);
        const row = (await store.findMachine(machine))!;
        // Another policy, or another form of it, is for this machine now: under a higher number than it has seen.
        if (row.marks.managed) await reissuePolicy({ ...hub, keys }, row.marks.group ?? DEFAULT_GROUP);
        print(machineText(row));
      });
    });
}

/** Throws `input` where nothing, or two opposites, are named. */
function marksFrom(flags: MarkFlags): Partial<MachineMarks> {
  const choice = (yes: boolean | undefined, no: boolean | undefined, what: string): boolean | undefined => {
    if (yes && no)
      throw new TocsinError(
        'input',
        `Cannot mark the machine: it cannot be ${what} and not, want one of both`,
      );
    return yes ? true : no ? false : undefined;
  };
  const managed = choice(flags.managed, flags.unmanaged, 'managed');
  const personal = choice(flags.personal, flags.notPersonal, 'personal');
  if (managed === undefined && personal === undefined && flags.group === undefined)
    throw new TocsinError(
      'input',
      'Cannot mark the machine: nothing is to be marked, want --managed, --unmanaged, --personal, --not-personal or --group',
    );
  return {
    ...(managed === undefined ? {} : { managed }),
    ...(personal === undefined ? {} : { personal }),
    ...(flags.group === undefined ? {} : { group: parseGroup(flags.group) }),
  };
}

function addRevoke(machines: Command): void {
  machines
    .command('revoke')
    .description('refuse a machine from now on; its connections are cut')
    .argument('<id>', 'as machines list shows it')
    .option('--with-clones', 'also the machines that enrolled as copies of it, and copies of those')
    .addHelpText('after', `\nExample:\n  $ tocsin-hub machines revoke ${EXAMPLE_ID}\n`)
    .action(async (id: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<{ withClones?: boolean }>();
      const machine = parseMachineId(id, 'revoke');
      await withHub(flags, async ({ db, world }) => {
        const store = new PostgresAccessStore(db);
        const now = world.clock.now();
        const revoked = await store.revoke(machine, now);
        // The origin may have been revoked before: its copies can still follow.
        const clones = flags.withClones === true ? await store.revokeClones(machine, now) : [];
        if (!revoked && clones.length === 0) throw unknown('revoke', id);
        if (revoked) print(`machine ${machine} is refused from now on`);
        if (clones.length > 0) print(`and ${count(clones.length)} copies of it: ${clones.join(', ')}`);
      });
    });
}

function unknown(what: 'mark' | 'revoke', id: string): TocsinError {
  const state = what === 'mark' ? 'it is unknown' : 'it is unknown or revoked already';
  return new TocsinError(
    'not-found',
    `Cannot ${what} '${id}': ${state}, want a machine of tocsin-hub machines list`,
  );
}

function machineJson(row: MachineRow): object {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    id: row.id,
    managed: row.marks.managed,
    personal: row.marks.personal,
    group: row.marks.group ?? DEFAULT_GROUP,
    clonedFrom: row.clonedFrom,
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
  const { managed, personal, group } = row.marks;
  const marks = [
    managed ? `managed, group ${group ?? DEFAULT_GROUP}` : group === null ? null : `group ${group}`,
    personal ? 'personal' : null,
    row.clonedFrom === null ? null : `copy of ${row.clonedFrom}`,
  ].filter((mark) => mark !== null);
  const tail = marks.length === 0 ? '' : `  ${marks.join(', ')}`;
  return `${row.id}  enrolled ${day(row.enrolledAt)}  renewed ${day(row.renewedAt)}  ${state}${tail}`;
}
