// The systemd unit of the agent: hardened as measured by systemd itself, and within what the program needs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const UNIT = fileURLToPath(new URL('../../systemd/tocsin-agent.service', import.meta.url));

/** Settings of the unit; one that stands twice has its values in their order. */
function settings(): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(UNIT, 'utf8')
    .split('\n')
    .filter((line) => /^[A-Za-z]+=/.test(line));
  const all = lines.map(
    (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const,
  );
  return new Map(
    [...Map.groupBy(all, ([name]) => name)].map(([name, rows]) => [name, rows.map(([, value]) => value)]),
  );
}

test('the unit: its exposure is under 3 by systemd’s own measure', (t) => {
  const ran = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', UNIT], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (ran.error !== undefined || /unrecognized option|Unknown command/.test(ran.stderr))
    return t.skip('systemd-analyze with --offline is not here');
  const score = /Overall exposure level for tocsin-agent\.service: ([0-9.]+)/.exec(ran.stdout)?.[1];
  assert.ok(score !== undefined, ran.stdout.slice(-500) + ran.stderr);
  assert.ok(Number(score) < 3, `it is ${score}`);
});

test('the unit: runs the follower with a state of its own, and lets the engine compile', () => {
  const unit = settings();
  assert.deepEqual(unit.get('ExecStart'), ['/usr/local/bin/tocsin sync --follow']);
  assert.deepEqual([unit.get('StateDirectory'), unit.get('StateDirectoryMode')], [['tocsin'], ['0700']]);
  assert.deepEqual(unit.get('Environment'), ['TOCSIN_HOME=/var/lib/tocsin']);
  assert.equal(unit.has('MemoryDenyWriteExecute'), false);
  assert.equal(unit.has('LoadCredentialEncrypted'), false, 'optional: only where there is a sealed key');
  assert.match(readFileSync(UNIT, 'utf8'), /^# LoadCredentialEncrypted=tocsin\.local-key:/m);
  assert.deepEqual(unit.get('CapabilityBoundingSet'), ['']);
});

test('the unit: systemd knows every setting in it', (t) => {
  const ran = spawnSync('systemd-analyze', ['verify', UNIT], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (ran.error !== undefined) return t.skip('systemd-analyze is not here');
  const complaints = ran.stderr.split('\n').filter((line) => /Unknown|Failed to parse|Invalid/.test(line));
  assert.deepEqual(complaints, []);
});
