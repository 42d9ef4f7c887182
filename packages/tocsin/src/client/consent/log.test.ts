import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { peekRecord } from '../../catalog/consent-record.ts';
import { Fields } from '../../catalog/fields.ts';
import type { LogPlace } from '../../catalog/settings.ts';
import { parseBase64 } from '../../protocol/base64.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { parseHubConsent } from './exchange.ts';
import { joinedAs, MACHINE } from './fixture.ts';
import type { LogRead } from './log.ts';
import {
  appendRecords,
  LOG_LIMITS,
  newestLocal,
  parseLog,
  placeOf,
  readLog,
  stateOf,
  verifyNext,
} from './log.ts';
import { keepReceipt, readReceipts, withoutReceipt } from './receipts.ts';
import { ConsentStage } from './stage-fixture.ts';

function vectors<T>(name: string): T {
  const file = new URL(`../../../../../spec/vectors/consent/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    if (error instanceof TocsinError) return error.code;
    throw error;
  }
}

interface LogCase {
  readonly name: string;
  readonly content: string;
  readonly want: LogRead['kind'];
  readonly base?: LogPlace;
  readonly head?: LogPlace | null;
  readonly torn?: number;
}

const logs = vectors<{ machine: string; machineKey: string; cases: LogCase[] }>('log');
const owner = {
  machine: logs.machine,
  key: createPublicKey({ key: Buffer.from(logs.machineKey, 'base64'), format: 'der', type: 'spki' }),
};

function file(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'lines.log');
}

test('the log: each vector, from bytes and from a file', (t) => {
  const path = file(t);
  assert.equal(readLog(path, owner, null).kind, 'absent');
  for (const { name, content, want, base = null, head, torn } of logs.cases) {
    writeFileSync(path, content);
    for (const read of [parseLog(Buffer.from(content), owner, base), readLog(path, owner, base)]) {
      assert.equal(read.kind, want, name);
      if (read.kind !== 'held') continue;
      assert.deepEqual(
        [placeOf(read.records.at(-1)), read.torn, read.end],
        [head, torn, content.length - torn!],
        name,
      );
    }
  }
});

test('the log: each vector of a record, as a line of it', () => {
  const { cases } = vectors<{ cases: { name: string; text: string; log: string }[] }>('records');
  for (const { name, text, log } of cases)
    assert.equal(
      codeOf(() => verifyNext(text, owner.key, null)),
      log,
      name,
    );
});

test('the log: the newest of each choice, and the newest that was not a policy’s', () => {
  const read = parseLog(Buffer.from(logs.cases[1]!.content), owner, null);
  assert.ok(read.kind === 'held');
  const { participation, sharing, commercial } = stateOf(read.records);
  assert.deepEqual([participation?.record.value, sharing?.record.value, commercial], ['off', 'no', null]);
  assert.equal(newestLocal(read.records), participation);
  assert.deepEqual(stateOf([]), { participation: null, sharing: null, commercial: null });
});

test('the log: any byte that is another one, and it holds no more', () => {
  const whole = Buffer.from(logs.cases[1]!.content);
  const full = parseLog(whole, owner, null);
  assert.ok(full.kind === 'held');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= mask;
      const read = parseLog(bytes, owner, null);
      // the last line end alone may be torn off by a crash: then the record was not acknowledged
      if (at === whole.length - 1)
        assert.ok(read.kind === 'held' && read.records.length === 2 && read.torn > 0);
      else assert.ok(read.kind === 'altered' || read.kind === 'foreign', `byte ${at}: ${read.kind}`);
    }),
    { seed: 20260115, numRuns: 500 },
  );
});

test('the log: arbitrary bytes are an answer, never a throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(2_000), (noise, at) => {
      const whole = Buffer.from(logs.cases[1]!.content);
      for (const bytes of [noise, Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)])]) {
        const read = parseLog(bytes, owner, null);
        assert.ok(['held', 'altered', 'foreign'].includes(read.kind));
        if (noise.length > 0 && bytes !== noise && at < whole.length)
          assert.notEqual(placeOf(read.kind === 'held' ? read.records.at(-1) : undefined)?.sequence, 3);
      }
    }),
    { seed: 20260115, numRuns: 300 },
  );
});

test('appending: mode 0600, each line whole, and a torn one cut off first', (t) => {
  const path = file(t);
  const read = parseLog(Buffer.from(logs.cases[1]!.content), owner, null);
  assert.ok(read.kind === 'held');
  const [first, second, third] = read.records;
  appendRecords(path, null, [first!]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  appendFileSync(path, 'half a line');
  const torn = readLog(path, owner, null);
  assert.ok(torn.kind === 'held');
  appendRecords(path, torn, [second!, third!]);
  assert.equal(readFileSync(path, 'utf8'), logs.cases[1]!.content);
});

test('appending: a full log refuses a yes, and keeps room for a no', (t) => {
  const read = parseLog(Buffer.from(logs.cases[1]!.content), owner, null);
  assert.ok(read.kind === 'held');
  const [yes, no] = read.records;
  const room = LOG_LIMITS.maxRecords - LOG_LIMITS.reserve;
  const full = { ...read, records: Array(room).fill(yes), end: 0, torn: 0 } as LogRead & { kind: 'held' };
  assert.equal(
    codeOf(() => appendRecords(file(t), full, [yes!])),
    'limit',
  );
  assert.equal(
    codeOf(() => appendRecords(file(t), full, [no!])),
    'accepted',
  );
});

test('what the hub shows of choices: each vector', async (t) => {
  const { log, machineKey, cases } = vectors<{
    log: string[];
    machineKey: string;
    cases: { name: string; have: number; hub: object; want: string }[];
  }>('adoption');
  const privateKey = createPrivateKey({
    key: Buffer.from(machineKey, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  const joined = await joinedAs(MACHINE, privateKey);
  for (const { name, have, hub, want } of cases) {
    const stage = new ConsentStage(t, joined);
    stage.beginWith(log.slice(0, have));
    const adopt = (): string => {
      const { sequence, records } = parseHubConsent(new Fields("hub's answer", hub));
      return stage.open().adopt(sequence, records).kind;
    };
    let answer: string;
    try {
      answer = adopt();
    } catch (error) {
      assert.ok(error instanceof TocsinError, name);
      answer = error.code;
    }
    assert.equal(answer, want, name);
    if (want === 'adopted') {
      assert.equal(stage.open().records().at(-1)?.record.sequence, 3, name);
      assert.equal(adopt(), 'same', name);
    }
    if (want === 'diverged') assert.equal(stage.open().current().kind, 'alarm', name);
  }
});

test('receipts: each vector, and which records have none', (t) => {
  const path = file(t);
  const { receiptKey, records, cases } = vectors<{
    receiptKey: string;
    records: string[];
    cases: { name: string; text: string; want: string }[];
  }>('receipts');
  const held = records.map(peekRecord);
  const key = parseBase64(receiptKey)!;
  for (const { name, text, want } of cases)
    assert.equal(
      codeOf(() => keepReceipt(path, text, key, held)),
      want === 'kept' ? 'accepted' : want,
      name,
    );
  const kept = readReceipts(path);
  assert.deepEqual([...kept.keys()], [held[0]!.sha256]);
  assert.deepEqual(
    withoutReceipt(held, kept).map(({ record }) => record.sequence),
    [2, 3],
  );
  assert.deepEqual(withoutReceipt(held.slice(1, 2), new Map()).length, 1, 'what came before is not known');
  writeFileSync(path, `no receipt\n${readFileSync(path, 'utf8')}torn`);
  assert.deepEqual([...readReceipts(path).keys()], [held[0]!.sha256]);
});
