// The facts that `tocsin status` shows, gathered from this machine's files; `--json` prints them as they are.
import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ParticipationLevel } from '../catalog/consent.ts';
import { statementVersion } from '../catalog/statement/statement.ts';
import type { Joined } from '../client/channel/identity.ts';
import { loadJoined } from '../client/channel/identity.ts';
import type { HomeConsents } from '../client/consent/home.ts';
import { openConsents } from '../client/consent/home.ts';
import { statementFor } from '../client/consent/set-participation.ts';
import type { ConsentState } from '../client/consent/state.ts';
import { journalTrouble } from '../client/journal/journal.ts';
import { unsignedWords } from '../client/lists/proof.ts';
import type { HeldLists } from '../client/lists/store.ts';
import { listFile, readHeldLists } from '../client/lists/store.ts';
import { Overrides } from '../client/lookup/overrides.ts';
import { alarmWords } from '../client/self-defence/alarm-words.ts';
import type { Home } from '../client/state/home.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { renewalDue } from '../protocol/certificates.ts';
import { errorWords } from '../protocol/errors.ts';
import type { ListEntry } from '../protocol/lookup.ts';
import type { World } from '../protocol/world.ts';
import { chosenAsJson } from './participation-json.ts';

export interface Status {
  readonly v: 1;
  readonly home: string;
  readonly hub: {
    readonly url: string;
    readonly root: string;
    readonly machineId: string;
    /** Milliseconds since 1970, as all times here. */
    readonly certificateEnds: number;
    readonly renewalDue: number;
  } | null;
  /** The choice: `kind`, and where there is one `level`, `statementSha256`, `at`, `by`. */
  readonly participation: Readonly<Record<string, unknown>>;
  /** What is in force. */
  readonly participationLevel: ParticipationLevel;
  /** Of the Statement that holds for this machine now, in English. */
  readonly statementSha256: string;
  readonly statementVersion: string;
  readonly selfDefence: boolean;
  readonly lists: {
    readonly revision: number;
    readonly checkedAt: number;
    /** What they were verified by when they came, and are each time they are read; null: they are not signed. */
    readonly signed: {
      /** Verifier key: the hub's log key. */
      readonly key: string;
      /** The keys document that named it, and since when that counts. */
      readonly keysNumber: number;
      readonly keysIssued: number;
    } | null;
    readonly entries: readonly ListEntry[];
  } | null;
  readonly damagedLists: number;
  /** False where nothing can be written down any more, and so nothing sent and nothing fetched. */
  readonly journalUsable: boolean;
  readonly overrides: { readonly allow: number; readonly deny: number };
  /** What needs attention, a sentence each. */
  readonly alarms: readonly string[];
}

/** The status, and the state of participation that it tells of in words. */
export interface Facts {
  readonly status: Status;
  readonly state: ConsentState;
}

export function statusOf(home: Home, world: World): Facts {
  const alarms: string[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      alarms.push(errorWords(error));
      return otherwise;
    }
  };
  const { state, trouble, outbox } = consentsOf(home, world);
  if (state.kind === 'alarm') alarms.push(alarmWords(state.alarm));
  if (trouble !== null) alarms.push(trouble);
  if (outbox !== null) alarms.push(outbox);
  const joined = attempt(() => loadJoined(home), null);
  const hub = joined && attempt(() => hubOf(joined), null);
  if (hub !== null && hub.certificateEnds < world.clock.now())
    alarms.push(
      "This machine's certificate has ended: it is renewed at the next contact with the hub ('tocsin sync')",
    );
  const held = attempt(() => readHeldLists(home, joined?.root ?? null), null);
  const notSigned = joined && held && unsignedWords(held, joined.keysText);
  if (notSigned !== null) alarms.push(notSigned);
  const damaged = held?.manifest.lists.filter((entry) => !isWhole(home, entry)) ?? [];
  for (const { role, kind } of damaged)
    alarms.push(`The list '${role}' of ${kind} is missing or cut short: 'tocsin sync' fetches it again`);
  const unusable = journalTrouble(home, world, lazyLocalKey(home, world));
  if (unusable !== null && !alarms.includes(errorWords(unusable))) alarms.push(errorWords(unusable));
  const status: Status = {
    v: 1,
    home: home.directory,
    hub,
    participation: chosenAsJson(state),
    participationLevel: state.consent.level,
    statementSha256: statementFor(state.place, 'en').sha256,
    statementVersion: statementVersion(state.place.terms),
    selfDefence: state.selfDefence,
    lists: held && listsOf(held),
    damagedLists: damaged.length,
    journalUsable: unusable === null,
    overrides: attempt(() => countOverrides(home, world), { allow: 0, deny: 0 }),
    alarms,
  };
  return { status, state };
}

function consentsOf(
  home: Home,
  world: World,
): { readonly state: ConsentState; readonly trouble: string | null; readonly outbox: string | null } {
  const consents = openConsents({ home, world });
  try {
    const { source } = consents;
    return { state: source.current(), trouble: source.trouble, outbox: outboxAlarm(consents) };
  } finally {
    consents.close();
  }
}

/** An outbox that cannot be opened at all is told with participation. */
function outboxAlarm(consents: HomeConsents): string | null {
  try {
    const at = consents.spoolIfThere()?.damagedAt ?? null;
    return (
      at && `The outbox was found damaged on ${at.slice(0, 10)} and begun anew: what waited in it is lost`
    );
  } catch {
    return null;
  }
}

function hubOf(joined: Joined): Status['hub'] {
  const certificate = new X509Certificate(joined.identity.certificate);
  return {
    url: joined.url,
    root: joined.root.id,
    machineId: joined.identity.machineId,
    certificateEnds: certificate.validToDate.getTime(),
    renewalDue: renewalDue(certificate),
  };
}

function listsOf({ manifest, checkedAt, proof }: HeldLists): Status['lists'] {
  const { revision, lists: entries } = manifest;
  if (proof === null) return { revision, checkedAt, signed: null, entries };
  const { log: key, number: keysNumber, issued } = proof.document;
  return { revision, checkedAt, signed: { key, keysNumber, keysIssued: issued * 1000 }, entries };
}

function isWhole(home: Home, { digest, bytes }: ListEntry): boolean {
  return statSync(listFile(home, digest), { throwIfNoEntry: false })?.size === bytes;
}

function countOverrides(home: Home, world: World): Status['overrides'] {
  const overrides = Overrides.open(home, world);
  try {
    const list = overrides.list();
    const allow = list.filter(({ action }) => action === 'allow').length;
    return { allow, deny: list.length - allow };
  } finally {
    overrides.close();
  }
}
