import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FilePath } from './file-path.ts';
import { filePath } from './file-path.ts';
import { PathMarks } from './path-marks.ts';

const path: fc.Arbitrary<FilePath> = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => filePath(Buffer.from(bytes)));

test('a path that was added is never denied, whatever its bytes', () => {
  fc.assert(
    fc.property(fc.array(path), (paths) => {
      const marks = new PathMarks();
      for (const added of paths) marks.add(added);
      assert.ok(paths.every((added) => marks.mayHave(added)));
    }),
  );
});

test('with the directories of a whole machine, few others are taken for one of them', () => {
  const marks = new PathMarks();
  for (let i = 0; i < 20_000; i++) marks.add(`/usr/share/doc/package-${i}`);
  let taken = 0;
  for (let i = 0; i < 10_000; i++) if (marks.mayHave(`/usr/lib/other-${i}/lib`)) taken++;
  assert.ok(taken < 500, `${taken} of 10,000`);
});
