// The moving line on a terminal's stderr. No I/O but the terminal's progress line.
import type { Whole } from '../agent/count-ahead.ts';
import type { ScanProgress } from '../agent/scan-summary.ts';
import type { VouchProgress } from '../agent/vouch.ts';
import type { Terminal } from './terminal.ts';
import { count, duration, size } from './words.ts';

/** A bar where the whole is known, files, bytes, rates over the run so far, time, and what was found. */
export function scanProgress(terminal: Terminal, whole: Whole | null): (progress: ScanProgress) => void {
  return ({ files, bytes, found, elapsedMs }) => {
    const parts = [
      ...(whole === null ? [] : [bar(bytes + files, whole.bytes + whole.files)]),
      `${count(files)} files`,
      size(bytes),
      ...rates(files, bytes, elapsedMs),
      duration(elapsedMs),
      ...(found > 0 ? [`${count(found)} found`] : []),
    ];
    terminal.progress(`scanning  ${parts.join('  ')}`);
  };
}

/** The same with a bar, since the number of listed files is known. */
export function vouchProgress(terminal: Terminal): (progress: VouchProgress) => void {
  return ({ files, listed, bytes, elapsedMs }) => {
    const parts = [
      `${count(files)} of ${count(listed)} files`,
      size(bytes),
      ...rates(files, bytes, elapsedMs),
      duration(elapsedMs),
    ];
    terminal.progress(`vouching  ${bar(files, listed)}  ${parts.join('  ')}`);
  };
}

const BAR_WIDTH = 20;

/** `[#####---------------]` */
export function bar(done: number, all: number): string {
  const filled = all <= 0 ? 0 : Math.min(BAR_WIDTH, Math.floor((done / all) * BAR_WIDTH));
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}

function rates(files: number, bytes: number, elapsedMs: number): readonly string[] {
  if (elapsedMs < 200) return [];
  const seconds = elapsedMs / 1000;
  return [`${count(files / seconds)} files/s`, `${size(bytes / seconds)}/s`];
}
