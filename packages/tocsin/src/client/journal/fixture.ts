// What the tests of the journal share: requests that the gate made, a journal in a home of its own, its files as
// they are on disk. For tests only.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ConnectionCall } from '../../catalog/connection-calls.ts';
import type { Outgoing } from '../../catalog/gate.ts';
import { gateConnection } from '../../catalog/gate.ts';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { openLocalKey } from '../state/local-key.ts';
import { Journal } from './journal.ts';
import type { SentEntry } from './read.ts';
import type { JournalLimits } from './store.ts';

export const HUB = 'https://hub.example:8443';

/** A call that the gate let out; throws where it does not. */
export function gated(call: ConnectionCall): Outgoing {
  const decision = gateConnection(call);
  if (decision.kind !== 'released') throw new Error(`withheld: ${decision.reason}`);
  return decision.request;
}

export const LISTS = gated({
  reason: 'lists',
  method: 'GET',
  path: '/v1/lists',
  headers: { 'if-none-match': '"7"' },
});

/** With a body of these bytes. */
export function renewal(body: Uint8Array): Outgoing {
  return gated({
    reason: 'renewal',
    method: 'POST',
    path: '/.well-known/est/simplereenroll',
    headers: { 'content-type': 'application/pkcs10', 'content-transfer-encoding': 'base64' },
    body,
  });
}

export interface Place {
  readonly home: Home;
  readonly world: HandWorld;
  /** A handle as a process of its own has it; closed when the test ends. */
  readonly open: (limits?: Partial<JournalLimits>) => Journal;
}

export function journalPlace(t: TestContext): Place {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const open = (limits: Partial<JournalLimits> = {}): Journal => {
    const journal = Journal.open(home, world, openLocalKey(home, world).key, limits);
    t.after(() => journal.close());
    return journal;
  };
  return { home, world, open };
}

/** The journal's files as a crash of the machine would leave them: without the index in shared memory. */
export function copyJournal(from: Home, to: Home): void {
  mkdirSync(to.directory, { recursive: true, mode: 0o700 });
  for (const suffix of ['', '-wal'])
    if (existsSync(from.journal + suffix)) copyFileSync(from.journal + suffix, to.journal + suffix);
  if (existsSync(from.localKey)) copyFileSync(from.localKey, to.localKey);
}

/** Names of the files of a home that hold these bytes. */
export function filesWith(home: Home, word: string): string[] {
  return readdirSync(home.directory).filter((name) =>
    readFileSync(join(home.directory, name)).includes(word),
  );
}

/** `id state` of each entry, oldest first. */
export function states(journal: Journal): string[] {
  return [...journal.entries({ order: 'oldest' })].map(({ id, state }: SentEntry) => `${id} ${state}`);
}
