// `tocsin check --history`: who said what of an object, as a person and as a program read it, or in one sentence why the
// hub was not asked.
import type { HistoryAnswer } from '../client/lookup/history.ts';
import type { Machine } from '../client/machine.ts';
import { never } from '../protocol/errors.ts';
import type { History, HistoryClaim, Standing } from '../protocol/history.ts';
import { HISTORY_LIMITS } from '../protocol/history.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import type { Facts, Found } from './answers.ts';
import type { Asked } from './objects.ts';

export const HISTORY_ROWS = {
  /** Claims that are shown to a person; `--json` has all of them. */
  shown: 20,
  /** Characters of an original line that are. */
  original: 120,
} as const;

/** The history of what was found, or of the object itself where nothing was, as facts beside its answer. */
export async function historyFacts(machine: Machine, asked: Asked, { matched }: Found): Promise<Facts> {
  const index = matched === null ? -1 : asked.expressions.indexOf(matched);
  const key = asked.keys[index] ?? asked.key;
  const answer = await machine.history(key);
  return {
    rows: rowsOf(answer, key.kind).map((text, i) => [i === 0 ? 'history' : '', text]),
    json: jsonOf(answer),
  };
}

function rowsOf(answer: HistoryAnswer, kind: KeyKind): readonly string[] {
  switch (answer.kind) {
    case 'told':
      return historyRows(answer.history, kind);
    case 'not-asked':
      return [`the hub was not asked: ${answer.why}`];
    case 'no-answer':
      return [`the hub did not answer: ${answer.why}`];
    default:
      return never(answer);
  }
}

function jsonOf(answer: HistoryAnswer): Facts['json'] {
  if (answer.kind === 'told') {
    const { standing, firstSeen, machines, claims, unread } = answer.history;
    return { history: { standing, firstSeen, machines, claims, unread }, historyMissing: null };
  }
  return { history: null, historyMissing: answer.why };
}

const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  none: 'the hub knows nobody who says anything of it',
  decided: 'decided by the strongest of these claims',
  held: 'held for a person: these claims contradict each other',
};

function historyRows(history: History, kind: KeyKind): readonly string[] {
  const { standing, firstSeen, machines, claims, unread } = history;
  const shown = claims.slice(0, HISTORY_ROWS.shown);
  const more = claims.length - shown.length;
  return [
    STANDING_WORDS[standing],
    ...(firstSeen === null ? [] : [`first seen by the hub ${timeWords(firstSeen)}`]),
    ...(kind === 'file-sha256' ? [`met on ${machinesWords(machines)} that told the hub`] : []),
    ...shown.flatMap(claimRows),
    ...(more === 0 ? [] : [`and ${more} more: --json shows all`]),
    ...unread.map((source) => `the hub cannot read what ${source} says: its file is damaged`),
  ];
}

function machinesWords(machines: number | null): string {
  if (machines === null) return `fewer than ${HISTORY_LIMITS.machineSteps[0]} machines`;
  return `${machines} machines or more`;
}

function claimRows(claim: HistoryClaim): readonly string[] {
  const {
    level,
    category,
    name,
    source,
    sourceKind,
    reason,
    claimedAt,
    claimedBy,
    file,
    line,
    original,
    ended,
  } = claim;
  const what = [level, name, category].filter((text) => text !== null).join(', ');
  const who = claimedBy === null ? `${source} (${sourceKind})` : `${claimedBy} as ${source} (${sourceKind})`;
  const rows = [
    `${timeWords(claimedAt)}  ${who}: ${what}, because ${reason}${ended ? ' (its age has ended it)' : ''}`,
  ];
  if (file !== null) rows.push(`  ${line === null ? '' : `line ${line} of `}${file}${quoted(original)}`);
  return rows;
}

function timeWords(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

function quoted(original: string | null): string {
  if (original === null) return '';
  return `: ${original.length > HISTORY_ROWS.original ? `${original.slice(0, HISTORY_ROWS.original)}…` : original}`;
}
