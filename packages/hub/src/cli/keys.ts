// tocsin-hub keys show|rotate|rotate-group-secret|export-root: the keys that machines trust, and the root that may be kept offline.
import type { Command } from 'commander';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { KeysSummary } from '../keys/commands.ts';
import { exportRoot, rotateKeys, showKeys } from '../keys/commands.ts';
import { layoutOf } from '../store/layout.ts';
import type { RotatedSecret } from '../verdicts/rotate-group-secret.ts';
import { rotateGroupSecret } from '../verdicts/rotate-group-secret.ts';
import { publicationText } from './import.ts';
import { settingsFrom, withHub } from './open.ts';
import { count, paint, print } from './words.ts';

export function keysCommand(program: Command): Command {
  const keys = program
    .command('keys')
    .description('the keys that machines trust, and the root that signs them')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub keys show\n');
  keys
    .command('show')
    .description('the keys document that is in force')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub keys show\n')
    .action((_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      const summary = showKeys(keysDirectory(flags));
      print(flags.json === true ? JSON.stringify(summary) : summaryText(summary));
    });
  keys
    .command('rotate')
    .description(
      'make a new TLS authority, age recipient and log key; the old ones count until nothing of theirs can come, the log key ends at once',
    )
    .option('--drop-old', 'drop the old authority at once, as after a theft: machines must rejoin')
    .addHelpText(
      'after',
      '\nExample (root kept offline):\n  $ tocsin-hub keys rotate --root-key /media/usb/root.key\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ dropOld?: boolean }>();
      const { rootKey } = settingsFrom(flags);
      const options = { rootKeyFile: rootKey ?? undefined, dropOld: flags.dropOld ?? false };
      print(summaryText(await rotateKeys(keysDirectory(flags), systemWorld, options)));
    });
  keys
    .command('rotate-group-secret')
    .description(
      'replace the secret under which Wi-Fi networks are named; imported ones are named anew, machines fetch it with their lists',
    )
    .option('--drop-old', 'the old one does not count any more, as after a theft (else for 30 days)')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub keys rotate-group-secret\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ dropOld?: boolean }>();
      await withHub(flags, async (hub) => {
        const rotated = await rotateGroupSecret(hub, flags.dropOld ?? false);
        print(`${rotatedText(rotated)}\n${publicationText(rotated.publication)}`);
      });
    });
  keys
    .command('export-root')
    .description("copy the root's private key to a file, to be kept offline")
    .argument('<file>', 'a new file; mode 0600')
    .option('--remove', "then take the one in the hub's directory away")
    .addHelpText('after', '\nExample:\n  $ tocsin-hub keys export-root /media/usb/root.key --remove\n')
    .action((file: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<{ remove?: boolean }>();
      const remove = flags.remove ?? false;
      exportRoot(keysDirectory(flags), file, { remove });
      print(
        remove
          ? `the root key is in ${file} only: keep it safe, nobody can replace it`
          : `the root key was copied to ${file}`,
      );
    });
  return keys;
}

function rotatedText({ kind, networks, left, until }: RotatedSecret): string {
  const what = kind === 'rotated' ? 'the secret was replaced' : 'what an earlier rotation left was finished';
  const old = until === null ? 'does not count any more' : `counts until ${until.toISOString()}`;
  const rest =
    left === 0
      ? ''
      : `; ${count(left)} claims keep the id that they had and end with it: import or set them again`;
  return `${what}, the one before ${old}\n  ${count(networks)} networks named anew${rest}`;
}

function keysDirectory(flags: Record<string, unknown>): string {
  return layoutOf(settingsFrom(flags).data).keys;
}

function summaryText(keys: KeysSummary): string {
  const lines = [
    `${paint('bold', 'root')} ${keys.root} (private key ${keys.rootHere ? "in the hub's directory: consider 'tocsin-hub keys export-root FILE --remove'" : 'kept offline'})`,
    `keys document ${keys.number}, issued ${keys.issued}, until ${keys.expires}`,
    ...keys.authorities.map(
      ({ id, issues, until }) =>
        `TLS authority ${id}, until ${until}${issues ? ', issues certificates' : ', still counts'}`,
    ),
    `receipt key ${keys.receipt ?? 'none'}`,
    ...(keys.age.length === 0 ? ["age recipient none yet: run 'tocsin-hub keys rotate'"] : []),
    ...keys.age.map((recipient, i) => `age recipient ${recipient}${i === 0 ? '' : ', still opened'}`),
    `log key ${keys.log ?? "none yet: run 'tocsin-hub keys rotate'"}`,
  ];
  return lines.join('\n');
}
