// The two signed texts that a hub gives its machines, the operator's terms and the policy: fetched, verified by the
// receipt key, kept, never replaced by older ones; a policy is applied. What it means for choices: policy-apply.ts.
import type { Policy } from '../../catalog/policy.ts';
import { liveUntil } from '../../catalog/policy.ts';
import type { Terms } from '../../catalog/terms.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { errorOfAnswer } from '../../protocol/problem.ts';
import { replaceFile } from '../state/replace-file.ts';
import { carryOut } from './change.ts';
import type { HubCall } from './exchange.ts';
import { onGround } from './finish.ts';
import type { Ground } from './ground.ts';
import { saveGuard } from './ground.ts';
import type { HubFile, HubFileKind, Opened } from './hub-file.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import type { PlanPolicy, PolicyOutcome } from './policy-apply.ts';
import { POLICY_FILE } from './policy-store.ts';
import { defends, stateFrom } from './state.ts';
import { TERMS_FILE, textToKeep } from './terms-store.ts';

export type TermsRefresh =
  /** The hub is of a release that has none. */
  { readonly kind: 'none' } | { readonly kind: 'same' } | { readonly kind: 'newer'; readonly terms: Terms };

export type PolicyRefresh =
  /** This machine is not managed: what was in force before stays as it is. */
  | { readonly kind: 'none' }
  | { readonly kind: 'expired' }
  /** An alarm stands: it is kept, and applied once a person has set participation anew. */
  | { readonly kind: 'kept' }
  | PolicyOutcome;

/** Fetches the terms and keeps newer ones, durably. Throws as the call does; `pin`, `format`, `conflict` for older ones. */
export async function refreshTerms(parts: ConsentParts, call: HubCall): Promise<TermsRefresh> {
  const text = await fetchText(call, '/v1/terms');
  if (text === null) return { kind: 'none' };
  return onGround(parts, (ground) => {
    const { files, guard, read } = ground;
    const opened = verify('terms', text, TERMS_FILE, ground, guard.terms);
    if (isHeld(files.terms, opened)) return { kind: 'same' };
    const { place, value: terms } = opened;
    const chosen = stateFrom(read, parts.world.clock.now()).chosen?.record ?? null;
    const former = textToKeep(files.terms, chosen);
    if (former !== null) replaceFile(placesOf(parts.home).acceptedTerms, `${former}\n`);
    replaceFile(placesOf(parts.home).terms, `${text}\n`);
    parts.onDurable?.('terms-written');
    const followed =
      read.kind === 'ok' && read.settings.settings.edition === (read.terms?.edition ?? 'basic');
    if (followed && read.settings.settings.edition !== terms.edition)
      carryOut(
        parts,
        { ...ground, read: { ...read, terms } },
        {
          settings: { edition: terms.edition },
          guard: { terms: place },
        },
      );
    else saveGuard(parts, { ...guard, terms: place });
    return { kind: 'newer', terms };
  });
}

/**
 * Fetches the policy, keeps a newer one and applies it, durably; the one that is held is applied again, for terms or
 * choices may have changed. Throws as `refreshTerms`.
 */
export async function refreshPolicy(parts: ConsentParts, call: HubCall): Promise<PolicyRefresh> {
  const text = await fetchText(call, '/v1/policy');
  if (text === null) return { kind: 'none' };
  const { planPolicy } = await import('./policy-apply.ts'); // with it comes the whole text of the Statement
  return onGround(parts, (ground) => {
    const { files, guard } = ground;
    const opened = verify('policy', text, POLICY_FILE, ground, guard.policy);
    if (parts.world.clock.now() >= liveUntil(opened.value)) return { kind: 'expired' };
    if (!isHeld(files.policy, opened)) {
      replaceFile(placesOf(parts.home).policy, `${text}\n`);
      parts.onDurable?.('policy-written');
    }
    return apply(parts, ground, opened, planPolicy);
  });
}

function apply(
  parts: ConsentParts,
  ground: Ground,
  { place, value: policy }: Opened<Policy>,
  plan: PlanPolicy,
): PolicyRefresh {
  const { read, guard } = ground;
  if (read.kind === 'alarm') {
    if (guard.policy?.sha256 !== place.sha256) saveGuard(parts, { ...guard, policy: place });
    return { kind: 'kept' };
  }
  const { outcome, change } = plan(policy, read);
  const settings = read.kind === 'ok' ? read.settings.settings : null;
  const isDone =
    (change.drafts ?? []).length === 0 &&
    guard.policy?.sha256 === place.sha256 &&
    settings?.policy === policy.sequence &&
    (change.settings?.edition ?? settings.edition) === settings.edition;
  if (isDone) return outcome;
  const selfDefence = defends(policy, parts.world.clock.now(), {
    selfDefence: settings?.selfDefence ?? true,
  });
  carryOut(parts, ground, { ...change, guard: { policy: place, selfDefence } });
  return outcome;
}

/** Null where the hub has none for this machine. */
async function fetchText(call: HubCall, path: '/v1/terms' | '/v1/policy'): Promise<string | null> {
  const { status, body } = await call(path);
  if (status === 204 || status === 404) return null;
  if (status >= 400) throw errorOfAnswer(status, Buffer.from(body));
  return Buffer.from(body).toString('latin1').trimEnd();
}

/** Signed by the hub, and not older than what was seen. */
function verify<T>(
  what: string,
  text: string,
  kind: HubFileKind<T>,
  { owner }: Ground,
  seen: Opened<T>['place'] | null,
): Opened<T> {
  const key = owner.receiptKey();
  if (key === null)
    throw new TocsinError(
      'pin',
      `Cannot check the ${what} of the hub: its keys document names no receipt key that counts now, want a newer one`,
    );
  const opened = kind.verify(text, key);
  const { sequence, sha256 } = opened.place;
  if (seen !== null && (sequence < seen.sequence || (sequence === seen.sequence && sha256 !== seen.sha256)))
    throw new TocsinError(
      'conflict',
      `Cannot take over the ${what} of the hub: number '${sequence}' is not newer than '${seen.sequence}', want a higher one`,
    );
  return opened;
}

function isHeld<T>(file: HubFile<T>, { place }: Opened<T>): boolean {
  return file.kind === 'held' && file.place.sha256 === place.sha256;
}
