// What access keeps: join tokens and machines. Verbs with a durability sentence; two implementations
// (postgres-store.ts, memory-store.ts) under one contract test (store.contract.test.ts).
//
// Durability: what a promise acknowledged is on disk (PostgreSQL) or in this process (memory, for tests).
// An owner of this store can admit machines and revoke them; it holds no secret of a token and no private key.
// Times are milliseconds since 1970, by the hub's clock; keys and secrets are SHA-256, 32 bytes.

export type TokenState =
  | { readonly kind: 'usable' }
  /** Redeemed; only the same key may ask again, until the token ends. */
  | { readonly kind: 'used' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'foreign' };

/** What the operator says of a machine; it gets them from its token. */
export interface MachineMarks {
  /** The hub's policy may choose for it. */
  readonly managed: boolean;
  /** One person's own: where opt-in rules, a policy alone is no yes. */
  readonly personal: boolean;
  /** Group of policies; null: the default one. */
  readonly group: string | null;
}

export const NO_MARKS: MachineMarks = { managed: false, personal: false, group: null };

export interface Redemption {
  readonly secretSha256: Uint8Array;
  /** Id for the machine where it is new. */
  readonly machineId: string;
  readonly key: Uint8Array;
  /** The key itself: SPKI in DER. */
  readonly publicKey: Uint8Array;
  readonly at: number;
  /** End of the certificate that is to be issued. */
  readonly expiresAt: number;
}

export type RedeemOutcome =
  | { readonly kind: 'enrolled'; readonly machineId: string }
  /** The same key showed the same token again: its first answer was lost. */
  | { readonly kind: 'repeated'; readonly machineId: string }
  | { readonly kind: 'used' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'foreign' };

export interface TokenStore {
  /** Keeps a new token, with the marks that its machine gets. */
  addToken(
    secretSha256: Uint8Array,
    createdAt: number,
    expiresAt: number,
    marks?: MachineMarks,
  ): Promise<void>;
  /** Where a token stands at `at`; a hint, for only `redeem` decides. */
  tokenState(secretSha256: Uint8Array, at: number): Promise<TokenState>;
  /** Uses the token up and adds the machine, both or neither; of many at once exactly one enrols. */
  redeem(redemption: Redemption): Promise<RedeemOutcome>;
  /** Forgets tokens that ended before `before`; returns how many. */
  sweepTokens(before: number): Promise<number>;
}

export interface MachineRow {
  readonly id: string;
  readonly key: Uint8Array;
  /** The key before the last renewal, until the newer one was seen. */
  readonly formerKey: Uint8Array | null;
  /** SPKI of `key`, by which its signatures are verified; null until a machine of release 0.1.0 is seen. */
  readonly publicKey: Uint8Array | null;
  readonly formerPublicKey: Uint8Array | null;
  readonly marks: MachineMarks;
  /** The machine of which this one is a copy that enrolled anew. */
  readonly clonedFrom: string | null;
  readonly enrolledAt: number;
  readonly renewedAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export interface RenewalRow {
  readonly machineId: string;
  /** The key of the certificate under which is asked. */
  readonly shownKey: Uint8Array;
  readonly newKey: Uint8Array;
  /** SPKI of `newKey`. */
  readonly newPublicKey: Uint8Array;
  readonly at: number;
  readonly expiresAt: number;
}

export interface CloneRow {
  /** The machine whose certificate was shown. */
  readonly originId: string;
  readonly machineId: string;
  readonly key: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly at: number;
  readonly expiresAt: number;
  /** No more than `limit` clones of one origin since `since`. */
  readonly since: number;
  readonly limit: number;
}

export type CloneOutcome =
  | { readonly kind: 'enrolled'; readonly machineId: string }
  /** The same key asked again: its first answer was lost. */
  | { readonly kind: 'repeated'; readonly machineId: string }
  /** The key is the origin's own: that is no other machine. */
  | { readonly kind: 'same-key' }
  | { readonly kind: 'too-many' }
  /** The origin is unknown or revoked. */
  | { readonly kind: 'refused' };

export interface MachineStore {
  /** Null for an id that never enrolled. */
  findMachine(id: string): Promise<MachineRow | null>;
  /** Up to `limit` machines whose id follows `after` (null: from the first), in order of id. */
  listMachines(after: string | null, limit: number): Promise<readonly MachineRow[]>;
  /** Notes a new certificate. False where the machine is revoked, unknown, or the shown key is not one of its keys. */
  renew(renewal: RenewalRow): Promise<boolean>;
  /** The newer key was seen: the former one ends. */
  settleKey(id: string, key: Uint8Array): Promise<void>;
  /** Keeps the public key of which only the digest was known. Changes nothing where `key` is not one of its keys. */
  keepPublicKey(id: string, key: Uint8Array, publicKey: Uint8Array): Promise<void>;
  /** Adds a copy of a machine as a machine of its own, with the marks of its origin; of many at once `limit` win. */
  clone(clone: CloneRow): Promise<CloneOutcome>;
  /** Changes the marks that are named. False where the machine is unknown. */
  mark(id: string, marks: Partial<MachineMarks>): Promise<boolean>;
  /** From now on the machine is refused. False where it was already, or is unknown. */
  revoke(id: string, at: number): Promise<boolean>;
  /** Revokes all clones of a machine, clones of clones as well; returns which were not revoked before. */
  revokeClones(id: string, at: number): Promise<readonly string[]>;
  /** Which of the machines were revoked at or after `since`. */
  revokedSince(since: number): Promise<readonly string[]>;
}
