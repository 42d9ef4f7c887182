// Look-ups by threads: the same answers on every connection, also after the lists changed; nothing for strangers; and a
// thread that ends is replaced, with what it had taken given back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import { mintToken } from '../access/tokens.ts';
import { readSettings } from '../config.ts';
import { temporaryData } from '../engine/engine-fixture.ts';
import { openHub } from '../hub.ts';
import { openKeys } from '../keys/store.ts';
import { serve } from '../serve.ts';
import { asMachine, exchange } from '../server/wire-fixture.ts';
import { setVerdict } from '../verdicts/analyst.ts';
import type { IndexSource } from './index-maker.ts';
import { LookupThreads } from './threads.ts';

const EICAR = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
const CHANGE_MS = 10_000;

function keyOf(n: number): ObjectKey {
  return { kind: 'file-sha256', bytes: createHash('sha256').update(`${n}`).digest() };
}

/** The levels that one connection is told of the keys. */
async function ask(
  port: number,
  joined: Joined,
  keys: readonly string[],
): Promise<readonly (string | null)[]> {
  const objects = keys.map((key) => ({ kind: 'file-sha256', key }));
  const body = JSON.stringify({ v: 1, objects });
  const head = `POST /v1/lookup HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  const { status, text } = await exchange(port, [head, body], asMachine(joined));
  assert.equal(status, 200, text);
  const answer = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as {
    classes: { level: string }[];
    objects: (number | null)[];
  };
  return answer.objects.map((n) => (n === null ? null : answer.classes[n]!.level));
}

test('look-up threads: every connection gets the same answers, also after a change; strangers get nothing', async (t) => {
  const data = temporaryData(t);
  const home = mkdtempSync(joinPath(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(home, { recursive: true }));
  const at = { listen: '127.0.0.1:0', lookupListen: '127.0.0.1:0', lookupThreads: 3 };
  const settings = readSettings({ flags: { data, ...at }, env: {} });
  const lines: string[] = [];
  const running = await serve(settings, (line) => lines.push(line));
  const hub = await openHub(settings, () => {});
  try {
    const keys = openKeys(hub.layout.keys);
    const { text: token } = await mintToken(new PostgresAccessStore(hub.db), keys.root, systemWorld);
    const joined = await join(homeAt(home), running.url, token, systemWorld);
    const port = running.threads!.port;
    assert.equal(running.threads!.url, `https://127.0.0.1:${port}`);
    const bad = keyOf(1);
    const asked = [EICAR, toHex(bad.bytes), toHex(keyOf(2).bytes)];
    for (let n = 0; n < 12; n++)
      assert.deepEqual(await ask(port, joined, asked), ['malicious', null, null], lines.join('\n'));
    const said = { level: 'suspicious', category: null, name: null, reason: 'seen', by: 'ann' } as const;
    await setVerdict(hub, { key: bad, text: `sha256:${toHex(bad.bytes)}`, ...said });
    const until = performance.now() + CHANGE_MS;
    // Connections are parted by the system: so many in a row reach all threads, or it was no chance at all.
    for (let same = 0; same < 15; ) {
      const [, level] = await ask(port, joined, asked);
      same = level === 'suspicious' ? same + 1 : 0;
      assert.ok(performance.now() < until || same > 0, 'a thread does not follow the lists');
    }
    const stranger = await exchange(port, ['GET /v1/keys HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n']);
    assert.ok([401, 404].includes(stranger.status), stranger.text);
    assert.deepEqual(
      lines.filter((line) => /thread|index/.test(line)),
      [],
    );
  } finally {
    await hub.close();
    await running.close();
  }
});

test('look-up threads: one that ends is started again and what it took is given back; one that cannot start says why', async (t) => {
  let taken = 0;
  const source: IndexSource = {
    take: async () => {
      taken++;
      return { table: null as never, bases: [] };
    },
    giveBack: () => taken--,
  };
  const lines: string[] = [];
  const program = new URL('./threads-fixture-thread.ts', import.meta.url);
  const parts = {
    data: 'lives',
    database: { url: 'postgresql://nowhere/none' },
    listen: { host: '127.0.0.1', port: 0 },
    threads: 2,
    source,
    onDamage: () => {},
    log: (line: string) => void lines.push(line),
    program,
  };
  const threads = await LookupThreads.start(parts);
  t.after(() => threads.close());
  assert.equal(threads.port, 4_711);
  await sleep(1_600); // the first one ends after 50 ms, and is replaced a second later
  assert.deepEqual(lines, ['a look-up thread ended by itself, and is started again']);
  assert.equal(taken, 2);
  await threads.close();
  assert.equal(taken, 0);
  await assert.rejects(LookupThreads.start({ ...parts, data: 'never' }), { code: 'conflict' });
  assert.equal(lines.length, 1);
});
