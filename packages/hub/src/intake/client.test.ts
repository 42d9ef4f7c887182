// The machine's own sending code against this intake, over real TLS: what one end writes, the other one reads.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';
import { consentTo, TODAY } from 'tocsin/catalog/consent-fixture.ts';
import { verifyReceipt } from 'tocsin/catalog/consent-receipt.ts';
import type { SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { signRecord } from 'tocsin/catalog/consent-record.ts';
import { acceptedList } from 'tocsin/catalog/fingerprint.ts';
import type { Candidate } from 'tocsin/catalog/gate.ts';
import { gateMessage } from 'tocsin/catalog/gate.ts';
import { itemsOfStatement } from 'tocsin/catalog/statement/statement.ts';
import { connectHub, type HubChannel } from 'tocsin/client/channel/channel.ts';
import { join } from 'tocsin/client/channel/enrol.ts';
import { deliverOver } from 'tocsin/client/outbox/deliver.ts';
import type { HubWord } from 'tocsin/client/outbox/hub-word.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import { isSignedBy, parseEnvelope } from 'tocsin/protocol/dsse.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import { mintToken } from '../access/tokens.ts';
import { NO_RECORDER } from '../server/outgoing-fixture.ts';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import { exampleOf } from './machine-fixture.ts';

let hub: IntakeHub;
const directory = mkdtempSync(joinPath(tmpdir(), 'tocsin-'));
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true });
});

interface Client {
  readonly channel: HubChannel;
  /** Gates, signs, seals and sends as the sender does. */
  send(candidate: Candidate, consent?: number, sequence?: number): Promise<HubWord>;
  choose(value: 'off' | 'standard'): SignedRecord;
}

async function client(): Promise<Client> {
  const { keys, world, port } = hub;
  const token = await mintToken(new PostgresAccessStore(hub.hub.db), keys.root, world);
  const home = homeAt(joinPath(directory, token.text.slice(-8)));
  const url = `https://127.0.0.1:${port}`;
  const { identity } = await join(home, url, token.text, world);
  const channel = connectHub({ url, keys: keys.keys, identity, world, recorder: NO_RECORDER });
  const privateKey = createPrivateKey(identity.privateKey);
  const deliver = deliverOver(async () => channel, { id: identity.machineId, privateKey });
  const records: SignedRecord[] = [];
  let last = 0;
  const now = (): string => `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`;
  return {
    channel,
    send: async (candidate, consent = records.length, sequence = ++last) => {
      const decision = gateMessage(candidate, consentTo('extended'), TODAY);
      assert.ok(decision.kind === 'released', JSON.stringify(decision));
      return deliver(decision.message, { epoch: 5, sequence, consent, edition: 'basic', madeAt: now() });
    },
    choose: (value) => {
      const signed = signRecord(
        {
          v: 1,
          sequence: records.length + 1,
          previous: records.at(-1)?.sha256 ?? null,
          machine: identity.machineId,
          at: now(),
          choice: 'participation',
          value,
          by: 'person',
          policy: null,
          jurisdiction: 'DE',
          regime: 'opt-in',
          statement: value === 'off' ? null : { version: '2.1', sha256: 'ab'.repeat(32), language: 'en' },
          terms: hub.participation.terms.current.fingerprint,
          edition: 'basic',
          accepted: value === 'off' ? [] : acceptedList(itemsOfStatement('basic', value)),
        },
        privateKey,
      );
      records.push(signed);
      return signed;
    },
  };
}

const STATE = exampleOf('software-state');
const recordItems = ({ text }: SignedRecord): Record<string, string> => ({
  'connection.consent_record': Buffer.from(text).toString('base64'),
});
const showing = (record: SignedRecord): Candidate => ({
  message: 'consent-receipt-request',
  reason: 'given',
  items: recordItems(record),
});

test('client: a record is countersigned, a message taken once, and a lost answer is a duplicate', async () => {
  const machine = await client();
  const record = machine.choose('standard');
  assert.deepEqual(await machine.send(STATE), { kind: 'other-consent', sequence: 0, records: [] });
  const word = await machine.send(showing(record));
  assert.ok(word.kind === 'taken' && word.outcome === 'stored' && word.receipt !== null);
  const { receipt } = verifyReceipt(word.receipt, hub.keys.receipt.publicKey);
  assert.deepEqual([receipt.sequence, receipt.record], [1, record.sha256]);
  const stored = { kind: 'taken', outcome: 'stored', receipt: null, confirmation: null };
  assert.deepEqual(await machine.send(STATE, 1, 100), stored);
  assert.deepEqual(await machine.send(STATE, 1, 100), { ...stored, outcome: 'duplicate' });
  machine.channel.close();
});

test('client: what the hub does not take is refused by its reason, and an older choice gets the newer record', async () => {
  const machine = await client();
  await machine.send(showing(machine.choose('standard')));
  const refused = await machine.send(exampleOf('update-result', 'extended'));
  assert.ok(refused.kind === 'refused' && refused.reason === 'participation');
  const off = machine.choose('off');
  await machine.send(showing(off));
  const behind = await machine.send(STATE, 1);
  assert.deepEqual(behind, { kind: 'other-consent', sequence: 2, records: [off.text] });
  machine.channel.close();
});

test('client: a withdrawal is confirmed by signature, with the receipt of its record', async () => {
  const machine = await client();
  await machine.send(showing(machine.choose('standard')));
  await machine.send(STATE);
  const items = {
    'connection.erasure_scope': 'all',
    'connection.erasure_until': 2,
    ...recordItems(machine.choose('off')),
  };
  const word = await machine.send({ message: 'erasure-request', reason: 'withdrawn', items });
  assert.ok(word.kind === 'taken' && word.confirmation !== null && word.receipt !== null);
  const envelope = parseEnvelope(word.confirmation);
  assert.ok(isSignedBy(envelope, hub.keys.receipt.publicKey));
  const { until, messages } = JSON.parse(Buffer.from(envelope.payload).toString());
  assert.deepEqual([until, messages], [{ epoch: 5, sequence: 2 }, 1]);
  machine.channel.close();
});
