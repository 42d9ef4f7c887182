// Policies of managed machines (spec/policy.md): signed with a rising sequence and an end, signed anew before it, for
// as long as nobody replaces or clears them.
//
//   what the operator chose ─► sequence n:     for machines of the group
//                          └─► sequence n + 1: the same for machines marked personal
//
// Decides nothing about what a machine makes of it.
import type { Policy } from 'tocsin/catalog/policy.ts';
import { signPolicy, verifyPolicy } from 'tocsin/catalog/policy.ts';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { DEFAULT_GROUP } from '../access/marks.ts';
import type { MachineMarks } from '../access/store.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Database, Queries } from '../store/database.ts';
import { HUB_POLICY_LIMITS } from './config.ts';
import type { StoredPolicy } from './store.ts';
import { addPolicy, highestSequence, newestPolicies, newestPolicy } from './store.ts';

/** What an operator chooses; the rest of a policy follows. */
export type PolicyContent = Omit<Policy, 'v' | 'sequence' | 'issued' | 'expires'>;

export interface PolicyParts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly world: World;
}

export interface Issue {
  readonly content: PolicyContent;
  readonly days: number;
  /** Name of the administrator: his acceptance is the record. */
  readonly issuedBy: string;
}

/** A policy that says nothing: what clears an earlier one, because a machine takes over only what is signed. */
export function emptyPolicy(group: string): PolicyContent {
  return { group, participation: null, maxLevel: null, personal: false, selfDefence: null };
}

export function isEmpty({ participation, maxLevel, personal, selfDefence }: PolicyContent): boolean {
  return participation === null && maxLevel === null && !personal && selfDefence === null;
}

/** Signs and keeps a policy; in force, and durable, on return. */
export async function issuePolicy(parts: PolicyParts, { content, days, issuedBy }: Issue): Promise<Policy> {
  const { db, keys, world } = parts;
  return db.withLock('privacy', () =>
    db.transaction(async (session) => {
      const issued = unixSeconds(world.clock);
      const sequence = (await highestSequence(session)) + 1;
      const base = { v: 1, ...content, issued, expires: issued + days * 86_400 } as const;
      const plain: Policy = { ...base, sequence };
      const personal: Policy = { ...base, sequence: sequence + 1, personal: true };
      for (const policy of [plain, personal])
        await addPolicy(session, {
          sequence: policy.sequence,
          group: content.group,
          forPersonal: policy === personal,
          issued: new Date(issued * 1000),
          expires: new Date(policy.expires * 1000),
          days,
          text: signPolicy(policy, keys.receipt.id, keys.receipt.privateKey),
          issuedBy,
        });
      return plain;
    }),
  );
}

/** The signed text for a machine with these marks; null where it is not managed, or its group has no policy. */
export async function policyTextFor(db: Queries, marks: MachineMarks): Promise<string | null> {
  if (!marks.managed) return null;
  return (await newestPolicy(db, marks.group ?? DEFAULT_GROUP, marks.personal))?.text ?? null;
}

/**
 * Signs the newest policy of a group anew, under higher sequences: after the marks of a machine changed, so that what
 * it is shown now is newer than what it was shown before. Does nothing where the group has none.
 */
export async function reissuePolicy(parts: PolicyParts, group: string): Promise<void> {
  const stored = await newestPolicy(parts.db, group, false);
  if (stored !== null) await issuePolicy(parts, issueOf(stored, parts.keys));
}

/** Signs anew what is about to end; an empty one may end. Returns the groups. */
export async function renewPolicies(
  parts: PolicyParts,
  log: (line: string) => void,
): Promise<readonly string[]> {
  const now = parts.world.clock.now();
  const renewed: string[] = [];
  for (const stored of await newestPolicies(parts.db)) {
    const left = stored.expires.getTime() - now;
    if (left > stored.days * 86_400_000 * HUB_POLICY_LIMITS.renewShare) continue;
    try {
      const issue = issueOf(stored, parts.keys);
      if (isEmpty(issue.content)) continue;
      await issuePolicy(parts, issue);
      renewed.push(stored.group);
    } catch (error) {
      log(`the policy of group ${stored.group} cannot be signed anew: ${errorWords(error)}`);
    }
  }
  return renewed;
}

/** Throws `pin` for a text that this hub's receipt key did not sign: it is not signed anew. */
export function issueOf(stored: StoredPolicy, keys: KeyRing): Issue {
  const { group, participation, maxLevel, personal, selfDefence } = verifyPolicy(
    stored.text,
    keys.receipt.publicKey,
  );
  const content = { group, participation, maxLevel, personal, selfDefence };
  return { content, days: stored.days, issuedBy: stored.issuedBy };
}
