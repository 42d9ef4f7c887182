// A real process that chooses again and again, killed at moments that nobody picked: what it acknowledged counts, and
// no crash is taken for tampering.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemWorld } from '../../protocol/world.ts';
import { homeAt } from '../state/home.ts';
import { joinedAs, MACHINE } from './fixture.ts';
import { openConsents } from './home.ts';
import { ConsentStage } from './stage-fixture.ts';

const ROUNDS = 6;
const SOURCES = new URL('../../', import.meta.url).href;

/** Chooses `standard` and `extended` by turns, and prints each that was acknowledged. */
const CHOOSER = `
const load = (name) => import(process.argv[2] + name);
const { homeAt } = await load('client/state/home.ts');
const { openConsents } = await load('client/consent/home.ts');
const { setParticipation, statementFor } = await load('client/consent/set-participation.ts');
const { systemWorld } = await load('protocol/world.ts');
const { source } = openConsents({ home: homeAt(process.argv[1]), world: systemWorld });
const accept = statementFor(source.current().place, 'en').sha256;
for (let n = 0; ; n++) {
  const level = n % 2 === 0 ? 'standard' : 'extended';
  source.change((parts) => setParticipation(parts, { level, accept }));
  process.stdout.write(level + ' ' + source.records().length + '\\n');
}
`;

test('a process that chooses is killed: what it acknowledged counts, and there is no alarm', async (t) => {
  const stage = new ConsentStage(t, await joinedAs(MACHINE));
  const home = homeAt(stage.home.directory);
  let records = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '--eval', CHOOSER, home.directory, SOURCES],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    while (lines.length < 3 && child.exitCode === null) await sleep(5);
    await sleep(round * 7);
    child.kill('SIGKILL');
    await once(child, 'close');
    const [level, count] = lines.at(-1)!.split(' ');
    const consents = openConsents({ home, world: systemWorld });
    const state = consents.source.current();
    const now = consents.source.records().length;
    consents.close();
    assert.equal(state.kind, 'chosen', state.kind === 'alarm' ? String(state.alarm.why) : '');
    assert.ok(
      now >= Number(count) && now <= Number(count) + 2,
      `${count} were acknowledged, ${now} are there`,
    );
    if (now === Number(count)) assert.equal(state.consent.level, level);
    assert.ok(now > records);
    records = now;
  }
});
