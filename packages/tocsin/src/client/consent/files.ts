// Reads everything that says what this machine agreed to, in the order in which a change never shows half of itself:
// the guard first, then what is written before it (spec/settings.md, section 5). Judges nothing: settings.ts does.
import { statSync } from 'node:fs';
import type { Policy } from '../../catalog/policy.ts';
import type { SignedSettings } from '../../catalog/settings.ts';
import { SETTINGS_LIMITS, verifySettings } from '../../catalog/settings.ts';
import type { Terms } from '../../catalog/terms.ts';
import { errorWords } from '../../protocol/errors.ts';
import { isCopy, PRODUCT_UUID, productMark } from '../self-defence/clone.ts';
import type { Guard, GuardRead } from '../self-defence/guard.ts';
import { readGuard } from '../self-defence/guard.ts';
import { readSmallFile } from '../state/home.ts';
import type { HubFile } from './hub-file.ts';
import { readHubFile } from './hub-file.ts';
import type { LogRead } from './log.ts';
import { readLog } from './log.ts';
import type { OwnerRead } from './owner.ts';
import { readOwner } from './owner.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import { POLICY_FILE } from './policy-store.ts';
import { TERMS_FILE } from './terms-store.ts';

export type SettingsFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'held'; readonly signed: SignedSettings }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'altered'; readonly why: string };

/** All of it at one moment, each with what is wrong with it. */
export interface ConsentFiles {
  readonly owner: OwnerRead;
  readonly guard: GuardRead;
  readonly settings: SettingsFile;
  readonly log: LogRead;
  readonly policy: HubFile<Policy>;
  readonly terms: HubFile<Terms>;
  /** True where this machine is not the one that the guard was made on. */
  readonly copied: boolean;
}

/** Never throws: whatever is wrong with a file is in the answer. */
export function readConsentFiles(parts: ConsentParts): ConsentFiles {
  const { home, world, localKey } = parts;
  const places = placesOf(home);
  const owner = readOwner(home, world.clock);
  const guard = readGuard(places.guard, localKey);
  const seen = guard.kind === 'held' ? guard.guard : null;
  const own = owner.kind === 'owner' ? owner.owner : null;
  const receiptKey = own === null ? () => null : own.receiptKey;
  return {
    guard,
    owner,
    settings: readSettingsFile(places.settings, owner),
    log: own === null ? presence(places.log) : readLog(places.log, own, baseOf(seen, own.machine)),
    policy: readHubFile(places.policy, POLICY_FILE, seen?.policy ?? null, receiptKey),
    terms: readHubFile(places.terms, TERMS_FILE, seen?.terms ?? null, receiptKey),
    copied: seen !== null && isCopied(parts, seen),
  };
}

/** A file may change twice within one tick of the file system's clock. */
const TICK_MS = 50;

/**
 * By stat only: the same text again means that none of the files has changed. Null where that cannot be told: a file
 * was changed just now, or cannot be looked at.
 */
export function stampOf({ home, world }: Pick<ConsentParts, 'home' | 'world'>): string | null {
  const { guard, settings, log, policy, terms, identity, former } = placesOf(home);
  const now = world.clock.now();
  let all = '';
  try {
    for (const path of [guard, settings, log, policy, terms, identity, former]) {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) all += '- ';
      else if (Math.abs(now - Number(stat.ctimeMs)) < TICK_MS) return null;
      else all += `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} `;
    }
  } catch {
    return null;
  }
  return all;
}

function readSettingsFile(path: string, owner: OwnerRead): SettingsFile {
  let bytes: Uint8Array | null;
  try {
    bytes = readSmallFile(path, SETTINGS_LIMITS.maxText + 1);
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
  if (bytes === null) return { kind: 'absent' };
  if (owner.kind !== 'owner')
    return { kind: 'unreadable', why: 'there is no key of this machine to check it with' };
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.endsWith('\n')) return { kind: 'altered', why: 'its end is missing' };
  try {
    return { kind: 'held', signed: verifySettings(text.slice(0, -1), owner.owner.key) };
  } catch (error) {
    return { kind: 'altered', why: errorWords(error) };
  }
}

/** Without a machine's key nothing in the log can be checked: only whether there is one. */
function presence(path: string): LogRead {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? { kind: 'absent' } : NO_KEY;
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
}

const NO_KEY: LogRead = { kind: 'unreadable', why: 'there is no key of this machine to check it with' };

/** The log of another machine than the guard's begins at its own beginning. */
function baseOf(guard: Guard | null, machine: string): Guard['base'] {
  return guard?.machine === machine ? guard.base : null;
}

function isCopied({ productUuid, localKey }: ConsentParts, { mark, machine }: Guard): boolean {
  return mark !== null && isCopy(mark, productMark(productUuid ?? PRODUCT_UUID, machine, localKey().key));
}
