// tocsin-hub import FORMAT FILE: what a file says becomes claims of a source, and the lists are published anew.
import type { Command } from 'commander';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { CATEGORIES, isCategory, isLevel, LEVEL_NAMES } from 'tocsin/protocol/verdict.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { Hub } from '../hub.ts';
import { parseColumns } from '../imports/formats/csv-columns.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { reportText } from '../imports/report.ts';
import type { ImportProgress, ImportRequest } from '../imports/run-import.ts';
import { runImport } from '../imports/run-import.ts';
import { openGroupSecret } from '../keys/group-secret.ts';
import type { Publication } from '../verdicts/publish.ts';
import { publish } from '../verdicts/publish.ts';
import { withHub } from './open.ts';
import { count, note, paint, print, printable } from './words.ts';

interface ImportFlags {
  readonly source?: string;
  readonly level?: string;
  readonly category?: string;
  readonly rank?: string;
  readonly columns?: string;
  readonly variant?: string;
  readonly unmarked?: boolean;
  readonly warning?: boolean;
  readonly top?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export function importCommand(program: Command): Command {
  const formats = Object.values(FORMATS).map(
    (f) => `  ${f.name.padEnd(11)} ${f.describe}\n              ${paint('dim', f.example)}`,
  );
  return program
    .command('import')
    .description('take in a list: its rows become claims of a source, and every machine gets the new lists')
    .argument('<format>', `one of ${Object.keys(FORMATS).join(', ')}`)
    .argument('<file>', 'the file; gzip and zstd are unpacked on the way')
    .option(
      '--source <name>',
      "name of the source; importing under it again replaces what it said (default: the file's name)",
    )
    .option('--level <level>', `level of rows that say none: ${LEVEL_NAMES.join(', ')}`)
    .option(
      '--category <category>',
      `category of rows that say none, as far as they are on the same side as the level: ${CATEGORIES.join(', ')}`,
    )
    .option('--rank <number>', 'standing among sources, the lower the better (default: 100)')
    .option('--columns <mapping>', 'csv, tsv: which column is what, as sha256=Hash,name=Family')
    .option('--variant <kind>', 'clamav: hdb, hsb, fp or sfp where the file name does not tell')
    .option('--unmarked', 'misp: also attributes that are not marked for detection')
    .option(
      '--warning',
      'a warning list: never a verdict, but bad claims of feeds about what it names wait for a person (top-sites and warninglist are so without it)',
    )
    .option('--top <number>', 'top-sites: only the first so many')
    .option(
      '--replace',
      'do it also where the file leaves nothing, or less than half, of what the source said (without it such a file is refused, as it may be the wrong one)',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `\nFormats:\n${formats.join('\n')}\n\nExample:\n  $ tocsin-hub import clamav LOLDrivers.hdb --source loldrivers --category vulnerable-driver\n`,
    )
    .action(async (format: string, file: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags & Record<string, unknown>>();
      const request = requestFrom(format, file, flags, systemWorld.clock.now());
      await withHub(flags, (hub, signal) => importAndTell(hub, request, flags, signal), { create: true });
    });
}

async function importAndTell(
  hub: Hub,
  request: ImportRequest,
  flags: ImportFlags,
  signal: AbortSignal,
): Promise<void> {
  const bar = new ImportBar();
  const onProgress = (progress: ImportProgress): void => {
    signal.throwIfAborted();
    bar.show(progress);
  };
  const report = await runImport(hub, withGroupSecret(hub, request), onProgress).finally(() => bar.end());
  const publication = await publish(hub);
  if (flags.json === true) {
    print(JSON.stringify({ ...report, revision: publication.revision, leftOut: publication.skipped }));
    return;
  }
  print(`${reportText(report)}\n${publicationText(publication)}`);
  if (report.format === 'misp' && report.taken === 0 && report.rows > 0 && flags.unmarked !== true)
    print('  hint: --unmarked also takes attributes that are not marked for detection');
}

/** Tables may name Wi-Fi networks. */
function withGroupSecret(hub: Hub, request: ImportRequest): ImportRequest {
  if (request.format !== FORMATS['csv'] && request.format !== FORMATS['tsv']) return request;
  return {
    ...request,
    options: { ...request.options, group: openGroupSecret(hub.layout.keys, hub.world) },
  };
}

function requestFrom(name: string, path: string, flags: ImportFlags, now: number): ImportRequest {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined)
    throw new TocsinError(
      'input',
      `Cannot import format '${name}': it is unknown, want one of ${Object.keys(FORMATS).join(', ')}`,
    );
  const { source, level, category, rank } = flags;
  if (level !== undefined && !isLevel(level))
    throw new TocsinError(
      'input',
      `Cannot use level '${level}': it is unknown, want one of ${LEVEL_NAMES.join(', ')}`,
    );
  if (category !== undefined && !isCategory(category))
    throw new TocsinError(
      'input',
      `Cannot use category '${category}': it is unknown, want one of ${CATEGORIES.join(', ')}`,
    );
  if (rank !== undefined && !/^\d{1,6}$/.test(rank))
    throw new TocsinError('input', `Cannot use rank '${rank}': it is no number, want 0 to 999999`);
  const top = flags.top;
  if (top !== undefined && !/^[1-9]\d{0,8}$/.test(top))
    throw new TocsinError('input', `Cannot take the first '${top}' sites: it is no number, want 1 or more`);
  const options = {
    now,
    ...(top === undefined ? {} : { top: Number(top) }),
    ...(flags.columns === undefined ? {} : { columns: parseColumns(flags.columns) }),
    ...(flags.variant === undefined ? {} : { variant: flags.variant }),
    ...(flags.unmarked === true ? { unmarked: true } : {}),
  };
  return {
    format,
    path,
    options,
    ...(flags.warning === true ? { sourceKind: 'warning' as const } : {}),
    ...(flags.replace === true ? { replace: true } : {}),
    ...(source === undefined ? {} : { source }),
    ...(level === undefined ? {} : { level }),
    ...(category === undefined ? {} : { category }),
    ...(rank === undefined ? {} : { rank: Number(rank) }),
  };
}

export function publicationText(publication: Publication): string {
  const { skipped, notes, revision } = publication;
  const told = (word: string, lines: readonly string[]): string =>
    lines.map((line) => `\n  ${paint('yellow', word)}: ${printable(line)}`).join('');
  const left = told('left out', skipped) + told('damaged', notes);
  if (publication.kind === 'unchanged') return `  lists unchanged at revision ${count(revision)}${left}`;
  const held =
    publication.held > 0 ? `; ${count(publication.held)} held for a person (see: tocsin-hub held)` : '';
  return `  ${paint('green', `published revision ${count(revision)}`)}${held}${left}`;
}

/** A line on stderr that says how far an import is; nothing where stderr is no terminal. */
class ImportBar {
  #next = 0;
  #shown = false;

  show({ bytes, totalBytes, rows }: ImportProgress): void {
    if (!process.stderr.isTTY || performance.now() < this.#next) return;
    this.#next = performance.now() + 100;
    this.#shown = true;
    const percent = totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);
    process.stderr.write(`\r\x1b[Kreading ${percent} % · ${count(rows)} rows`);
  }

  end(): void {
    if (this.#shown) note('\r\x1b[K');
  }
}
