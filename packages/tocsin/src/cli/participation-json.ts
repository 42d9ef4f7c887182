// The choice about participation as `--json` prints it, in `tocsin participation` and `tocsin status`. No I/O.
import type { ConsentState } from '../client/consent/state.ts';
import { alarmWords } from '../client/self-defence/alarm-words.ts';

/** The choice as `--json` prints it here and in the status. Times are milliseconds since 1970. */
export function chosenAsJson(state: ConsentState): Record<string, unknown> {
  if (state.kind === 'alarm')
    return { kind: state.kind, code: state.alarm.code, why: alarmWords(state.alarm) };
  const record = state.chosen?.record;
  if (record === undefined) return { kind: state.kind };
  const statementSha256 = record.statement?.sha256 ?? null;
  return { kind: state.kind, level: record.value, statementSha256, at: Date.parse(record.at), by: record.by };
}
