// What the tests of signed lists share: a machine that holds what its hub signed, and notes of answers. For tests only.
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { MANIFEST_NOTE_HEADER } from '../../protocol/manifest-note.ts';
import type { HubAnswer } from '../channel/channel.ts';
import type { FixtureList } from '../client-fixture.ts';
import { BAD, HandWorld, keyOf, MemoryHub, temporaryHome } from '../client-fixture.ts';
import { readHeldLists } from './store.ts';
import { updateLists } from './update.ts';

export const K = (n: number) => keyOf('file-sha256', n);
export const listOf = (n: number): FixtureList => ({
  role: 'malicious',
  kind: 'file-sha256',
  rows: [[K(n), BAD]],
});

export function stage(t: TestContext) {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const hub = new MemoryHub(t);
  const root = () => hub.keys.root;
  const update = () => updateLists({ home, channel: hub, world });
  const held = () => readHeldLists(home, root());
  const file = join(home.lists, 'lists.json');
  return { home, hub, root, update, held, file };
}

/** A stage whose hub has a log key, and whose machine holds its lists. */
export async function signedStage(t: TestContext) {
  const stand = stage(t);
  stand.hub.rotate();
  stand.hub.publish([listOf(1)]);
  await stand.update();
  return stand;
}

export function withNote(answer: HubAnswer, note: string | null): HubAnswer {
  const headers = { ...answer.headers };
  delete headers[MANIFEST_NOTE_HEADER];
  return note === null
    ? { ...answer, headers }
    : { ...answer, headers: { ...headers, [MANIFEST_NOTE_HEADER]: Buffer.from(note).toString('base64') } };
}

export const noteOf = ({ headers }: HubAnswer): string =>
  Buffer.from(String(headers[MANIFEST_NOTE_HEADER]), 'base64').toString();
