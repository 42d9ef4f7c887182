// A real process that builds segments, killed at any moment: what it said was finished is whole, and nothing half-made
// bears the name of a segment.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyFull } from './segment-reader.ts';
import { withDirectoryAsync } from './test-help.ts';

const BUILDER = `
  const [, directory, module] = process.argv;
  const { SegmentBuilder } = await import(module);
  const record = { level: 'malicious', category: null, name: null, source: 'test', reason: 'said so', lifetime: 60 };
  process.stdout.write('ready\\n');
  for (let n = 0; ; n++) {
    const builder = new SegmentBuilder({ directory, kind: 'file-md5', runEntries: 2000 });
    const key = new Uint8Array(16);
    for (let i = 0; i < 5000; i++) {
      new DataView(key.buffer).setUint32(0, Math.imul(i, 2654435761));
      new DataView(key.buffer).setUint32(4, n);
      builder.add(key, 0, builder.classIndex(record), i);
    }
    process.stdout.write(builder.finish(directory).file.digest + '\\n');
  }`;

test('of a builder killed at any moment only whole segments and parts are left', async () => {
  for (const delay of [1, 13, 37, 61])
    await withDirectoryAsync(async (directory) => {
      const finished = await runAndKill(directory, delay);
      const names = readdirSync(directory).filter((name) => !name.endsWith('.part'));
      for (const name of names) assert.equal(`${verifyFull(join(directory, name))}.seg`, name);
      for (const digest of finished)
        assert.ok(names.includes(`${digest}.seg`), 'what was acknowledged is there');
    });
});

/** The digests of which the process said that they are finished, before it was killed `delay` ms after its start of work. */
async function runAndKill(directory: string, delay: number): Promise<string[]> {
  const module = new URL('./segment-builder.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', BUILDER, directory, module]);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
    child.stdout.on('data', (chunk) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), delay);
      output += chunk;
    });
  });
  const lines = output.split('\n');
  assert.equal(lines[0], 'ready');
  return lines.slice(1, -1);
}
