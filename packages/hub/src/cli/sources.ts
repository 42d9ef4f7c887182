// tocsin-hub sources: who says how much, and since when.
import type { Command } from 'commander';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { endedFeeds } from '../verdicts/ageing.ts';
import { withHub } from './open.ts';
import { count, print, printable } from './words.ts';

interface SourceRow {
  readonly name: string;
  readonly kind: string;
  readonly rank: number;
  readonly rows: number;
  readonly bulk: number;
  readonly imported_at: Date | null;
  readonly addresses: boolean;
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
                  s.said_at AS imported_at,
                  EXISTS (SELECT FROM claim c WHERE c.source_id = s.id AND c.kind = $1)
                  OR EXISTS (SELECT FROM segment g WHERE g.source_id = s.id AND g.kind = $1) AS addresses
             FROM source s ORDER BY s.kind, s.rank, s.name`,
          [KEY_KINDS.ip.code],
        );
        const ended = await endedFeeds(hub.db, new Date(hub.world.clock.now()));
        for (const row of rows) {
          const old = row.addresses && ended.has(row.name);
          const objects = row.rows + row.bulk;
          if (flags.json === true)
            print(
              JSON.stringify({
                name: row.name,
                kind: row.kind,
                rank: row.rank,
                objects,
                importedAt: row.imported_at,
                addressesEnded: old,
              }),
            );
          else
            print(
              `${printable(row.name).padEnd(32)} ${row.kind.padEnd(8)} rank ${String(row.rank).padStart(4)} ${count(objects).padStart(14)} objects  ${row.imported_at?.toISOString() ?? ''}${old ? '  addresses ended by age: import it again' : ''}`,
            );
        }
        if (rows.length === 0 && flags.json !== true) print('no source yet: see tocsin-hub import --help');
      });
    });
}
