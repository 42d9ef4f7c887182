// The summary of a scan for a person: what was scanned, what it turned out to be, who said so, what was missing.
// No I/O.
import type { ProblemKind, ScanSummary } from '../agent/scan-summary.ts';
import type { AnsweredBy } from '../protocol/verdict.ts';
import { ANSWERED_BY } from '../protocol/verdict.ts';
import type { Style } from './terminal.ts';
import { count, counted, duration, printable, size } from './words.ts';

type Paint = (style: Style, text: string) => string;

const ANSWERERS: Readonly<Record<AnsweredBy, string>> = {
  override: 'your overrides',
  list: 'lists',
  cache: 'earlier answers',
  relay: 'relay',
  hub: 'hub',
  none: 'not looked up',
};

const TROUBLE: Readonly<Record<ProblemKind, string>> = {
  unreadable: 'no right to read',
  vanished: 'vanished meanwhile',
  changed: 'changed while read',
  replaced: 'no regular file any more',
  failed: 'reading failed',
  special: 'sockets, pipes and devices',
};

const NAME_WIDTH = 14;
const COUNT_WIDTH = 11;
const MAX_SOURCES = 4;

export function summaryLines(summary: ScanSummary, paint: Paint): readonly string[] {
  const { levels, answeredBy, problems } = summary;
  const good = levels.trusted + levels.good;
  const lines = [heading(summary), ''];
  const row = (name: string, n: number, more: string, style: Style | null = null): void => {
    const text = `  ${name.padEnd(NAME_WIDTH)}${count(n).padStart(COUNT_WIDTH)}`;
    lines.push(`${style === null ? text : paint(style, text)}${more === '' ? '' : `   ${more}`}`);
  };
  row('known good', good, good === 0 ? '' : `vouched for by ${sources(summary)}`, good > 0 ? 'green' : null);
  row('unknown', levels.unknown, unknownWords(summary));
  row('found', summary.found, foundWords(summary), summary.found > 0 ? ['red', 'bold'] : null);
  const answered = ANSWERED_BY.filter((who) => answeredBy[who] > 0);
  if (answered.length > 0) {
    const words = answered.map((who) => `${ANSWERERS[who]} ${count(answeredBy[who])}`);
    lines.push('', `  ${'answered by'.padEnd(NAME_WIDTH)}${words.join(', ')}`);
  }
  const unread = Object.entries(problems).filter(([, n]) => n > 0) as [ProblemKind, number][];
  if (unread.length > 0) {
    const all = unread.reduce((sum, [, n]) => sum + n, 0);
    row('not scanned', all, unread.map(([kind, n]) => `${TROUBLE[kind]} ${count(n)}`).join(', '), 'yellow');
  }
  if (summary.oddNames > 0)
    row('odd names', summary.oddNames, 'no UTF-8; --json tells their exact bytes', 'yellow');
  if (summary.missing !== null) lines.push(`  ${'missing'.padEnd(NAME_WIDTH)}${printable(summary.missing)}`);
  return lines;
}

function heading(summary: ScanSummary): string {
  const { files, bytes, unchanged, elapsedMs, interrupted } = summary;
  const rate = elapsedMs < 100 ? '' : ` (${count(files / (elapsedMs / 1000))} files/s)`;
  const known = unchanged === 0 ? '' : `; ${count(unchanged)} unchanged since an earlier scan`;
  return `${interrupted ? 'Stopped: scanned' : 'Scanned'} ${counted(files, 'file')}, ${size(bytes)}, in ${duration(elapsedMs)}${rate}${known}`;
}

function sources({ goodBy }: ScanSummary): string {
  const named = goodBy
    .slice(0, MAX_SOURCES)
    .map(({ source, files }) => `${printable(source) || 'unnamed'} ${count(files)}`);
  const rest = goodBy.slice(MAX_SOURCES).reduce((sum, { files }) => sum + files, 0);
  return [...named, ...(rest > 0 ? [`others ${count(rest)}`] : [])].join(', ');
}

function unknownWords({ levels, answeredBy }: ScanSummary): string {
  if (levels.unknown === 0) return '';
  return answeredBy.none === 0 ? 'known neither here nor at the hub' : 'not in the lists here';
}

function foundWords({ levels }: ScanSummary): string {
  const named = (['malicious', 'suspicious', 'riskware'] as const).filter((level) => levels[level] > 0);
  return named.map((level) => `${level} ${count(levels[level])}`).join(', ');
}
