// How a program is started: by real processes.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { test } from 'node:test';

const LAUNCH = new URL('../packages/tocsin/src/launch.js', import.meta.url).href;

/** Runs `body` as the main function of a program, on a lifeline. */
function start(t: TestContext, body: string): ChildProcess {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'program.mjs');
  writeFileSync(
    path,
    `import { launch } from '${LAUNCH}';\nawait launch('program', import.meta.url, async () => {${body}});\n`,
  );
  const env = { ...process.env, TOCSIN_LIFELINE: '1', XDG_CACHE_HOME: directory };
  return spawn(process.execPath, [path], { env, stdio: ['pipe', 'pipe', 'inherit'] });
}

test('a program on a lifeline ends with it, and hands none to what it starts itself', async (t) => {
  const child = start(
    t,
    `const { spawn } = await import('node:child_process');
     const code = 'console.log(process.env.TOCSIN_LIFELINE ?? "none")';
     spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit'] });
     setInterval(() => {}, 1000);`,
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    child.stdin!.end();
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.deepEqual([lines, child.signalCode], [['none'], 'SIGTERM']);
});
