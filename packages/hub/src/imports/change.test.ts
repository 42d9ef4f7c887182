import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SegmentWriter } from 'tocsin/lists/segment-writer.ts';
import type { Source } from '../verdicts/claim-store.ts';
import type { ChangeHub } from './change.ts';
import { changeAgainst } from './change.ts';

test('a change is compared again in the same directory where its transaction is run again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const record = {
    level: 'malicious',
    category: 'malware',
    name: null,
    source: 'feed',
    reason: 'listed',
    lifetime: 3_600,
  } as const;
  const writer = new SegmentWriter({ directory, kind: 'file-sha256', classes: [record] });
  writer.add(Buffer.alloc(32, 1), 0, 1);
  const file = writer.finish();
  const hub = {
    db: { query: async () => [] },
    layout: {},
    directory,
    now: new Date(),
  } as unknown as ChangeHub;
  const source = { id: 1, name: 'feed' } as unknown as Source;
  for (const round of [1, 2]) {
    const { difference } = await changeAgainst(hub, source, 'file-sha256', file);
    assert.deepEqual(difference, { added: 1, removed: 0, changed: 0, kept: 0 }, `round ${round}`);
  }
});
