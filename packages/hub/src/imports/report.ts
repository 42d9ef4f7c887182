// What an import says of itself, for a person and for `import_run.report`.
import type { Difference } from 'tocsin/lists/merge.ts';
import { printable } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { RowUnit } from './formats/format.ts';

/** Refusals beyond the first thousand are counted, not kept. */
export const REPORT_LIMITS = { maxRefusals: 1_000, shownRefusals: 10 } as const;

export interface Refusal {
  readonly line: number;
  readonly why: string;
}

export interface ImportReport {
  readonly format: string;
  readonly source: string;
  readonly file: string;
  /** What the number of a row counts. */
  readonly unit: RowUnit;
  /** Data rows; each is taken (it names one object or several) or refused. */
  readonly rows: number;
  readonly taken: number;
  readonly refused: number;
  readonly refusals: readonly Refusal[];
  /** How many times a row named an object that another one had named. */
  readonly duplicates: number;
  /** Distinct objects of each kind. */
  readonly objects: Readonly<Partial<Record<KeyKind, number>>>;
  /** Against what this source said before; all zero but `kept` where nothing changed. */
  readonly change: Difference;
  readonly storedAs: 'rows' | 'segments';
  readonly seconds: number;
}

/** The report as a person reads it. */
export function reportText(report: ImportReport): string {
  const n = (value: number): string => value.toLocaleString('en-US');
  const { change } = report;
  const kinds = Object.entries(report.objects).map(([kind, count]) => `${n(count)} ${kind}`);
  const unchanged = change.added + change.removed + change.changed === 0;
  const lines = [
    `imported ${printable(report.file)} as source '${report.source}' (${report.format}) in ${report.seconds.toFixed(1)} s`,
    `  rows read ${n(report.rows)}, taken ${n(report.taken)}, refused ${n(report.refused)}`,
    `  objects: ${kinds.join(', ') || 'none'}; duplicates ${n(report.duplicates)}`,
    change.kept === 0 && unchanged
      ? '  nothing was taken: the source says nothing'
      : unchanged
        ? `  nothing changed: the source said the same before (${n(change.kept)} objects)`
        : `  added ${n(change.added)}, removed ${n(change.removed)}, changed ${n(change.changed)}, kept ${n(change.kept)}`,
  ];
  for (const { line, why } of report.refusals.slice(0, REPORT_LIMITS.shownRefusals))
    lines.push(`  refused ${report.unit} ${n(line)}: ${printable(why)}`);
  const more = report.refused - Math.min(report.refusals.length, REPORT_LIMITS.shownRefusals);
  if (more > 0)
    lines.push(`  … and ${n(more)} more refused (--json shows up to ${n(REPORT_LIMITS.maxRefusals)})`);
  return lines.join('\n');
}
