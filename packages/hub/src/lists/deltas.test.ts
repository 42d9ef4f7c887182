// Deltas as a hub gives them out: made once, in a thread, bounded, and only where they are worth it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { applyDelta } from 'tocsin/lists/delta-apply.ts';
import type { ListEntry } from 'tocsin/protocol/lookup.ts';
import { publishEntries } from '../hash-lists/build-fixture.ts';
import { listPath } from '../store/artifacts.ts';
import { layoutOf, prepareLayout } from '../store/layout.ts';
import type { ListDeltaLimits } from './config.ts';
import { LIST_DELTAS } from './config.ts';
import { ListDeltas } from './deltas.ts';
import { formerPath, keepFormer } from './former.ts';

const ROWS = 2_000;
const NONE = { kind: 'none' };
const LATER = { kind: 'later' };

function stage(t: TestContext, limits: Partial<ListDeltaLimits> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const layout = layoutOf(directory);
  prepareLayout(layout);
  const deltas = new ListDeltas(layout, { ...LIST_DELTAS, waitMs: 60_000, ...limits });
  t.after(async () => {
    await deltas.close();
    rmSync(directory, { recursive: true });
  });
  /** A published list of the objects from `first` on, which is kept. */
  const publish = (first: number, rows = ROWS): ListEntry => {
    const entries = Array.from({ length: rows }, (_, i) => ({
      kind: 'file-sha256' as const,
      key: createHash('sha256')
        .update(`file ${first + i}`)
        .digest(),
      level: 'malicious' as const,
      category: 'malware' as const,
      change: false,
    }));
    const [entry] = publishEntries(layout.lists, entries);
    keepFormer(layout, [entry!]);
    return entry!;
  };
  const made = () => readdirSync(layout.listDeltas).filter((name) => name.endsWith('.delta'));
  return { layout, deltas, publish, made };
}

test('list deltas: one is made when it is first asked for, once, and makes the newer list of the older', async (t) => {
  const { layout, deltas, publish, made } = stage(t);
  const [old, next] = [publish(0), publish(20)];
  assert.deepEqual(made(), []);
  const answers = await Promise.all([1, 2, 3].map(() => deltas.between(old.digest, next)));
  assert.deepEqual(made(), [`${old.digest}.${next.digest}.delta`]);
  for (const one of answers) assert.deepEqual(one, answers[0]);
  const answer = answers[0]!;
  assert.ok(answer.kind === 'file');
  const { path, bytes } = answer;
  assert.ok(bytes < next.bytes / 20 && readFileSync(path).length === bytes);
  const file = await applyDelta({
    old: { path: listPath(layout, old.digest), digest: old.digest },
    to: next.digest,
    delta: path,
    directory: layout.tmp,
  });
  assert.equal(file.rows, ROWS);
  assert.deepEqual(readdirSync(layout.tmp), [`${next.digest}.seg`]);
});

test('list deltas: none from a list that is not kept, of another role, or the same; none of a small list', async (t) => {
  const { layout, deltas, publish, made } = stage(t);
  const [old, next] = [publish(0), publish(20)];
  rmSync(formerPath(layout, publish(40)));
  assert.deepEqual(await deltas.between(publish(40).digest.replace(/^./, 'f'), next), NONE);
  assert.deepEqual(await deltas.between(next.digest, next), NONE);
  assert.deepEqual(await deltas.between(old.digest, { ...next, role: 'changes' }), NONE);
  assert.deepEqual(await deltas.between(old.digest, publish(0, 10)), NONE);
  assert.deepEqual(made(), []);
});

test('list deltas: one that is not clearly smaller than the list is not made, and not tried again', async (t) => {
  const { layout, deltas, publish, made } = stage(t);
  const [old, next] = [publish(0), publish(ROWS - 100)];
  assert.deepEqual(await deltas.between(old.digest, next), NONE);
  rmSync(listPath(layout, next.digest)); // trying again would fail
  assert.deepEqual(await deltas.between(old.digest, next), NONE);
  assert.deepEqual([made(), readdirSync(layout.tmp)], [[], []]);
  deltas.forget();
  await assert.rejects(deltas.between(old.digest, next), { code: 'not-found' });
});

test('list deltas: a damaged list is told to who asks first, and stops no other delta', async (t) => {
  const { layout, deltas, publish } = stage(t);
  const [old, next, other] = [publish(0), publish(20), publish(30)];
  truncateSync(formerPath(layout, old), 1_000);
  await assert.rejects(deltas.between(old.digest, next), { code: 'corrupt' });
  assert.deepEqual(await deltas.between(old.digest, next), NONE);
  assert.equal((await deltas.between(other.digest, next)).kind, 'file');
});

test('list deltas: who would wait too long, or in too long a queue, is told to come back, and has it then', async (t) => {
  const { deltas, publish, made } = stage(t, { waitMs: 0, maxWaiting: 1 });
  const [old, second, next] = [publish(0), publish(10), publish(20)];
  assert.deepEqual(await deltas.between(old.digest, next), LATER);
  assert.deepEqual(await deltas.between(second.digest, next), LATER);
  while (made().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await deltas.between(old.digest, next)).kind, 'file');
  assert.equal(made().length, 1);
});

test('list deltas: closing ends what is being made, and leaves no half of it', async (t) => {
  const { deltas, publish, made } = stage(t);
  const [old, next] = [publish(0), publish(20)];
  const asked = deltas.between(old.digest, next);
  await deltas.close();
  assert.deepEqual(await asked, NONE);
  assert.deepEqual(made(), []);
  assert.deepEqual(await deltas.between(old.digest, next), NONE);
});
