// The facts that `tocsin status` shows, gathered from this machine's files; `--json` prints them as they are.
import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ParticipationLevel } from '../catalog/consent.ts';
import { renderStatement } from '../catalog/statement.ts';
import type { Home } from '../client/home.ts';
import { loadJoined } from '../client/identity.ts';
import { listFile, readHeldLists } from '../client/list-store.ts';
import { Overrides } from '../client/overrides.ts';
import type { Participation } from '../client/participation.ts';
import { effectiveLevel, readParticipation } from '../client/participation.ts';
import { renewalDue } from '../protocol/certificates.ts';
import { errorWords } from '../protocol/errors.ts';
import type { ListEntry } from '../protocol/lookup.ts';
import type { World } from '../protocol/world.ts';

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
  readonly participation: Participation;
  /** What is in force, after the Statement was compared. */
  readonly participationLevel: ParticipationLevel;
  readonly statementSha256: string;
  readonly lists: {
    readonly revision: number;
    readonly checkedAt: number;
    readonly entries: readonly ListEntry[];
  } | null;
  readonly damagedLists: number;
  readonly overrides: { readonly allow: number; readonly deny: number };
  /** What needs attention, a sentence each. */
  readonly alarms: readonly string[];
}

export function statusOf(home: Home, world: World): Status {
  const alarms: string[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      alarms.push(errorWords(error));
      return otherwise;
    }
  };
  const statement = renderStatement();
  const participation = readParticipation(home);
  if (participation.kind === 'alarm') alarms.push(`${participation.why}. It counts as off`);
  const hub = attempt(() => hubOf(home), null);
  if (hub !== null && hub.certificateEnds < world.clock.now())
    alarms.push(
      "This machine's certificate has ended: it is renewed at the next contact with the hub ('tocsin sync')",
    );
  const held = attempt(() => readHeldLists(home), null);
  const damaged = held?.manifest.lists.filter((entry) => !isWhole(home, entry)) ?? [];
  for (const { role, kind } of damaged)
    alarms.push(`The list '${role}' of ${kind} is missing or cut short: 'tocsin sync' fetches it again`);
  return {
    v: 1,
    home: home.directory,
    hub,
    participation,
    participationLevel: effectiveLevel(participation, statement),
    statementSha256: statement.sha256,
    lists: held && {
      revision: held.manifest.revision,
      checkedAt: held.checkedAt,
      entries: held.manifest.lists,
    },
    damagedLists: damaged.length,
    overrides: attempt(() => countOverrides(home, world), { allow: 0, deny: 0 }),
    alarms,
  };
}

function hubOf(home: Home): Status['hub'] {
  const joined = loadJoined(home);
  if (joined === null) return null;
  const certificate = new X509Certificate(joined.identity.certificate);
  return {
    url: joined.url,
    root: joined.root.id,
    machineId: joined.identity.machineId,
    certificateEnds: certificate.validToDate.getTime(),
    renewalDue: renewalDue(certificate),
  };
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
