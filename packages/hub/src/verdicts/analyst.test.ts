// What an analyst says: words that no list could hold are refused before anything is written, and a row that got
// in all the same keeps no other claim from the machines.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import type { AnalystVerdict } from './analyst.ts';
import { setVerdict } from './analyst.ts';
import { insertRows, lockSource } from './claim-store.ts';
import { isStale, publish } from './publish.ts';

let hub: TemporaryHub;
before(async () => {
  hub = await temporaryHub();
});
after(() => hub.close());

function verdict(host: string, words: Partial<AnalystVerdict> = {}): AnalystVerdict {
  const said = { level: 'malicious', category: null, name: null, reason: 'seen', by: 'ann' } as const;
  return { key: hostKey(host), text: `host:${host}`, ...said, ...words };
}

async function listed(host: string): Promise<string> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    const answer = set.find(hostKey(host));
    return answer.kind === 'absent' ? 'absent' : `${answer.record.level}: ${answer.record.reason}`;
  } finally {
    set.close();
  }
}

test('a name or reason that cannot be published or shown is refused, and nothing is written', async () => {
  const want = 'want one line of 1 to 200 characters';
  for (const [words, message] of [
    [{ reason: '' }, `Cannot use the reason '': it says nothing, ${want}`],
    [{ reason: ' \t' }, `Cannot use the reason ' ?': it says nothing, ${want}`],
    [
      { reason: 'a\nb\u001b[31m' },
      `Cannot use the reason 'a?b?[31m': it holds control characters, line ends or needless blanks, ${want}`,
    ],
    [
      { reason: 'x'.repeat(5_000) },
      `Cannot use the reason '${'x'.repeat(39)}…': it has 5000 characters, ${want}`,
    ],
    [
      { name: 'x\ny' },
      "Cannot use the name 'x?y': it holds control characters, line ends or needless blanks, want one line of 1 to 128 characters",
    ],
    [{ name: '' }, "Cannot use the name '': it says nothing, want one line of 1 to 128 characters"],
  ] as const)
    await assert.rejects(setVerdict(hub, verdict('bad.example', words)), { code: 'input', message });
  assert.equal(await isStale(hub), false);
  assert.deepEqual(await hub.db.query('SELECT 1 FROM claim'), []);
  assert.equal((await setVerdict(hub, verdict('fine.example', { name: 'Phish.Web.X' }))).kind, 'published');
});

test('the store takes no record that no list can hold, whoever made it', async () => {
  const record = { level: 'good', category: null, name: null, source: 'feed', lifetime: 60 } as const;
  const key = hostKey('a.example').bytes;
  const row = { kind: 'host', key, original: null, line: null, firstAt: null } as const;
  const wrong = { ...row, record: { ...record, reason: 'x'.repeat(2_000) } };
  await assert.rejects(
    hub.db.transaction(async (tx) => {
      const source = await lockSource(tx, { name: 'feed', kind: 'feed', rank: 100 }, new Date());
      await insertRows(tx, source, [wrong], { at: new Date(), by: null, importId: null });
    }),
    { code: 'format', message: /its field 'reason' is wrong/ },
  );
});

test('a row of an older release that no list can hold is left out and named, and all others are published', async () => {
  await setVerdict(hub, verdict('older.example'));
  await hub.db.execute(`UPDATE claim SET reason = repeat('x', 5000) WHERE key = $1`, [
    Buffer.from(hostKey('older.example').bytes),
  ]);
  const lines: string[] = [];
  const publication = await setVerdict(
    { ...hub, log: (line) => lines.push(line) },
    verdict('newer.example', { reason: 'copies our login page' }),
  );
  assert.equal(publication.skipped.length, 1);
  assert.match(publication.skipped[0]!, /^host:[0-9a-f]{64} by analyst: .*its field 'reason' is wrong/);
  assert.deepEqual(lines, [`a claim cannot be published and is left out: ${publication.skipped[0]}`]);
  assert.equal(await listed('newer.example'), 'malicious: copies our login page');
  assert.equal(await listed('fine.example'), 'malicious: seen');
  assert.equal(await listed('older.example'), 'absent');
  await setVerdict(hub, verdict('older.example', { reason: 'said again' }));
  assert.equal(await listed('older.example'), 'malicious: said again');
  assert.deepEqual((await publish(hub)).skipped, []);
});
