// Real processes killed with SIGKILL: nothing acknowledged is lost, and everything can simply be run again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, gone, Place } from './support/processes.ts';

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function withPlace(run: (place: Place) => Promise<void>): Promise<void> {
  const place = new Place();
  try {
    await run(place);
  } finally {
    await place.remove();
  }
}

async function objectsOf(place: Place, source: string): Promise<number> {
  const { stdout } = await place.hub(['sources', '--json']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; objects: number });
  return rows.find((row) => row.name === source)?.objects ?? 0;
}

test('an import killed at any moment leaves what the source said before, and can be run again', async () =>
  await withPlace(async (place) => {
    const hub = await place.serve();
    const old = join(place.directory, 'old.txt');
    const fresh = join(place.directory, 'fresh.txt');
    writeFileSync(old, Array.from({ length: 20_000 }, (_, i) => digest(`old ${i}`)).join('\n'));
    writeFileSync(fresh, Array.from({ length: 150_000 }, (_, i) => digest(`fresh ${i}`)).join('\n'));
    assert.equal((await place.hub(['import', 'hashes', old, '--source', 'feed'])).status, 0);
    let killed = 0;
    for (const ms of [150, 300, 450, 600, 900]) {
      const child = place.spawnHub(['import', 'hashes', fresh, '--source', 'feed', '--replace']);
      const end = ended(child, '');
      await sleep(ms);
      child.kill('SIGKILL');
      const { signal, stdout } = await end;
      const objects = await objectsOf(place, 'feed');
      if (signal === 'SIGKILL') {
        killed++;
        assert.ok(objects === 20_000 || objects === 150_000, `all or nothing, found ${objects}`);
      } else assert.equal(objects, 150_000, stdout);
      if (objects === 150_000)
        assert.equal((await place.hub(['import', 'hashes', old, '--source', 'feed', '--replace'])).status, 0);
    }
    assert.ok(killed > 0, 'no import was killed before its end');
    const again = await place.hub(['import', 'hashes', fresh, '--source', 'feed', '--replace', '--json']);
    assert.equal(again.status, 0, again.stderr);
    assert.equal(await objectsOf(place, 'feed'), 150_000);
    hub.process.kill('SIGTERM');
    await gone(hub.process);
  }));

test('a hub killed during look-ups and imports loses no verdict that was acknowledged, and machines go on', async () =>
  await withPlace(async (place) => {
    const hub = await place.serve();
    await place.join(hub.url);
    const files = join(place.directory, 'files');
    mkdirSync(files);
    for (let i = 0; i < 300; i++) writeFileSync(join(files, `${i}`), `content ${i}`);
    for (const i of [7, 70]) {
      const set = await place.hub([
        'verdict',
        'set',
        digest(`content ${i}`),
        '--level',
        'malicious',
        '--name',
        'Test.Any.Kill',
      ]);
      assert.equal(set.status, 0, set.stderr);
    }
    const { sha256 } = JSON.parse((await place.tocsin(['statement', '--format', 'json'])).stdout) as {
      sha256: string;
    };
    assert.equal((await place.tocsin(['participation', 'standard', '--accept', sha256])).status, 0);
    assert.equal((await place.tocsin(['sync'])).status, 0);
    const scan = ended(place.spawnTocsin(['scan', files, '--json']), '');
    await sleep(250);
    hub.process.kill('SIGKILL');
    await gone(hub.process);
    const first = await scan;
    assert.equal(first.status, 1, first.stderr);
    assert.equal(found(first.stdout), 2);

    // The engine outlived the hub; the next hub adopts it, and every acknowledged verdict is there.
    const port = new URL(hub.url).host;
    const second = await place.serve(port);
    for (const i of [7, 70]) {
      const show = await place.hub(['verdict', 'show', digest(`content ${i}`), '--json']);
      assert.match(show.stdout, /"level":"malicious"/);
    }
    writeFileSync(join(files, '7'), 'now harmless');
    const last = await place.tocsin(['scan', files, '--json']);
    assert.equal(last.status, 1, last.stderr);
    assert.equal(found(last.stdout), 1);
    second.process.kill('SIGTERM');
    await gone(second.process);
  }));

test('a scan killed in the middle is simply run again, and answers the same', async () =>
  await withPlace(async (place) => {
    const files = join(place.directory, 'files');
    for (let d = 0; d < 40; d++) {
      mkdirSync(join(files, `d${d}`), { recursive: true });
      for (let i = 0; i < 60; i++)
        writeFileSync(join(files, `d${d}`, `${i}`), `content ${d} ${i} ${'x'.repeat(i * 997)}`);
    }
    const whole = 40 * 60;
    for (const ms of [120, 220, 320]) {
      const child = place.spawnTocsin(['scan', files, '--json']);
      const end = ended(child, '');
      await sleep(ms);
      child.kill('SIGKILL');
      await end;
    }
    const { status, stdout } = await place.tocsin(['scan', files, '--json']);
    assert.equal(status, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.filter((line) => 'path' in line).length, whole);
    for (const line of lines)
      if (typeof line['path'] === 'string') {
        const [d, i] = line['path']
          .split('/')
          .slice(-2)
          .map((part) => Number(part.replace('d', '')));
        assert.equal(line['sha256'], digest(`content ${d} ${i} ${'x'.repeat(i! * 997)}`));
      }
  }));

function found(stdout: string): number {
  const summary = JSON.parse(stdout.trim().split('\n').at(-1)!) as { summary: { found: number } };
  return summary.summary.found;
}
