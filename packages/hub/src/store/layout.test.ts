// The data directory where it cannot be made: a sentence, not the system's words.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { layoutOf, prepareLayout } from './layout.ts';

test('a data directory below a file is refused with what is wrong there', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'file'), '');
  const data = join(directory, 'file', 'hub');
  assert.throws(() => prepareLayout(layoutOf(data)), {
    code: 'io',
    message: `Cannot make the data directory '${data}': a part of its path is a file, want a directory there`,
  });
});
