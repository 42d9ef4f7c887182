// Counts what the collector of garbage does in a process of its own: how V8 is set holds for a whole process.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const SCRIPT = `
import { PerformanceObserver } from 'node:perf_hooks';
import { tuneForBodies } from ${JSON.stringify(new URL('./heap.ts', import.meta.url).href)};
if (process.argv[1] === 'tuned') tuneForBodies();
const counts = { minor: 0, major: 0 };
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) counts[detail.kind === 1 ? 'minor' : 'major']++;
}).observe({ type: 'gc' });
const live = Array.from({ length: 300_000 }, (_, i) => ({ i }));
let last;
for (let request = 0; request < 4_000; request++) {
  last = Buffer.concat([Buffer.allocUnsafeSlow(65_536), Buffer.allocUnsafeSlow(65_536)]);
  if (request % 4 === 0) await new Promise((done) => setImmediate(done));
}
await new Promise((done) => setTimeout(done, 10));
console.log(JSON.stringify({ ...counts, kept: live.length + last.length }));
`;

function countGarbageRuns(how: 'tuned' | 'as-it-comes'): { minor: number; major: number } {
  const words = ['--input-type=module', '--eval', SCRIPT, how];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

test('a process that serves: gigabytes of bodies are cleared away without looking at the whole heap', () => {
  const { minor, major } = countGarbageRuns('tuned');
  assert.ok(minor >= 10, `${minor} scavenges`);
  assert.ok(major <= 3, `${major} mark-compacts`);
});
