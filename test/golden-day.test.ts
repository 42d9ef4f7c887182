// The same day on machines of each edition at each participation, and exactly what leaves of it: every declared message
// is offered once with everything that it could carry, a choice is made, questions are asked, and the day ends with a
// withdrawal. Golden files: a change in what leaves is a change in them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { itemOf, MESSAGES } from '../packages/tocsin/src/catalog/catalog.ts';
import type { Consent, ParticipationLevel } from '../packages/tocsin/src/catalog/consent.ts';
import { PARTICIPATION_LEVELS } from '../packages/tocsin/src/catalog/consent.ts';
import { consentTo, TODAY } from '../packages/tocsin/src/catalog/consent-fixture.ts';
import type { SignedRecord } from '../packages/tocsin/src/catalog/consent-record.ts';
import { gateConnection, gateLookup } from '../packages/tocsin/src/catalog/gate.ts';
import type { Edition } from '../packages/tocsin/src/catalog/item.ts';
import { EDITIONS } from '../packages/tocsin/src/catalog/item.ts';
import { isEnvelopeItem } from '../packages/tocsin/src/catalog/items/envelope.ts';
import { collect } from '../packages/tocsin/src/client/outbox/collect.ts';
import { Sender } from '../packages/tocsin/src/client/outbox/sender.ts';
import { Spool } from '../packages/tocsin/src/client/outbox/spool.ts';
import { homeAt, makeHome } from '../packages/tocsin/src/client/state/home.ts';
import { LocalKey } from '../packages/tocsin/src/client/state/local-key.ts';
import type { World } from '../packages/tocsin/src/protocol/world.ts';

const GOLDEN = join(import.meta.dirname, 'golden', 'day');
const MORNING = Date.parse(`${TODAY}T08:00:00Z`);

class DayWorld implements World {
  #now = MORNING;
  readonly clock = { now: () => this.#now, monotonic: () => this.#now };

  random(size: number): Uint8Array {
    return new Uint8Array(size).fill(7);
  }

  pass(minutes: number): void {
    this.#now += minutes * 60_000;
  }
}

/** Control messages are made by the sender itself. */
const CONTROL = ['consent-receipt-request', 'tamper-alarm', 'erasure-request'];

/** A machine's day; one line for each thing that leaves, in order. */
async function day(edition: Edition, level: ParticipationLevel): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-day-'));
  const home = homeAt(join(directory, 'home'));
  makeHome(home);
  const world = new DayWorld();
  const key = LocalKey.of(Buffer.alloc(32, 1));
  const spool = Spool.open(home, world, () => ({ key, fresh: false, kept: 'file' }));
  const left: string[] = [];
  let consent: Consent = { ...consentTo(level, edition), sequence: level === 'off' ? 0 : 1 };
  let pending = level === 'off' ? [] : [recordOf(1, level)];
  const sender = new Sender({
    world,
    spool,
    consent: () => consent,
    deliver: async (released, head) => {
      const { sequence, consent: under, edition: of, madeAt } = head;
      left.push(
        JSON.stringify({ sequence, consent: under, edition: of, at: madeAt, ...JSON.parse(released.json) }),
      );
      return { kind: 'taken', outcome: 'stored', receipt: null, confirmation: 'signed' };
    },
    records: {
      pending: () => pending,
      reasonOf: () => 'given',
      newest: () => recordOf(consent.sequence, consent.level),
      receipted: () => {},
      adopt: () => {},
    },
    alarms: {
      pending: () => [],
      reported: () => {},
    },
    checkConsent: async () => {
      left.push(connection('consent', '/v1/consent'));
    },
    confirmed: () => {},
  });
  left.push(connection('lists', '/v1/lists'));
  for (const [kind, prefix] of [
    ['file-sha256', '9f80'],
    ['host', 'ff00'],
  ] as const) {
    const request = {
      v: 1,
      prefixes: [{ kind, bits: 10, prefix }],
    } as const;
    const asked = gateLookup(request, consent, { prefixBits: { 'file-sha256': 12, host: 12 } }, TODAY);
    if (asked.kind !== 'released') continue;
    const body = Buffer.from(asked.request.body!).toString();
    left.push(`${asked.request.message} ${body.trimEnd()} filled up to ${body.length} bytes`);
  }
  for (const message of MESSAGES.filter(
    ({ id, attribution }) => attribution === 'attributed' && !CONTROL.includes(id),
  )) {
    world.pass(7);
    const ids = message.items.filter((id) => !isEnvelopeItem(id));
    const items = Object.fromEntries(ids.map((id) => [id, itemOf(id)!.example]));
    const reason = Object.keys(message.reasons)[0]!;
    collect({ message: message.id, reason, items }, { spool, world, consent: () => consent });
  }
  world.pass(60);
  assert.equal((await sender.drain()).stopped, null);
  pending = [];
  if (level !== 'off') {
    spool.withdraw('withdrawn');
    consent = { ...consent, level: 'off', sequence: 2 };
    world.pass(1);
    assert.equal((await sender.drain()).stopped, null);
  }
  spool.close();
  rmSync(directory, { recursive: true });
  return `${left.join('\n')}\n`;
}

function connection(reason: string, path: string): string {
  const decision = gateConnection({ reason, method: 'GET', path });
  assert.ok(decision.kind === 'released');
  return `connection ${decision.request.method} ${decision.request.path}`;
}

/** The signed text is not at stake here: a short word stands for it. */
function recordOf(sequence: number, value: ParticipationLevel): SignedRecord {
  const record = { sequence, value, policy: null } as unknown as SignedRecord['record'];
  return { record, text: `record ${sequence} ${value}`, sha256: '' };
}

mkdirSync(GOLDEN, { recursive: true });
for (const edition of EDITIONS)
  for (const level of PARTICIPATION_LEVELS)
    test(`golden day: ${edition}, ${level}: exactly these messages leave`, async () => {
      const file = join(GOLDEN, `${edition}-${level}.txt`);
      const left = await day(edition, level);
      if (process.env['TOCSIN_UPDATE_GOLDEN'] === '1') writeFileSync(file, left);
      assert.equal(left, readFileSync(file, 'utf8'));
    });

test('golden day: with participation off it is the same in every edition, and only the connection', async () => {
  const days = await Promise.all(EDITIONS.map((edition) => day(edition, 'off')));
  assert.deepEqual([...new Set(days)], ['connection GET /v1/lists\n']);
});

test('golden day: standard is the same in every edition but for its name', async () => {
  const days = await Promise.all(
    EDITIONS.map(async (edition) =>
      (await day(edition, 'standard')).replaceAll(`"edition":"${edition}"`, ''),
    ),
  );
  assert.equal(new Set(days).size, 1);
});
