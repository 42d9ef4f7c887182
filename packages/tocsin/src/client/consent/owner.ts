// Whose choices these are: the machine as it joined, with the key that signs for it and the hub that receives. Read
// from client/channel/identity.ts; nothing is written here and no key leaves.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { parseBase64 } from '../../protocol/base64.ts';
import { errorWords } from '../../protocol/errors.ts';
import type { Clock } from '../../protocol/world.ts';
import type { Joined } from '../channel/identity.ts';
import { currentKeys, loadJoined } from '../channel/identity.ts';
import type { Home } from '../state/home.ts';
import type { LogOwner } from './log.ts';

export interface Owner extends LogOwner {
  readonly machine: string;
  /** P-256, private. */
  readonly key: KeyObject;
  readonly hub: { readonly url: string; readonly root: string };
  /** Raw, as the newest keys document names it; null where that has run out or names none. */
  readonly receiptKey: () => Uint8Array | null;
  /** True once a guard was made for this machine: then there must be one. */
  readonly guarded: boolean;
}

export type OwnerRead =
  /** This machine has no hub. */
  | { readonly kind: 'none' }
  | { readonly kind: 'owner'; readonly owner: Owner }
  | { readonly kind: 'damaged'; readonly why: string };

/** Never throws: whatever is wrong is an answer. */
export function readOwner(home: Home, clock: Clock): OwnerRead {
  try {
    const joined = loadJoined(home);
    return joined === null ? { kind: 'none' } : { kind: 'owner', owner: ownerOf(joined, clock) };
  } catch (error) {
    return { kind: 'damaged', why: errorWords(error) };
  }
}

function ownerOf(joined: Joined, clock: Clock): Owner {
  const { url, root, identity } = joined;
  return {
    machine: identity.machineId,
    key: createPrivateKey(identity.privateKey),
    hub: { url, root: root.id },
    guarded: joined.guarded === true,
    receiptKey: () => {
      const receipt = currentKeys(joined, clock)?.document.receipt ?? null;
      return receipt === null ? null : parseBase64(receipt.publicKey);
    },
  };
}
