// Where participation keeps its files in the state directory, and what it is given from outside: clock, keys, outbox.
// Touches no disk; what each file means is known to its owner alone.
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Statement } from '../../catalog/statement/statement.ts';
import type { World } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';
import type { StatementPlace } from './state.ts';

export interface ConsentPlaces {
  readonly directory: string;
  /** Every choice, a signed record a line (client/consent/log.ts). */
  readonly log: string;
  /** The hub's countersignatures, one a line (client/consent/receipts.ts). */
  readonly receipts: string;
  /** Scope and receiver of what is sent, signed by this machine (client/consent/settings.ts). */
  readonly settings: string;
  /** What was seen last, sealed under the local key (client/self-defence/guard.ts). */
  readonly guard: string;
  /** What the operator states of itself, signed by the hub (client/consent/terms-store.ts). */
  readonly terms: string;
  /** The terms under which the newest choice was made, once newer ones came (client/consent/terms-store.ts). */
  readonly acceptedTerms: string;
  /** What the operator decides for managed machines, signed by the hub (client/consent/policy-store.ts). */
  readonly policy: string;
  /** The choice as release 0.1.0 kept it, and where it is put once it was taken over (client/consent/migration.ts). */
  readonly former: string;
  readonly formerDone: string;
  /** Who this machine is (client/channel/identity.ts). */
  readonly identity: string;
  /** Of no content: one process at a time changes anything here (client/consent/lock.ts). */
  readonly lock: string;
}

/** A file that is there once the hub has countersigned something. */
export function receiptsOf({ directory }: Pick<Home, 'directory'>): string {
  return join(directory, 'receipts.log');
}

export function placesOf(home: Home): ConsentPlaces {
  const { directory, consentLog, settings, terms, policy, participation } = home;
  return {
    directory,
    log: consentLog,
    receipts: receiptsOf(home),
    settings,
    guard: join(directory, 'settings.guard'),
    terms,
    acceptedTerms: join(directory, 'terms.accepted.json'),
    policy,
    former: participation,
    formerDone: join(directory, 'participation.0.1.json'),
    identity: join(home.identity, 'identity.json'),
    lock: join(directory, 'consent.lock'),
  };
}

/** Keys for one purpose each; client/state/local-key.ts has them. */
export interface DerivedKeys {
  derive(purpose: string): KeyObject;
}

/** What a withdrawal needs of the outbox; client/outbox/spool.ts has it. */
export interface Outbox {
  /**
   * The request to erase that the hub has not confirmed yet, with the signed text of the withdrawal that it is for
   * (null where erasure was asked for without one). While there is one, nothing but it leaves.
   */
  readonly erasure: { readonly record: string | null } | null;
  /** True where the hub confirmed what this withdrawal asked for, or there was nothing to ask for. */
  isSettled(record: SignedRecord): boolean;
  /** In one transaction: nothing is left to send, and the request to erase is queued. Durable on return. */
  withdraw(record: SignedRecord): void;
}

/** An outbox that never held anything. */
export const NO_OUTBOX: Outbox = { erasure: null, isSettled: () => true, withdraw: () => {} };

export interface ConsentParts {
  readonly home: Home;
  readonly world: World;
  /** Opened when it is first needed. Throws TocsinError where it cannot be opened. */
  readonly localKey: () => { readonly key: DerivedKeys };
  /** Asked for each time: the file behind it is opened only where one is needed. */
  readonly outbox: () => Outbox;
  /** What tells this machine from its copies; PRODUCT_UUID of clone.ts without it. */
  readonly productUuid?: string;
  /** The Statement for a place in a language (set-participation.ts); tests keep what was rendered. */
  readonly statementFor?: (place: StatementPlace, language: Statement['language']) => Statement;
  /** Told after each durable step of a change, for tests that end the process there. */
  readonly onDurable?: (step: DurableStep) => void;
}

/** The durable steps of changes, in the order in which one change takes them. */
export type DurableStep =
  | 'guard-made'
  | 'outbox-emptied'
  | 'record-appended'
  | 'terms-written'
  | 'policy-written'
  | 'settings-written'
  | 'guard-written'
  | 'former-renamed';
