// What the hub answers to a message (spec/message.md section 5), closed: a refusal is an answer as well, for what is
// stored of it is a count. HTTP is routes.ts.
import type { WithheldReason } from 'tocsin/catalog/gate.ts';
import type { MessageNumber } from '../privacy/erasure.ts';

export type Outcome = 'stored' | 'duplicate' | 'dropped';

/** Why a message is nowhere, or why a record that came with it is not. */
export type Why = 'erased' | 'too-old' | 'record-refused';

export type ConflictReason =
  /** The sender is older than its own newest choice. */
  | 'sender-behind'
  /** The hub does not know the sender's newest choices yet. */
  | 'hub-behind'
  /** Two copies of one machine made choices apart. */
  | 'another-copy'
  /** Two messages under one number. */
  | 'number-used'
  /** Sealed to a key that this hub does not hold. */
  | 'other-key';

export type IntakeAnswer =
  | {
      readonly kind: 'taken';
      readonly at: MessageNumber;
      readonly outcome: Outcome;
      readonly why?: Why;
      /** Signed texts. */
      readonly receipt?: string;
      readonly confirmation?: string;
    }
  /** The gate would not have let it out; nothing of it was stored. */
  | {
      readonly kind: 'withheld';
      /** Null where it is the message itself. */
      readonly item: string | null;
      readonly reason: WithheldReason;
      readonly why: string;
    }
  | {
      readonly kind: 'conflict';
      readonly reason: ConflictReason;
      /** What the hub holds of the machine's choices. */
      readonly consent?: { readonly sequence: number; readonly records?: readonly string[] };
    }
  | { readonly kind: 'too-many'; readonly retryAfterSeconds: number };

/** What a conflict means and what helps, for a person. */
export const CONFLICT_WORDS: Readonly<Record<ConflictReason, string>> = {
  'sender-behind':
    'Cannot take the message: this hub knows a newer choice of this machine, want the machine to adopt it first',
  'hub-behind': 'Cannot take the message: this hub lacks choices of this machine, want their records first',
  'another-copy':
    'Cannot take the record: another copy of this machine made another choice under this number, want one of both enrolled anew',
  'number-used':
    'Cannot take the message: another copy of this machine used its number, want a new epoch of the outbox',
  'other-key':
    'Cannot open the message: it is sealed to a key that this hub does not hold, want it sealed to the first recipient of the keys document',
};
