// The command line of the hub: one file a command. Settings come by flags, environment and one file (config.ts).
import { Command, CommanderError } from 'commander';
import { settingFlags, settingsHelp } from '../config.ts';
import { VERSION } from '../version.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { browserPolicyCommand } from './browser-policy.ts';
import { eraseCommand } from './erase.ts';
import { heldCommand } from './held.ts';
import { importCommand } from './import.ts';
import { keysCommand } from './keys.ts';
import { machinesCommand } from './machines.ts';
import { messagesCommand } from './messages.ts';
import { policyCommand } from './policy.ts';
import { publishCommand } from './publish.ts';
import { serveCommand } from './serve.ts';
import { sourcesCommand } from './sources.ts';
import { registerCommand, statementCommand } from './statement.ts';
import { tokenCommand } from './token.ts';
import { verdictCommand } from './verdict.ts';
import { wifiCommand } from './wifi.ts';
import { fail } from './words.ts';

function program(): Command {
  const hub = new Command('tocsin-hub')
    .description(
      'The centre of a Tocsin network: takes in what is known, publishes it signed and named, enrols machines.',
    )
    .version(VERSION)
    .showHelpAfterError("(run 'tocsin-hub --help')")
    .exitOverride();
  for (const { flags, explain } of settingFlags()) hub.option(flags, explain);
  for (const add of [
    serveCommand,
    tokenCommand,
    importCommand,
    verdictCommand,
    heldCommand,
    sourcesCommand,
    wifiCommand,
    machinesCommand,
    keysCommand,
    statementCommand,
    registerCommand,
    policyCommand,
    messagesCommand,
    eraseCommand,
    publishCommand,
    browserPolicyCommand,
    backupCommand,
    restoreCommand,
  ])
    add(hub);
  hub.addHelpText(
    'after',
    `\n${settingsHelp()}\nExample:\n  $ tocsin-hub serve --data /srv/tocsin --listen 0.0.0.0:8743\n`,
  );
  return hub;
}

/** Runs one command; sets the exit status: 0 done, 2 failed, with one sentence on stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else fail(error);
  }
}
