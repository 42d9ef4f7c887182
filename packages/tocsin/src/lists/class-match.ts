// Which class records of one segment are, byte for byte, those of another: classes are numbered anew in each segment.
import { TocsinError } from '../protocol/errors.ts';
import { LineNumbers } from './line-numbers.ts';
import type { ClassLines } from './used-classes.ts';

/**
 * By class number of `next`: the number of the equal class of `old`, -1 where it has none. Needs some 100 bytes of
 * memory for each class of `next`. Throws `corrupt` where a segment has one class twice, which no writer makes.
 */
export function matchClasses(old: ClassLines, next: ClassLines): Int32Array {
  const numbers = new LineNumbers();
  for (let i = 0; i < next.length; i++) if (numbers.number(next.line(i)) !== i) throw twice();
  const matches = new Int32Array(next.length).fill(-1);
  for (let i = 0; i < old.length; i++) {
    const at = numbers.find(old.line(i));
    if (at < 0) continue;
    if (matches[at] !== -1) throw twice();
    matches[at] = i;
  }
  return matches;
}

function twice(): TocsinError {
  return new TocsinError(
    'corrupt',
    'Cannot compare the segments: one has a class record twice, want each once',
  );
}
