// POST /v1/history with a real hub: what it tells of an object, and that its gate refuses what a machine's would.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { acceptedList } from 'tocsin/catalog/fingerprint.ts';
import { itemsOfStatement } from 'tocsin/catalog/statement/statement.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { History, HistoryRequest } from 'tocsin/protocol/history.ts';
import { parseHistory } from 'tocsin/protocol/history.ts';
import { ANSWER_SIZES } from 'tocsin/protocol/padding.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { runImport } from '../imports/run-import.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import type { Answer, TestMachine } from '../intake/machine-fixture.ts';
import { setVerdict } from '../verdicts/analyst.ts';
import type { TracedClaim } from '../verdicts/claim-store.ts';
import type { Explanation } from '../verdicts/explain.ts';
import { HISTORY_ROUTE_LIMITS, historyOf } from './history.ts';

interface Vectors {
  readonly answers: readonly { readonly name: string; readonly answer: History }[];
  readonly asked: readonly { readonly name: string; readonly request: HistoryRequest }[];
  readonly refused: readonly {
    readonly name: string;
    readonly request: unknown;
    readonly item: string | null;
    readonly reason: string;
  }[];
}
const FILE = new URL('../../../../spec/vectors/lookup/history.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;
const NOTHING = { v: 1, standing: 'none', firstSeen: null, machines: null, claims: [], unread: [] };
const REQUEST = vectors.asked[0]!.request;

let hub: IntakeHub;
let machine: TestMachine;
before(async () => {
  hub = await startIntakeHub();
  machine = await hub.participant('extended');
  const path = join(hub.hub.layout.directory, 'feed.txt');
  writeFileSync(path, `${'00'.repeat(32)}\n${REQUEST.key} Test.Any.EICAR\n`);
  await runImport(hub.hub, { format: FORMATS['hashes']!, path, source: 'feed' });
});
after(() => hub.close());

/** What a hub must know to tell this: the oldest claim's source named the object first. */
function explanationOf({ standing, firstSeen, machines, claims, unread }: History): Explanation {
  const traced = claims.map((claim, i): TracedClaim => {
    const { level, category, name, source, reason, lifetime, ...about } = claim;
    const claimedAt = new Date(claim.claimedAt);
    const firstAt = i === claims.length - 1 ? new Date(firstSeen!) : claimedAt;
    const record = { level, category, name, source, reason, lifetime };
    return { ...about, record, rank: 100, format: 'hashes', claimedAt, firstAt };
  });
  const resolution = { kind: standing } as Explanation['resolution'];
  return {
    key: { kind: 'file-sha256', bytes: new Uint8Array(32) },
    claims: traced.toSorted((a, b) => a.claimedAt.getTime() - b.claimedAt.getTime()),
    resolution,
    machines,
    unread,
  };
}

for (const { name, answer } of vectors.answers)
  test(`history vector, told: ${name}`, () => {
    assert.equal(JSON.stringify(historyOf(explanationOf(answer))), JSON.stringify(answer));
  });

function ask(who: TestMachine, request: unknown): Promise<Answer> {
  return who.call('POST', '/v1/history', {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(request)),
  });
}

test('a history names source, time, file, line and words of each claim', async () => {
  const { status, json, text, headers } = await ask(machine, REQUEST);
  assert.equal(status, 200, text);
  const { standing, firstSeen, claims } = parseHistory(json);
  assert.deepEqual([standing, firstSeen], ['decided', claims[0]?.claimedAt]);
  const [claim] = claims;
  assert.deepEqual(
    [claims.length, claim?.level, claim?.source, claim?.sourceKind, claim?.file, claim?.line],
    [1, 'malicious', 'feed', 'feed', 'feed.txt', 2],
  );
  assert.deepEqual([claim?.original, claim?.claimedBy], [`${REQUEST.key} Test.Any.EICAR`, null]);
  assert.deepEqual([text.length, headers['cache-control']], [ANSWER_SIZES[0], 'no-store, no-transform']);
});

test('an analyst who overrules a feed is named beside it, and of what nobody speaks nothing is told', async () => {
  const key = { kind: REQUEST.kind, bytes: parseHex(REQUEST.key)! };
  await setVerdict(hub.hub, {
    key,
    text: `sha256:${REQUEST.key}`,
    level: 'good',
    category: 'test',
    name: null,
    reason: 'the test file',
    by: 'mia',
  });
  const { json } = await ask(machine, REQUEST);
  const { standing, claims } = parseHistory(json);
  const says = claims.map(({ claimedBy, level }) => [claimedBy, level]).sort();
  assert.deepEqual(
    [standing, says],
    [
      'decided',
      [
        [null, 'malicious'],
        ['mia', 'good'],
      ],
    ],
  );
  for (const { name, request } of vectors.asked.slice(1)) {
    const answer = await ask(machine, request);
    assert.deepEqual([answer.status, answer.json], [200, NOTHING], name);
    assert.equal(answer.text.length, ANSWER_SIZES[0]);
  }
});

for (const { name, request, item, reason } of vectors.refused)
  test(`a question for a history on the wire, refused: ${name}`, async () => {
    const { status, json, text } = await ask(machine, request);
    assert.deepEqual([status, json.item, json.reason], [422, item, reason], text);
    assert.ok(!text.includes('joe'), 'a refusal repeats no value');
  });

test('a machine that agreed to less, to nothing, or took it back is refused, as its own gate would', async () => {
  const standard = await hub.participant('standard');
  const silent = await hub.machine();
  const former = await hub.participant('extended');
  assert.equal((await ask(former, REQUEST)).status, 200);
  assert.equal((await former.sendRecord(hub.choose(former, 'off'))).status, 200);
  for (const who of [standard, silent, former]) {
    const { status, json } = await ask(who, REQUEST);
    assert.deepEqual([status, json.reason], [422, 'participation']);
  }
});

test('a yes to a Statement that did not list the whole key is none to this question', async () => {
  const careful = await hub.machine();
  const listed = acceptedList(itemsOfStatement('basic', 'extended'));
  const accepted = listed.filter((line) => !line.startsWith('lookup.key:'));
  assert.equal(accepted.length, listed.length - 1);
  assert.equal((await careful.sendRecord(hub.choose(careful, 'extended', { accepted }))).status, 200);
  const { status, json } = await ask(careful, REQUEST);
  assert.deepEqual([status, json.item, json.reason], [422, 'lookup.key', 'not-accepted']);
});

test('one machine may ask so many times, then it waits; another is answered', async () => {
  const eager = await hub.machine();
  const statuses: number[] = [];
  for (let n = 0; n <= HISTORY_ROUTE_LIMITS.burst; n++) statuses.push((await ask(eager, null)).status);
  assert.deepEqual([statuses.at(-2), statuses.at(-1)], [422, 429]);
  assert.equal((await ask(machine, REQUEST)).status, 200);
  hub.world.pass(1_000 / HISTORY_ROUTE_LIMITS.perSecond);
  assert.equal((await ask(eager, null)).status, 422);
});
