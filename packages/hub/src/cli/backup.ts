// tocsin-hub backup FILE, tocsin-hub restore FILE.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Progress } from '../backup/backup.ts';
import { layoutOf } from '../store/layout.ts';
import { exitStopped, Interrupt } from './interrupt.ts';
import { settingsFrom, withHub } from './open.ts';
import { count, note, print } from './words.ts';

export function backupCommand(program: Command): Command {
  return program
    .command('backup')
    .description(
      'write everything the hub holds into one file: records, segments, keys. Works beside a running hub',
    )
    .argument('<file>', 'a new file, as hub.tar.zst; it holds private keys, keep it as you keep those')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub backup /backups/hub-2026-11-23.tar.zst\n')
    .action(async (file: string, _flags, command: Command) => {
      const { backup } = await import('../backup/backup.ts');
      await withHub(command.optsWithGlobals(), async ({ db, layout, world }) => {
        const result = await backup({ database: db, layout, world, file, progress });
        endProgress();
        print(
          `backup written to ${file}: ${count(result.rows)} rows, ${count(result.files)} files, ${count(result.bytes)} bytes\nsha256 ${result.sha256}`,
        );
      });
    });
}

export function restoreCommand(program: Command): Command {
  return program
    .command('restore')
    .description('make a hub from a backup, in an empty data directory')
    .argument('<file>', 'a file that tocsin-hub backup wrote')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub restore /backups/hub-2026-11-23.tar.zst --data ./restored\n',
    )
    .action(async (file: string, _flags, command: Command) => {
      const { data, databaseUrl } = settingsFrom(command.optsWithGlobals());
      const result = await restoring(layoutOf(data).restoreMark, async (progress) => {
        const { restore } = await import('../backup/restore.ts');
        return await restore({ file, directory: data, databaseUrl, log: () => {}, progress });
      });
      endProgress();
      print(
        `restored the backup of ${result.at} into ${data}: ${count(result.rows)} rows, ${count(result.files)} files\nstart it with: tocsin-hub serve --data ${data}`,
      );
    });
}

/** On Ctrl-C a restore that has begun to write undoes it and stops its engine; one that only checks just ends. */
async function restoring<T>(
  mark: string,
  work: (progress: (done: Progress) => void) => Promise<T>,
): Promise<T> {
  using interrupt = new Interrupt();
  interrupt.signal.addEventListener('abort', () => {
    if (!existsSync(mark)) exitStopped();
  });
  try {
    return await work((done) => {
      interrupt.signal.throwIfAborted();
      progress(done);
    });
  } catch (error) {
    if (interrupt.signal.aborted) exitStopped();
    throw error;
  }
}

function progress({ name, bytes }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} · ${(bytes / 1e6).toFixed(1)} MB`);
}

function endProgress(): void {
  if (process.stderr.isTTY) note('\r\x1b[K');
}
