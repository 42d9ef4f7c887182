// tocsin-hub held, tocsin-hub sources: what waits for a person, and who says how much.
import type { Command } from 'commander';
import { keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import { withHub } from './open.ts';
import { count, print, printable } from './words.ts';

const SHOWN = 50;

export function heldCommand(program: Command): Command {
  return program
    .command('held')
    .description('objects about which sources contradict each other: published as neither good nor bad')
    .option('--json', 'print all as JSON, one a line')
    .addHelpText(
      'after',
      '\nDecide one with:\n  $ tocsin-hub verdict set OBJECT --level LEVEL --reason "why"\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async (hub) => {
        const rows = await hub.db.query<{ kind: number; key: Buffer; reason: string; held_at: Date }>(
          'SELECT kind, key, reason, held_at FROM held ORDER BY held_at, kind, key',
        );
        const lines = rows.map((row) => ({
          object: formatKey(keyKindOfCode(row.kind)!, row.key),
          reason: row.reason,
          since: row.held_at,
        }));
        if (flags.json === true) for (const line of lines) print(JSON.stringify(line));
        else if (lines.length === 0) print('nothing is held');
        else {
          for (const line of lines.slice(0, SHOWN)) print(`${line.object}\n  ${printable(line.reason)}`);
          if (lines.length > SHOWN) print(`… and ${count(lines.length - SHOWN)} more (--json shows all)`);
        }
      });
    });
}

interface SourceRow {
  readonly name: string;
  readonly kind: string;
  readonly rank: number;
  readonly rows: number;
  readonly bulk: number;
  readonly imported_at: Date | null;
}

export function sourcesCommand(program: Command): Command {
  return program
    .command('sources')
    .description('who says how much, and since when')
    .option('--json', 'print JSON, one source a line')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub sources\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async (hub) => {
        const rows = await hub.db.query<SourceRow>(
          `SELECT s.name, s.kind, s.rank, (SELECT count(*) FROM claim c WHERE c.source_id = s.id) AS rows,
                  coalesce((SELECT sum(g.rows) FROM segment g WHERE g.source_id = s.id), 0)::bigint AS bulk,
                  (SELECT max(imported_at) FROM import_run i WHERE i.source_id = s.id) AS imported_at
             FROM source s ORDER BY s.kind, s.rank, s.name`,
        );
        for (const row of rows) {
          const objects = row.rows + row.bulk;
          if (flags.json === true)
            print(
              JSON.stringify({
                name: row.name,
                kind: row.kind,
                rank: row.rank,
                objects,
                importedAt: row.imported_at,
              }),
            );
          else
            print(
              `${printable(row.name).padEnd(32)} ${row.kind.padEnd(8)} rank ${String(row.rank).padStart(4)} ${count(objects).padStart(14)} objects  ${row.imported_at?.toISOString() ?? ''}`,
            );
        }
        if (rows.length === 0 && flags.json !== true) print('no source yet: see tocsin-hub import --help');
      });
    });
}
