// Tokens and machines in memory, for the network in one process. Nothing survives the process.
import { toHex } from 'tocsin/protocol/hex.ts';
import { isKeyOf, sameKey } from './machine-key.ts';
import type {
  MachineRow,
  MachineStore,
  RedeemOutcome,
  Redemption,
  RenewalRow,
  TokenState,
  TokenStore,
} from './store.ts';

interface TokenRow {
  readonly expiresAt: number;
  machineId: string | null;
}

export class MemoryAccessStore implements TokenStore, MachineStore {
  readonly #tokens = new Map<string, TokenRow>();
  readonly #machines = new Map<string, MachineRow>();

  async addToken(secretSha256: Uint8Array, _createdAt: number, expiresAt: number): Promise<void> {
    this.#tokens.set(toHex(secretSha256), { expiresAt, machineId: null });
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
    const row = {
      id: machineId,
      key,
      formerKey: null,
      enrolledAt: at,
      renewedAt: at,
      expiresAt,
      revokedAt: null,
    };
    this.#machines.set(machineId, row);
    return { kind: 'enrolled', machineId };
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

  async renew({ machineId, shownKey, newKey, at, expiresAt }: RenewalRow): Promise<boolean> {
    const row = this.#machines.get(machineId);
    if (row === undefined || row.revokedAt !== null || !isKeyOf(row, shownKey)) return false;
    const formerKey = sameKey(newKey, shownKey) ? null : shownKey;
    this.#machines.set(machineId, { ...row, key: newKey, formerKey, renewedAt: at, expiresAt });
    return true;
  }

  async settleKey(id: string, key: Uint8Array): Promise<void> {
    const row = this.#machines.get(id);
    if (row !== undefined && sameKey(row.key, key)) this.#machines.set(id, { ...row, formerKey: null });
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const row = this.#machines.get(id);
    if (row === undefined || row.revokedAt !== null) return false;
    this.#machines.set(id, { ...row, revokedAt: at });
    return true;
  }

  async revokedSince(since: number): Promise<readonly string[]> {
    const rows = [...this.#machines.values()];
    return rows.filter((row) => row.revokedAt !== null && row.revokedAt >= since).map((row) => row.id);
  }
}
