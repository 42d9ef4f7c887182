// Signed lists: what a machine takes, refuses and notices, whatever the other end and the disk do.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatEnvelope, signEnvelope } from '../../protocol/dsse.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { encodeKeysDocument, KEYS_PAYLOAD_TYPE, peekKeysDocument } from '../../protocol/keys-document.ts';
import { MANIFEST_NOTE_HEADER, signManifest } from '../../protocol/manifest-note.ts';
import { formatVerifierKey, signNote, verifierOf } from '../../protocol/signed-note.ts';
import type { HubAnswer } from '../channel/channel.ts';
import type { MemoryHub } from '../client-fixture.ts';
import { unsignedWords } from './proof.ts';
import { K, listOf, noteOf, signedStage, stage, withNote } from './proof-fixture.ts';
import { ListStore } from './store.ts';

test('signed lists are taken, and what proves them is kept', async (t) => {
  const { hub, update, held } = await signedStage(t);
  assert.equal(held()?.proof?.document.log, hub.keys.document.log);
  assert.equal(held()?.text, JSON.stringify(hub.manifest));
  hub.asked.length = 0;
  assert.deepEqual(await update(), { kind: 'current', revision: 1 });
  assert.deepEqual(hub.asked, ['GET /v1/lists'], 'by their entity tag alone');
});

test('a hub without a log key is believed by the channel alone, and one that gets a key from then on by it', async (t) => {
  const { hub, update, held } = stage(t);
  hub.publish([listOf(1)]);
  await update();
  assert.equal(held()?.proof, null);
  assert.equal(unsignedWords(held()!, hub.keys.text), null);
  hub.rotate();
  hub.asked.length = 0;
  assert.deepEqual(await update(), { kind: 'current', revision: 1 });
  assert.deepEqual(hub.asked, ['GET /v1/lists', 'GET /v1/lists'], 'once more, under the new keys');
  assert.equal(held()?.proof?.document.log, hub.keys.document.log);
});

type Forgery = readonly [
  name: string,
  words: RegExp,
  forge: (answer: HubAnswer, hub: MemoryHub) => HubAnswer,
];

const FORGERIES: readonly Forgery[] = [
  [
    'no note',
    /are not signed, want the signature of the log key '[0-9a-f]{32}\/log\+[0-9a-f]{8}'/,
    (a) => withNote(a, null),
  ],
  ['an empty note', /note/, (a) => withNote(a, '')],
  [
    'a note that is no base64',
    /no base64/,
    (a) => ({ ...a, headers: { ...a.headers, [MANIFEST_NOTE_HEADER]: '*' } }),
  ],
  ['a note without end', /too long/, (a) => withNote(a, 'x'.repeat(10_000))],
  ['a note that is cut', /signed note/, (a) => withNote(a, noteOf(a).slice(0, -9))],
  [
    'another revision in the note',
    /does not hold/,
    (a) => withNote(a, noteOf(a).replace(/revision \d+/, 'revision 9')),
  ],
  [
    'by another key of that name',
    /signed by '[0-9a-f]{32}\/log\+/,
    (a, hub) => {
      const stranger = { ...hub.signer!, privateKey: generateKeyPairSync('ed25519').privateKey };
      return withNote(a, signManifest(hub.keys.root.id, hub.manifest.revision, a.body.toString(), stranger));
    },
  ],
  [
    'for another hub',
    /no lists of this hub/,
    (a, hub) =>
      withNote(a, signManifest('0'.repeat(32), hub.manifest.revision, a.body.toString(), hub.signer!)),
  ],
  [
    'another text of the log key',
    /no lists of this hub/,
    (a, hub) => withNote(a, signNote('a\n', [hub.signer!])),
  ],
  [
    'a manifest that is changed',
    /not what was signed/,
    (a) => ({ ...a, body: Buffer.from(a.body.toString().replace('"rows":1', '"rows":2')) }),
  ],
  ['a manifest that is cut', /not what was signed/, (a) => ({ ...a, body: a.body.subarray(0, -1) })],
  [
    'a manifest that is no UTF-8',
    /no UTF-8/,
    (a) => ({ ...a, body: Buffer.concat([a.body, Buffer.of(0xff)]) }),
  ],
];

for (const [name, words, forge] of FORGERIES)
  test(`refused, and what is held stands: ${name}`, async (t) => {
    const { home, hub, update, file, root } = await signedStage(t);
    const before = readFileSync(file);
    hub.publish([listOf(2)]);
    hub.forge = (answer) => forge(answer, hub);
    await assert.rejects(update(), (error) => {
      assert.ok(error instanceof TocsinError, String(error));
      assert.match(error.message, words);
      return error.message.startsWith('Cannot ');
    });
    assert.deepEqual(readFileSync(file), before);
    const store = ListStore.open(home, root());
    assert.deepEqual(
      [1, 2].map((n) => store.answer(K(n)) !== null),
      [true, false],
    );
    store.close();
    hub.forge = null;
    assert.equal((await update()).kind, 'updated');
  });

test('older lists are refused under the same log key, however genuine; a new key counts anew', async (t) => {
  const { hub, update, held } = await signedStage(t);
  const replies: HubAnswer[] = [];
  hub.forge = (answer) => {
    replies.push(answer);
    return answer;
  };
  hub.publish([listOf(2)]);
  await update();
  hub.publish([listOf(3)]);
  await update();
  hub.forge = () => replies[0]!;
  await assert.rejects(update(), (error) => {
    assert.ok(error instanceof TocsinError && error.code === 'corrupt');
    assert.match(error.message, /of revision 2, want 3 or newer/);
    return true;
  });
  assert.equal(held()?.manifest.revision, 3);
  hub.forge = null;
  hub.rotate();
  hub.manifest = { ...hub.manifest, revision: 0 };
  hub.publish([listOf(4)]);
  await update();
  assert.equal(held()?.manifest.revision, 1);
});

test('after a rotation lists are taken under the new keys only; until a machine has these, what it holds stands', async (t) => {
  const { hub, update, held } = await signedStage(t);
  const old = held()?.proof?.document.log;
  hub.followsKeys = false;
  hub.rotate();
  hub.publish([listOf(2)]);
  await assert.rejects(update(), { code: 'corrupt', message: /signed by .*, want the signature of/ });
  assert.deepEqual([held()?.manifest.revision, held()?.proof?.document.log], [1, old]);
  hub.followsKeys = true;
  hub.forge = () => ({ status: 304, headers: {}, body: Buffer.alloc(0) });
  await assert.rejects(
    update(),
    { code: 'corrupt', message: /are not signed/ },
    'it was not asked whether something is new',
  );
  hub.forge = null;
  await update();
  assert.equal(held()?.manifest.revision, 2);
  assert.notEqual(held()?.proof?.document.log, old);
  assert.equal(held()?.proof?.document.log, hub.keys.document.log);
});

type Held = { v: number; hub: string; manifest: string; proof: { note: string; keys: string } | null };

/** What a thief of the disk makes who has keys of his own: only the pinned root tells it from what the hub signed. */
function forgedBy(held: Held): object {
  const [root, log] = [0, 1].map(() => generateKeyPairSync('ed25519').privateKey);
  const signer = { name: `${held.hub}/log`, privateKey: log! };
  const manifest = held.manifest.replace(/"lists":\[.*\]/, '"lists":[]');
  const document = { ...peekKeysDocument(held.proof!.keys), log: formatVerifierKey(verifierOf(signer)) };
  const payload = encodeKeysDocument(document);
  const keys = formatEnvelope(signEnvelope(KEYS_PAYLOAD_TYPE, payload, held.hub, root!));
  return { ...held, manifest, proof: { note: signManifest(held.hub, 1, manifest, signer), keys } };
}

const ALTERED: readonly (readonly [name: string, alter: (held: Held, other: Held) => object])[] = [
  ['a digest', (h) => ({ ...h, manifest: h.manifest.replace(/"digest":"../, '"digest":"00') })],
  ['the lists of another revision', (h, other) => ({ ...h, manifest: other.manifest })],
  ['no lists', (h) => ({ ...h, manifest: h.manifest.replace(/"lists":\[.*\]/, '"lists":[]') })],
  [
    'the note',
    (h) => ({ ...h, proof: { ...h.proof, note: h.proof!.note.replace('revision 1', 'revision 2') } }),
  ],
  ['all of another hub', (_, other) => other],
  ['all of another hub, under the name of this one', (h, other) => ({ ...other, hub: h.hub })],
  ['the keys of another hub', (h, other) => ({ ...h, proof: { ...h.proof, keys: other.proof!.keys } })],
  ['lists, note and keys of a stranger, under the name of this hub', (h) => forgedBy(h)],
  ['no keys', (h) => ({ ...h, proof: { note: h.proof!.note } })],
  ['a proof that is a text', (h) => ({ ...h, proof: 'signed' })],
  ['a later version', (h) => ({ ...h, v: 3 })],
];

test('what was altered on the disk is noticed, answers nothing, and is fetched anew', async (t) => {
  const { home, hub, update, held, file, root } = await signedStage(t);
  const other = await signedStage(t);
  other.hub.publish([listOf(9)]);
  await other.update();
  const read = (path: string): Held => JSON.parse(readFileSync(path, 'utf8')) as Held;
  for (const [name, alter] of ALTERED) {
    writeFileSync(file, JSON.stringify(alter(read(file), read(other.file))));
    assert.throws(held, { code: 'corrupt', message: /want it as 'tocsin sync' writes it/ }, name);
    const store = ListStore.open(home, root());
    assert.deepEqual([store.answer(K(1)), store.held, store.damaged.length], [null, null, 1], name);
    store.close();
    assert.deepEqual(await update(), {
      kind: 'updated',
      revision: 1,
      files: 0,
      bytes: 0,
      deltas: 0,
      deltaBytes: 0,
    });
    assert.equal(held()?.text, JSON.stringify(hub.manifest));
  }
});

test('a signature that was taken away, and lists from before there was one, stand and are told', async (t) => {
  const { hub, update, held, file } = await signedStage(t);
  const { manifest, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Held;
  for (const unsigned of [
    { ...rest, manifest, proof: null },
    { ...rest, v: 1, manifest: JSON.parse(manifest) as unknown },
  ]) {
    writeFileSync(file, JSON.stringify(unsigned));
    assert.equal(held()?.proof, null);
    assert.match(unsignedWords(held()!, hub.keys.text) ?? '', /not signed.*tocsin sync/);
    await update();
    assert.equal(unsignedWords(held()!, hub.keys.text), null);
  }
});

test('lists that are signed by a key that the hub replaced stand and are told until newer ones come', async (t) => {
  const { hub, update, held } = await signedStage(t);
  const before = held()!;
  const keysBefore = hub.keys.text;
  hub.rotate();
  await update();
  assert.equal(unsignedWords(held()!, keysBefore), null, 'lists under a newer document than the one at hand');
  assert.match(unsignedWords(before, hub.keys.text) ?? '', /a key that the hub replaced.*tocsin sync/);
  assert.equal(unsignedWords(held()!, hub.keys.text), null);
});
