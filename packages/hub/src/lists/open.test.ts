// A hub whose published lists were damaged while it was away, and while it runs.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyFull } from 'tocsin/lists/segment-reader.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { readSettings } from '../config.ts';
import { temporaryData } from '../engine/engine-fixture.ts';
import { openHub } from '../hub.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { runImport } from '../imports/run-import.ts';
import { listPath } from '../store/artifacts.ts';
import { startTestServer } from '../store/store-fixture.ts';
import { LISTS_CHANNEL, publish } from '../verdicts/publish.ts';
import { openLists } from './open.ts';

const PATIENCE_MS = 60_000;

test('a hub starts over damaged lists, and mends what is damaged while it runs', async (t) => {
  const server = await startTestServer(t);
  const databaseUrl = (await server.url('hub')).replace('@/', '@localhost/');
  const data = temporaryData(t);
  const lines: string[] = [];
  const hub = await openHub(readSettings({ flags: { data, databaseUrl }, env: {} }), (line) =>
    lines.push(line),
  );
  t.after(() => hub.close());
  const path = join(data, 'hosts');
  writeFileSync(path, Array.from({ length: 10_000 }, (_, i) => `h${i}.example\n`).join(''));
  await runImport(hub, { format: FORMATS['domains']!, path });
  await publish(hub);
  const lists = await startOver();
  const { digest } = lists.manifest.lists.find(({ kind }) => kind === 'host')!;
  const file = listPath(hub.layout, digest);

  for (const damage of [() => rmSync(file), () => truncateSync(file, 5_000)]) {
    damage();
    const again = await startOver();
    assert.equal(again.set.find(hostKey('h1.example')).kind, 'listed');
    assert.equal(verifyFull(file), digest);
    assert.match(lines.at(-1)!, /^the published list malicious\.host is built again from the claims: /);
  }

  const bytes = readFileSync(file);
  for (let at = 100; at < 400_000; at += 5_120) bytes[at]! ^= 1;
  writeFileSync(file, bytes);
  const running = await startOver();
  assert.throws(() => running.set.find(hostKey('h1.example')), { code: 'corrupt' });
  assert.equal(running.fileOf(digest), null, 'nobody is given a damaged file');
  await hub.db.listen(LISTS_CHANNEL, (revision) => {
    if (revision !== null) void running.reload();
  });
  const deadline = performance.now() + PATIENCE_MS;
  while (running.fileOf(digest) === null && performance.now() < deadline) await sleep(50);
  assert.equal(running.set.find(hostKey('h1.example')).kind, 'listed');
  assert.equal(verifyFull(file), digest);
  while (!lines.at(-1)!.startsWith('damaged: ') && performance.now() < deadline) await sleep(50);
  assert.match(
    lines.at(-1)!,
    /^damaged: the published list malicious\.host is built again from the claims: /,
  );

  async function startOver(): Promise<Awaited<ReturnType<typeof openLists>>> {
    return await openLists(hub, (close) => t.after(close));
  }
});
