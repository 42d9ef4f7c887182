// A machine that joined, joined anew or got a number of its own begins without any choice: what was agreed to before
// was said to another hub, or by another machine. Former records and receipts are kept for the person, out of the way.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../lists/files.ts';
import { noteGuarded } from '../channel/identity.ts';
import { NEW_GUARD, readGuard } from '../self-defence/guard.ts';
import { markOf, saveGuard } from './ground.ts';
import { CONSENT_LOCK_LIMITS, withConsentLock } from './lock.ts';
import { putLogAside } from './log.ts';
import { putFormerAside } from './migration.ts';
import { readOwner } from './owner.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';

/**
 * Begins anew for the identity that is stored now, and notes what tells this machine from its copies. Call it
 * whenever another machine id was stored; durable on return. That it was a copy is still told to the hub. Killed in between, participation is off with an alarm,
 * and calling it again mends that. Throws `io`, `conflict`, what opening the local key throws.
 */
export function beginAnew(parts: ConsentParts): void {
  const places = placesOf(parts.home);
  const owner = readOwner(parts.home, parts.world.clock);
  withConsentLock(places.lock, CONSENT_LOCK_LIMITS.waitMs, () => {
    const former = readGuard(places.guard, parts.localKey);
    const told = former.kind === 'held' ? former.guard.alarms.filter(({ code }) => code === 'cloned') : [];
    putLogAside(places.log, join(places.directory, 'consent.former.log'));
    putLogAside(places.receipts, join(places.directory, 'receipts.former.log'));
    putFormerAside(parts);
    for (const path of [places.settings, places.policy, places.terms, places.guard])
      rmSync(path, { recursive: true, force: true });
    syncDirectory(places.directory);
    if (owner.kind !== 'owner') return;
    const { machine } = owner.owner;
    saveGuard(parts, { ...NEW_GUARD, machine, mark: markOf(parts, machine), alarms: told });
    noteGuarded(parts.home);
  });
}
