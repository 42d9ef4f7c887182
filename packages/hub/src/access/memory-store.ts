// Tokens and machines in memory, for the network in one process. Nothing survives the process.
import { toHex } from 'tocsin/protocol/hex.ts';
import { isKeyOf, sameKey } from './machine-key.ts';
import type {
  CloneOutcome,
  CloneRow,
  MachineMarks,
  MachineRow,
  MachineStore,
  RedeemOutcome,
  Redemption,
  RenewalRow,
  TokenState,
  TokenStore,
} from './store.ts';
import { NO_MARKS } from './store.ts';

interface TokenRow {
  readonly expiresAt: number;
  readonly marks: MachineMarks;
  machineId: string | null;
}

export class MemoryAccessStore implements TokenStore, MachineStore {
  readonly #tokens = new Map<string, TokenRow>();
  readonly #machines = new Map<string, MachineRow>();

  async addToken(
    secretSha256: Uint8Array,
    _createdAt: number,
    expiresAt: number,
    marks: MachineMarks = NO_MARKS,
  ): Promise<void> {
    this.#tokens.set(toHex(secretSha256), { expiresAt, marks, machineId: null });
  }

  async tokenState(secretSha256: Uint8Array, at: number): Promise<TokenState> {
    const token = this.#tokens.get(toHex(secretSha256));
    if (token === undefined) return { kind: 'foreign' };
    if (token.machineId !== null) return { kind: 'used' };
    return { kind: at >= token.expiresAt ? 'expired' : 'usable' };
  }

  async redeem(redemption: Redemption): Promise<RedeemOutcome> {
    const { secretSha256, machineId, key, at, expiresAt } = redemption;
    const token = this.#tokens.get(toHex(secretSha256));
    if (token === undefined) return { kind: 'foreign' };
    if (token.machineId !== null) {
      const machine = this.#machines.get(token.machineId);
      const same = machine !== undefined && machine.revokedAt === null && sameKey(machine.key, key);
      if (!same || at >= token.expiresAt) return { kind: 'used' };
      this.#machines.set(machine.id, { ...machine, expiresAt });
      return { kind: 'repeated', machineId: machine.id };
    }
    if (at >= token.expiresAt) return { kind: 'expired' };
    token.machineId = machineId;
    this.#add(redemption, token.marks, null);
    return { kind: 'enrolled', machineId };
  }

  async clone(clone: CloneRow): Promise<CloneOutcome> {
    const { originId, key, expiresAt, since, limit } = clone;
    const origin = this.#machines.get(originId);
    if (origin === undefined || origin.revokedAt !== null) return { kind: 'refused' };
    if (isKeyOf(origin, key)) return { kind: 'same-key' };
    const clones = [...this.#machines.values()].filter((row) => row.clonedFrom === originId);
    const before = clones.find((row) => sameKey(row.key, key) && row.revokedAt === null);
    if (before !== undefined) {
      this.#machines.set(before.id, { ...before, expiresAt });
      return { kind: 'repeated', machineId: before.id };
    }
    if (clones.filter((row) => row.enrolledAt > since).length >= limit) return { kind: 'too-many' };
    this.#add(clone, origin.marks, originId);
    return { kind: 'enrolled', machineId: clone.machineId };
  }

  async sweepTokens(before: number): Promise<number> {
    const ended = [...this.#tokens].filter(([, token]) => token.expiresAt < before);
    for (const [secret] of ended) this.#tokens.delete(secret);
    return ended.length;
  }

  async findMachine(id: string): Promise<MachineRow | null> {
    return this.#machines.get(id) ?? null;
  }

  async listMachines(after: string | null, limit: number): Promise<readonly MachineRow[]> {
    const rows = [...this.#machines.values()].filter((row) => after === null || row.id > after);
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  async renew({ machineId, shownKey, newKey, newPublicKey, at, expiresAt }: RenewalRow): Promise<boolean> {
    const row = this.#machines.get(machineId);
    if (row === undefined || row.revokedAt !== null || !isKeyOf(row, shownKey)) return false;
    const same = sameKey(newKey, shownKey);
    const shownPublic = sameKey(row.key, shownKey) ? row.publicKey : row.formerPublicKey;
    this.#machines.set(machineId, {
      ...row,
      key: newKey,
      publicKey: newPublicKey,
      formerKey: same ? null : shownKey,
      formerPublicKey: same ? null : shownPublic,
      renewedAt: at,
      expiresAt,
    });
    return true;
  }

  async settleKey(id: string, key: Uint8Array): Promise<void> {
    const row = this.#machines.get(id);
    if (row !== undefined && sameKey(row.key, key))
      this.#machines.set(id, { ...row, formerKey: null, formerPublicKey: null });
  }

  async keepPublicKey(id: string, key: Uint8Array, publicKey: Uint8Array): Promise<void> {
    const row = this.#machines.get(id);
    if (row === undefined) return;
    if (sameKey(row.key, key)) this.#machines.set(id, { ...row, publicKey });
    else if (isKeyOf(row, key)) this.#machines.set(id, { ...row, formerPublicKey: publicKey });
  }

  async mark(id: string, marks: Partial<MachineMarks>): Promise<boolean> {
    const row = this.#machines.get(id);
    if (row === undefined) return false;
    this.#machines.set(id, { ...row, marks: { ...row.marks, ...marks } });
    return true;
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const row = this.#machines.get(id);
    if (row === undefined || row.revokedAt !== null) return false;
    this.#machines.set(id, { ...row, revokedAt: at });
    return true;
  }

  async revokeClones(id: string, at: number): Promise<readonly string[]> {
    const revoked: string[] = [];
    for (const row of [...this.#machines.values()].filter(({ clonedFrom }) => clonedFrom === id)) {
      if (await this.revoke(row.id, at)) revoked.push(row.id);
      revoked.push(...(await this.revokeClones(row.id, at)));
    }
    return revoked;
  }

  async revokedSince(since: number): Promise<readonly string[]> {
    const rows = [...this.#machines.values()];
    return rows.filter((row) => row.revokedAt !== null && row.revokedAt >= since).map((row) => row.id);
  }

  #add(
    row: Pick<Redemption, 'machineId' | 'key' | 'publicKey' | 'at' | 'expiresAt'>,
    marks: MachineMarks,
    clonedFrom: string | null,
  ): void {
    this.#machines.set(row.machineId, {
      id: row.machineId,
      key: row.key,
      formerKey: null,
      publicKey: row.publicKey,
      formerPublicKey: null,
      marks,
      clonedFrom,
      enrolledAt: row.at,
      renewedAt: row.at,
      expiresAt: row.expiresAt,
      revokedAt: null,
    });
  }
}
