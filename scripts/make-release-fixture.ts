// Makes the fixture of a release, once, when it is released: node scripts/make-release-fixture.ts VERSION
//
//   test/fixtures/VERSION/hub.tar.zst    a hub's backup: claims as rows and as segments, a token, a machine, keys
//   test/fixtures/VERSION/agent.tar.gz  a machine's TOCSIN_HOME: identity, lists, overrides, participation, cache
//
// Every later release must open both (test/releases.test.ts). A made fixture is never changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gone, Place } from '../test/support/processes.ts';

const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('want a version, as 0.1.0');
const target = join(import.meta.dirname, '..', 'test', 'fixtures', version);
if (existsSync(target))
  throw new Error(`Cannot make the fixture '${version}': it is there, and never changed`);

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function must(
  run: Promise<{ status: number | null; stdout: string; stderr: string }>,
  want = 0,
): Promise<string> {
  const { status, stdout, stderr } = await run;
  if (status !== want) throw new Error(`status ${status}: ${stderr}`);
  return stdout;
}

const place = new Place();
try {
  const hub = await place.serve();
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${digest(`object ${from + i}`)} # number ${from + i}`).join(
      '\n',
    );
  const bulk = join(place.directory, 'bulk.txt');
  const rows = join(place.directory, 'rows.txt');
  writeFileSync(bulk, lines(0, 10_500));
  writeFileSync(rows, lines(20_000, 20_100));
  await must(place.hub(['import', 'hashes', bulk, '--source', 'bulk feed', '--level', 'good']));
  await must(place.hub(['import', 'hashes', rows, '--source', 'small feed']));
  await must(
    place.hub(['verdict', 'set', 'phish.example', '--level', 'malicious', '--category', 'phishing']),
  );
  await place.join(hub.url);
  await must(place.tocsin(['sync']));
  await must(place.tocsin(['override', 'allow', digest('object 20001')]));
  const { sha256 } = JSON.parse(await must(place.tocsin(['statement', '--format', 'json']))) as {
    sha256: string;
  };
  await must(place.tocsin(['participation', 'standard', '--accept', sha256]));
  const files = join(place.directory, 'files');
  mkdirSync(files);
  for (const i of [1, 20_001, 20_002, 99_999]) writeFileSync(join(files, `${i}`), `object ${i}`);
  await must(place.tocsin(['scan', files]), 1);
  mkdirSync(target, { recursive: true });
  await must(place.hub(['backup', join(target, 'hub.tar.zst')]));
  hub.process.kill('SIGTERM');
  await gone(hub.process);
  execFileSync('tar', ['-z', '-C', place.home, '-cf', join(target, 'agent.tar.gz'), '.']);
  process.stdout.write(`made ${target}\n`);
} finally {
  await place.remove();
}
