// What a person sees of participation: real processes, a machine that joined a hub which is away.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { saveJoined } from '../client/channel/identity.ts';
import { HandWorld } from '../client/client-fixture.ts';
import { joinedAs, MACHINE, PRODUCT, signedTerms } from '../client/consent/fixture.ts';
import { NO_OUTBOX, placesOf } from '../client/consent/places.ts';
import { placeFor, setParticipation, statementFor } from '../client/consent/set-participation.ts';
import { ConsentSource } from '../client/consent/source.ts';
import { ConsentHub } from '../client/consent/stage-fixture.ts';
import { homeAt } from '../client/state/home.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { Stage } from './run-fixture.ts';

/** Nothing listens there. */
const AWAY = 'https://127.0.0.1:1';

interface Place {
  readonly stage: Stage;
  readonly hub: ConsentHub;
  readonly source: ConsentSource;
  readonly accept: (level?: string) => string;
}

/** A machine whose hub gave it terms, and is away since. */
async function joinedStage(t: TestContext): Promise<Place> {
  const stage = new Stage(t);
  const home = homeAt(stage.home);
  const joined = { ...(await joinedAs(MACHINE)), url: AWAY };
  saveJoined(home, joined);
  const world = new HandWorld();
  const productUuid = stage.path('product_uuid');
  writeFileSync(productUuid, PRODUCT);
  const parts = { home, world, localKey: lazyLocalKey(home, world), outbox: () => NO_OUTBOX };
  const source = ConsentSource.open(parts);
  const hub = new ConsentHub();
  hub.terms = signedTerms();
  await source.refresh(hub.call);
  const accept = (): string => statementFor(placeFor(source.current(), {}), 'en').sha256;
  return { stage, hub, source, accept };
}

/** Times and the address of the machine vary. */
function shape(text: string): string {
  return text.replace(/20\d\d-\d\d-\d\d \d\d:\d\d UTC/g, 'TIME').replace(/[0-9a-f]{64}/g, 'SHA256');
}

test('without a hub: off, and nothing else can be chosen', async (t) => {
  const stage = new Stage(t);
  const shown = await stage.run(['participation']);
  assert.deepEqual(shown, {
    status: 0,
    out: 'Participation is off: no look-up leaves this machine; it answers from its own lists\nNobody has chosen yet.\n',
    err: "hint: to let look-ups out, run 'tocsin participation standard'; 'tocsin statement' tells what they send\n",
  });
  const on = await stage.run(['participation', 'standard', '--accept', 'a'.repeat(64)]);
  assert.equal(on.status, 2);
  assert.match(
    on.err,
    /^tocsin: Cannot set participation to 'standard': this machine has joined no hub, want 'tocsin join URL TOKEN' first$/m,
  );
  assert.equal((await stage.run(['participation', 'off'])).status, 0);
  assert.equal(existsSync(stage.home), false, 'and nothing is made on disk');
});

test('words that do not fit: one sentence, a hint and status 2', async (t) => {
  const stage = new Stage(t);
  const table: readonly [string[], RegExp][] = [
    [
      ['participation', 'on'],
      /^tocsin: command-argument value 'on' is invalid for argument 'level'\. Allowed choices are off, standard, extended\.\nhint: run 'tocsin participation --help'\n$/,
    ],
    [['participation', '--sharing', 'maybe'], /Allowed choices are yes, no/],
    [['participation', '--jurisdiction', 'Germany'], /want 'DE' for Germany/],
    [['participation', '--jurisdiction', 'XX'], /no place of ISO 3166-1/],
    [['participation', 'receipt'], /no choice was recorded on this machine/],
    [['self-defence', 'perhaps'], /Allowed choices are on, off/],
  ];
  for (const [words, err] of table) {
    const ran = await stage.run(words);
    assert.equal(ran.status, 2, words.join(' '));
    assert.match(ran.err, err, words.join(' '));
  }
});

test('choosing in a script: by the hash of the Statement, with what begins and ends', async (t) => {
  const { stage, accept } = await joinedStage(t);
  const refused = await stage.run(['participation', 'standard']);
  assert.equal(refused.status, 2);
  assert.match(refused.err, /nobody is here to accept the Statement, want --accept with its SHA-256/);
  const wrong = await stage.run(['participation', 'standard', '--accept', 'f'.repeat(64)]);
  assert.match(shape(wrong.err), /'SHA256' is not the Statement for this machine, want --accept SHA256/);
  const on = await stage.run(['participation', 'standard', '--accept', accept().toUpperCase()]);
  assert.equal(on.status, 0, on.err);
  assert.match(on.err, /^warning: the hub could not be asked for its newest terms\./m);
  assert.equal(
    shape(on.out),
    [
      'Participation is standard: what nobody here knows is asked of the hub by the first bits of its digest, and the short list of the Statement is reported',
      'Chosen on TIME, under Statement 2.1.',
      'Sharing with third parties: no (not chosen). Commercial use: no (not chosen).',
      '',
    ].join('\n'),
  );
  const off = await stage.run(['participation', 'off']);
  assert.equal(off.status, 0);
  assert.match(off.err, /^This ends:\n {2}- answers about files that are in no list of this machine/m);
  assert.match(off.err, /^This stays:\n {2}- protection by the lists of this machine\n/m);
  assert.match(off.out, /^Participation is off: /);
});

test('as JSON: the members of release 0.1.0, and more', async (t) => {
  const { stage, accept } = await joinedStage(t);
  await stage.run(['participation', 'extended', '--accept', accept(), '--sharing', 'yes']);
  const json = JSON.parse((await stage.run(['participation', '--json'])).out) as Record<string, unknown> & {
    chosen: Record<string, unknown>;
  };
  assert.equal(json['level'], 'extended');
  assert.deepEqual(
    [json.chosen['kind'], json.chosen['level'], json.chosen['by']],
    ['chosen', 'extended', 'person'],
  );
  assert.equal(json.chosen['statementSha256'], accept());
  assert.equal(typeof json.chosen['at'], 'number');
  assert.equal(json['statementSha256'], accept());
  assert.deepEqual([json['regime'], json['jurisdiction'], json['edition']], ['opt-in', 'DE', 'basic']);
  assert.deepEqual(json['sharing'], { value: 'yes', by: 'person', counts: true, heldByTerms: false });
  assert.equal(json['notCountersigned'], 2);
});

test('the first yes to sharing shows who receives what', async (t) => {
  const { stage, accept } = await joinedStage(t);
  const { err } = await stage.run([
    'participation',
    '--sharing',
    'yes',
    '--commercial',
    'yes',
    '--accept',
    accept(),
  ]);
  assert.match(
    err,
    /^Shared with third parties, of what this machine sends at the level that is chosen:\n {2}- Example University \(DE\): research on threats$/m,
  );
  assert.match(err, /^Used commercially: nobody so far; the operator names none/m);
  const { out } = await stage.run(['participation']);
  assert.match(
    out,
    /^Sharing with third parties: yes\. Commercial use: yes; nothing is used while participation is off\.$/m,
  );
});

test('receipt and history: the record as it was signed, and the countersignature', async (t) => {
  const { stage, hub, source, accept } = await joinedStage(t);
  source.change((parts) => setParticipation(parts, { level: 'standard', sharing: 'no', accept: accept() }));
  const key = readIdentityKey(stage);
  const before = await stage.run(['participation', 'receipt']);
  assert.match(before.out, /^Countersigned {3}not yet$/m);
  for (const { text } of source.toSend.pending()) source.toSend.receipted(hub.take(text, await key));
  const { out } = await stage.run(['participation', 'receipt']);
  assert.equal(
    shape(out),
    [
      'Choice          participation: standard',
      'Made            TIME by a person',
      `Machine         ${MACHINE}`,
      'Rule            opt-in, DE',
      'Statement       version 2.1 (en), SHA-256 SHA256',
      'Record          1, SHA-256 SHA256',
      'Countersigned   TIME',
      'Receipt         SHA256',
      '',
    ].join('\n'),
  );
  const json = JSON.parse((await stage.run(['participation', 'receipt', '--json'])).out) as Record<
    string,
    unknown
  >;
  assert.equal(json['text'], source.records()[0]!.text);
  assert.equal((json['receipt'] as { text: string }).text, source.receiptOf(source.records()[0]!)?.text);
  const iso = JSON.parse((await stage.run(['participation', 'receipt', '--format', '27560'])).out) as Record<
    string,
    unknown
  >;
  assert.equal(iso['pii_principal_id'], `urn:uuid:${MACHINE}`);
  assert.equal(iso['receipt_id'], source.receiptOf(source.records()[0]!)?.id);
  const history = await stage.run(['participation', 'history']);
  assert.equal(
    shape(history.out),
    [
      '   1  TIME  participation standard    person     Statement 2.1  countersigned',
      '   2  TIME  sharing no                person     countersigned',
      '',
    ].join('\n'),
  );
  const lines = (await stage.run(['participation', 'history', '--json'])).out.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence),
    [1, 2],
  );
});

test('an alarm: what happened, and how to mend it', async (t) => {
  const { stage, source, accept } = await joinedStage(t);
  source.change((parts) => setParticipation(parts, { level: 'standard', accept: accept() }));
  const path = placesOf(homeAt(stage.home)).settings;
  writeFileSync(path, readFileSync(path, 'latin1').replace('"payload"', '"Payload"'));
  const shown = await stage.run(['participation']);
  assert.match(shown.out, /^Participation is off: /);
  assert.match(
    shown.out,
    /^ALARM: The settings that say what is sent and to whom, or their seal, do not hold \(.*\), found .* UTC\. Participation counts as off$/m,
  );
  assert.match(
    shown.err,
    /^hint: set it again: 'tocsin participation off' or 'tocsin participation standard'/m,
  );
  const looked = await stage.run(['self-defence']);
  assert.equal(looked.status, 1);
  assert.match(looked.out, /^Self-defence is on\.\nALARM The settings/);
  const json = JSON.parse((await stage.run(['self-defence', '--json'])).out) as { alarm: { code: string } };
  assert.equal(json.alarm.code, 'settings-altered');
  assert.equal((await stage.run(['participation', 'off'])).status, 0);
  assert.equal((await stage.run(['self-defence'])).status, 0);
});

test('self-defence off: visible, and it says who must protect the files then', async (t) => {
  const { stage, source, accept } = await joinedStage(t);
  source.change((parts) => setParticipation(parts, { level: 'standard', accept: accept() }));
  const off = await stage.run(['self-defence', 'off']);
  assert.equal(off.status, 0);
  assert.equal(off.out, 'Self-defence is off.\nThe settings are as they were set (number 2).\n');
  assert.match(
    off.err,
    /^warning: nobody is told any more when settings change\. Protect the files in DIR\/home by other means/,
  );
  assert.match((await stage.run(['participation'])).err, /^warning: self-defence is switched off/m);
  assert.deepEqual(await stage.run(['self-defence', 'on']), {
    status: 0,
    out: 'Self-defence is on.\nThe settings are as they were set (number 3).\n',
    err: '',
  });
});

test('an old choice that cannot be read is an alarm, and off', async (t) => {
  const { stage } = await joinedStage(t);
  writeFileSync(stage.path('home/participation.json'), '{"level":"extended"}');
  const { out } = await stage.run(['participation']);
  assert.match(out, /^ALARM: Cannot read the participation setting: .*It counts as off$/m);
});

async function readIdentityKey(stage: Stage): Promise<import('node:crypto').KeyObject> {
  const { createPrivateKey } = await import('node:crypto');
  const { loadJoined } = await import('../client/channel/identity.ts');
  return createPrivateKey(loadJoined(homeAt(stage.home))!.identity.privateKey);
}
