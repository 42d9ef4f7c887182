// An import once more, from the original lines that were kept of it: the same claims give the same bytes, so whether the
// lines sufficed is seen by the digest of what comes out. Only for formats that read line by line; a JSON value or a table
// row does not stand alone. Writes below `directory` only.
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import type { FormatOptions } from './formats/format.ts';
import { FORMATS } from './formats/index.ts';
import type { OriginalLine } from './line-store.ts';
import { ClaimSink } from './sink.ts';

/** Bytes that are given to a parser at once. */
const PUSH_BYTES = 64 * 1024;

/** How a file was read, as `import_run.report` keeps it; imports before 0.3.0 kept none of it. */
export interface ReplayNotes {
  readonly level: Level;
  readonly category: Category | null;
  readonly options: Omit<FormatOptions, 'group' | 'now'>;
  /** What stands above the rows and says how to read them. */
  readonly head: OriginalLine | null;
  /** Id of the secret under which networks were named; absent where none was at hand. */
  readonly group?: string;
}

export interface ReplayRun {
  readonly source: string;
  readonly format: string;
  readonly fileName: string;
  readonly notes: ReplayNotes | null;
}

/** The files that the lines give; null where the format needs more than lines. Throws `format` where they do not fit it. */
export function replay(
  run: ReplayRun,
  lines: Iterable<OriginalLine>,
  directory: string,
  group: GroupSecret | null,
): readonly SegmentFile[] | null {
  const format = FORMATS[run.format];
  if (format === undefined || format.kind !== 'stream' || format.unit !== 'line') return null;
  const { level, category } = run.notes ?? format.defaults;
  const sink = new ClaimSink(directory, { source: run.source, level, category });
  try {
    const parser = format.open(sink, {
      ...run.notes?.options,
      fileName: run.fileName,
      mayBeEmpty: true,
      ...(group === null ? {} : { group }),
    });
    for (const chunk of asFile(run.notes?.head ?? null, lines)) parser.push(chunk);
    parser.end();
    return sink.finish().files;
  } catch (error) {
    sink.abort();
    throw error;
  }
}

/** The lines at their places, blank ones between them. */
function* asFile(head: OriginalLine | null, lines: Iterable<OriginalLine>): Generator<Uint8Array> {
  let text = '';
  let next = 1;
  for (const { line, text: original } of chain(head, lines)) {
    for (; next < line; next++) {
      text += '\n';
      if (text.length >= PUSH_BYTES) {
        yield Buffer.from(text);
        text = '';
      }
    }
    text += `${original}\n`;
    next = line + original.split('\n').length;
    if (text.length < PUSH_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function* chain(head: OriginalLine | null, lines: Iterable<OriginalLine>): Generator<OriginalLine> {
  if (head !== null) yield head;
  yield* lines;
}
