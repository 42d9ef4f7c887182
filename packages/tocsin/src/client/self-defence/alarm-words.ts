// What self-defence found, in a person's words: for status, for logs, for whoever opens a machine. No I/O.
import type { AlarmState } from '../consent/state.ts';

const FOUND: Readonly<Record<Exclude<AlarmState['code'], 'former-unreadable'>, string>> = {
  'settings-altered': 'The settings that say what is sent and to whom, or their seal, do not hold',
  'settings-older': 'The settings that say what is sent and to whom were replaced by older ones',
  'settings-unreadable': 'The settings that say what is sent and to whom, or their seal, cannot be read',
  'settings-deleted': 'A file that says what is sent and to whom, or its seal, is gone',
  'self-defence-off': 'Self-defence was switched off',
  cloned: 'This machine is a copy of another one that had joined',
};

/** One or two sentences, without the last stop. */
export function alarmWords({ code, at, why }: AlarmState): string {
  if (code === 'former-unreadable')
    return `${why ?? 'Cannot read the participation setting'}. It counts as off`;
  const found = at === null ? '' : `, found ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  return `${FOUND[code]}${detailOf(code, why)}${found}. Participation counts as off`;
}

function detailOf(code: AlarmState['code'], why: string | null): string {
  if (why !== null) return ` (${why})`;
  return code === 'cloned' ? '' : ' (nothing else is wrong with what is here now)';
}

/** What a person does about it, as a hint. */
export function mendWords({ code }: AlarmState): string {
  return code === 'cloned'
    ? "'tocsin sync' asks the hub for a number of its own for this machine, else 'tocsin rejoin URL TOKEN'; then choose anew"
    : "set it again: 'tocsin participation off' or 'tocsin participation standard'; lists protect all the while";
}
