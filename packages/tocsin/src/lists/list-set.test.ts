// Lists that change while they are asked: what is the same stays open, what is new is opened in turns with others.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TocsinError } from '../protocol/errors.ts';
import type { ListEntry, ListManifest, ListRole } from '../protocol/lookup.ts';
import { ListSet } from './list-set.ts';
import { SEGMENT_LIMITS } from './segment-format.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';
import { byKey, derivedKey, record, refusedVectors, withDirectoryAsync } from './test-help.ts';

const KIND = 'file-sha256';

/** A list of so many rows, each with a class of its own. */
function listOf(directory: string, role: ListRole, from: number, rows: number): ListEntry {
  const classes = Array.from({ length: rows }, (_, i) => record('malicious', `Trojan.Linux.N${from + i}`));
  const writer = new SegmentWriter({ directory, kind: KIND, classes });
  const keys = classes.map((_, i) => ({ key: derivedKey(KIND, from + i), i })).sort(byKey);
  for (const { key, i } of keys) writer.add(key, i, 0);
  const { digest, bytes } = writer.finish();
  return { role, kind: KIND, digest, bytes, rows };
}

const manifest = (revision: number, ...lists: ListEntry[]): ListManifest => ({
  v: 1,
  revision,
  lists,
  prefixBits: {},
});

const nameOf = (set: ListSet, n: number): string | null => {
  const answer = set.find({ kind: KIND, bytes: derivedKey(KIND, n) });
  return answer.kind === 'absent' ? null : answer.record.name;
};

const noDamage = (): void => assert.fail('nothing is damaged');

test('a list that has not changed stays open, and closing the old lists leaves it so', () =>
  withDirectoryAsync(async (directory) => {
    const pathOf = (digest: string): string => join(directory, `${digest}.seg`);
    const base = listOf(directory, 'malicious', 0, 300);
    const [before, after] = [listOf(directory, 'changes', 1_000, 5), listOf(directory, 'changes', 2_000, 5)];
    const old = ListSet.open(manifest(1, base, before), pathOf);
    const next = await old.next(manifest(2, base, after), pathOf, noDamage);
    assert.deepEqual([nameOf(old, 1_000), nameOf(old, 2_000)], ['Trojan.Linux.N1000', null]);
    old.close(next);
    assert.throws(() => nameOf(old, 1_000), TypeError, 'what only the old ones had is closed');
    assert.deepEqual(
      [nameOf(next, 7), nameOf(next, 1_000), nameOf(next, 2_000)],
      ['Trojan.Linux.N7', null, 'Trojan.Linux.N2000'],
    );
    next.close();
    assert.throws(() => nameOf(next, 7), TypeError);
  }));

test('a file that was written again under its name is opened again', () =>
  withDirectoryAsync(async (directory) => {
    const pathOf = (digest: string): string => join(directory, `${digest}.seg`);
    const base = listOf(directory, 'malicious', 0, 300);
    const path = pathOf(base.digest);
    const now = manifest(1, base);
    const old = ListSet.open(now, pathOf);
    assert.equal(old.holds(now), true);
    copyFileSync(path, `${path}.again`);
    renameSync(`${path}.again`, path);
    assert.equal(old.holds(now), false);
    const next = await old.next(now, pathOf, noDamage);
    assert.equal(next.holds(now), true);
    old.close(next);
    assert.throws(() => nameOf(old, 7), TypeError);
    assert.equal(nameOf(next, 7), 'Trojan.Linux.N7');
    rmSync(path);
    assert.equal(next.holds(now), false);
    next.close();
  }));

test('new lists that do not open leave the old ones as they are, and nothing open', () =>
  withDirectoryAsync(async (directory) => {
    const pathOf = (digest: string): string => join(directory, `${digest}.seg`);
    const base = listOf(directory, 'malicious', 0, 300);
    const old = ListSet.open(manifest(1, base), pathOf);
    const fresh = listOf(directory, 'changes', 1_000, 5);
    const bad = listOf(directory, 'known-good', 2_000, 5);
    writeFileSync(pathOf(bad.digest), 'no segment');
    await assert.rejects(old.next(manifest(2, base, fresh, bad), pathOf, noDamage), { code: 'format' });
    assert.equal(nameOf(old, 7), 'Trojan.Linux.N7');
    assert.ok(existsSync(pathOf(fresh.digest)));
    old.close();
  }));

test('a list of many classes is opened in turns: others have theirs in between, and it says the same', () =>
  withDirectoryAsync(async (directory) => {
    const list = listOf(directory, 'malicious', 0, 20_000);
    const path = join(directory, `${list.digest}.seg`);
    const whole = SegmentReader.open(path);
    const classesBytes = Array.from({ length: 20_000 }, (_, i) => whole.classLines.line(i).length);
    const steps = classesBytes.reduce((sum, bytes) => sum + bytes, 0) / SEGMENT_LIMITS.stepBytes;
    assert.ok(steps > 5);
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    count();
    const opened = await SegmentReader.openInTurns(path);
    going = false;
    assert.ok(turns >= steps, `${turns} turns`);
    assert.deepEqual(
      [opened.classCount, opened.rows, opened.bytes, opened.kind],
      [whole.classCount, whole.rows, whole.bytes, whole.kind],
    );
    for (let n = 0; n < 20_000; n += 997)
      assert.deepEqual(opened.find(derivedKey(KIND, n)), whole.find(derivedKey(KIND, n)));
    opened.close();
    whole.close();
  }));

test('what is refused at once is refused in turns', () =>
  withDirectoryAsync(async (directory) => {
    const path = join(directory, 'refused.seg');
    for (const { name, stage, code, hex } of refusedVectors().vectors) {
      writeFileSync(path, Buffer.from(hex, 'hex'));
      if (stage === 'full') (await SegmentReader.openInTurns(path)).close();
      else
        await assert.rejects(
          SegmentReader.openInTurns(path),
          (error: unknown) => error instanceof TocsinError && error.code === code,
          name,
        );
    }
  }));
