// What earlier releases left behind: every one of them must open, with everything in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gone, Place } from './support/processes.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

for (const version of readdirSync(FIXTURES)) {
  const fixture = (name: string): string => join(FIXTURES, version, name);

  test(`release ${version}: its hub is restored, serves, and says what it said`, async () => {
    const place = new Place();
    try {
      const restored = await place.hub(['restore', fixture('hub.tar.zst')]);
      assert.equal(restored.status, 0, restored.stderr);
      const hub = await place.serve();
      const show = async (object: string): Promise<string> =>
        (await place.hub(['verdict', 'show', object])).stdout;
      assert.match(await show(digest('object 7')), /good, decided by bulk feed[\s\S]*# number 7/);
      assert.match(
        await show(digest('object 20007')),
        /malicious, decided by small feed[\s\S]*# number 20007/,
      );
      assert.match(await show('http://phish.example/x'), /malicious, decided by analyst/);
      const machines = (await place.hub(['machines', 'list', '--json'])).stdout.trim().split('\n');
      assert.equal(machines.length, 1);
      hub.process.kill('SIGTERM');
      await gone(hub.process);
    } finally {
      await place.remove();
    }
  });

  test(`release ${version}: its machine opens, with lists, overrides and participation`, async () => {
    const place = new Place();
    try {
      mkdirSync(place.home, { mode: 0o700 });
      execFileSync('tar', ['-z', '-C', place.home, '-xf', fixture('agent.tar.gz')]);
      const status = JSON.parse((await place.tocsin(['status', '--json'])).stdout) as {
        hub: { root: string } | null;
        participation: { level?: string };
        lists: { entries: unknown[] };
        overrides: { allow: number };
      };
      assert.ok(status.hub !== null);
      assert.equal(status.participation.level, 'standard');
      assert.equal(status.overrides.allow, 1);
      assert.ok(status.lists.entries.length >= 4);
      const check = async (object: string): Promise<string> => (await place.tocsin(['check', object])).stdout;
      assert.match(await check(digest('object 7')), /good/);
      assert.match(await check(digest('object 20002')), /malicious/);
      assert.match(await check(digest('object 20001')), /trusted/);
    } finally {
      await place.remove();
    }
  });
}
