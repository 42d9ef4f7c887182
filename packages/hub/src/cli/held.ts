// tocsin-hub held, tocsin-hub sources: what waits for a person, and who says how much.
import type { Command } from 'commander';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import type { Hub } from '../hub.ts';
import { endedFeeds } from '../verdicts/ageing.ts';
import { claimsOn } from '../verdicts/explain.ts';
import { withHub } from './open.ts';
import { count, print, printable } from './words.ts';

const SHOWN = 50;
const SHOWN_REASONS = 20;
const SHOWN_ORIGINAL = 200;

interface HeldLine {
  readonly key: ObjectKey;
  readonly object: string;
  readonly reason: string;
  readonly since: Date;
}

export function heldCommand(program: Command): Command {
  return program
    .command('held')
    .description(
      'objects about which sources contradict each other, or that a warning list names: published as neither good nor bad',
    )
    .option('--json', 'print all as JSON, one a line')
    .addHelpText(
      'after',
      '\nDecide one with:\n  $ tocsin-hub verdict set OBJECT --level LEVEL --reason "why"\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async (hub) => {
        const lines = await heldLines(hub);
        if (flags.json === true)
          for (const { object, reason, since } of lines) print(JSON.stringify({ object, reason, since }));
        else if (lines.length === 0) print('nothing is held');
        else await showHeld(hub, lines);
      });
    });
}

async function heldLines(hub: Hub): Promise<readonly HeldLine[]> {
  const rows = await hub.db.query<{ kind: number; key: Buffer; reason: string; held_at: Date }>(
    'SELECT kind, key, reason, held_at FROM held ORDER BY held_at, kind, key',
  );
  return rows.map((row) => {
    const kind = keyKindOfCode(row.kind)!;
    return {
      key: { kind, bytes: row.key },
      object: formatKey(kind, row.key),
      reason: row.reason,
      since: row.held_at,
    };
  });
}

/** The first ones with the line that accuses them, for a digest says nothing to a person; of many, how many of each. */
async function showHeld(hub: Hub, lines: readonly HeldLine[]): Promise<void> {
  if (lines.length > SHOWN) {
    const counts = new Map<string, number>();
    for (const { reason } of lines) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, SHOWN_REASONS);
    for (const [reason, n] of most) print(`${count(n).padStart(9)}  ${printable(reason)}`);
    print('');
  }
  for (const { key, object, reason } of lines.slice(0, SHOWN)) {
    print(`${object}\n  ${printable(reason)}`);
    const claims = await claimsOn(hub, key);
    const accused = claims.find(
      ({ record, original }) => polarity(record.level) === 'bad' && original !== null,
    );
    if (accused?.original) print(`  ${printable(accused.original.slice(0, SHOWN_ORIGINAL))}`);
  }
  if (lines.length > SHOWN) print(`… and ${count(lines.length - SHOWN)} more (--json shows all)`);
}

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
