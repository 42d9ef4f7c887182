// Tokens and machines in PostgreSQL (tables join_token and machine of 001-spine.sql and 002-participation.sql). How
// a machine comes in is postgres-admission.ts.
import type { Queries } from '../store/database.ts';
import type { MachineColumns, TokenColumns } from './postgres-admission.ts';
import { bytea, cloneIn, machineRow, redeemIn } from './postgres-admission.ts';
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

/** What is needed of store/database.ts. */
export interface AccessDatabase extends Queries {
  transaction<T>(work: (session: Queries) => Promise<T>): Promise<T>;
}

export class PostgresAccessStore implements TokenStore, MachineStore {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  async addToken(
    secretSha256: Uint8Array,
    createdAt: number,
    expiresAt: number,
    { managed, personal, group }: MachineMarks = NO_MARKS,
  ): Promise<void> {
    await this.#database.execute(
      `INSERT INTO join_token (secret_sha256, created_at, expires_at, managed, personal, policy_group)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [bytea(secretSha256), new Date(createdAt), new Date(expiresAt), managed, personal, group],
    );
  }

  async tokenState(secretSha256: Uint8Array, at: number): Promise<TokenState> {
    const [row] = await this.#database.query<TokenColumns>(
      'SELECT expires_at, machine_id FROM join_token WHERE secret_sha256 = $1',
      [bytea(secretSha256)],
    );
    if (row === undefined) return { kind: 'foreign' };
    if (row.machine_id !== null) return { kind: 'used' };
    return { kind: at >= row.expires_at.getTime() ? 'expired' : 'usable' };
  }

  redeem(redemption: Redemption): Promise<RedeemOutcome> {
    return this.#database.transaction((session) => redeemIn(session, redemption));
  }

  clone(clone: CloneRow): Promise<CloneOutcome> {
    return this.#database.transaction((session) => cloneIn(session, clone));
  }

  sweepTokens(before: number): Promise<number> {
    return this.#database.execute('DELETE FROM join_token WHERE expires_at < $1', [new Date(before)]);
  }

  async findMachine(id: string): Promise<MachineRow | null> {
    const [row] = await this.#database.query<MachineColumns>('SELECT * FROM machine WHERE id = $1', [id]);
    return row === undefined ? null : machineRow(row);
  }

  async listMachines(after: string | null, limit: number): Promise<readonly MachineRow[]> {
    const rows = await this.#database.query<MachineColumns>(
      'SELECT * FROM machine WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2',
      [after, limit],
    );
    return rows.map(machineRow);
  }

  async renew({ machineId, shownKey, newKey, newPublicKey, at, expiresAt }: RenewalRow): Promise<boolean> {
    const rows = await this.#database.execute(
      `UPDATE machine SET key_sha256 = $3, public_key = $6,
              former_key_sha256 = CASE WHEN $2 = $3 THEN NULL ELSE $2 END,
              former_public_key = CASE WHEN $2 = $3 THEN NULL WHEN key_sha256 = $2 THEN public_key
                                       ELSE former_public_key END,
              renewed_at = $4, expires_at = $5
       WHERE id = $1 AND revoked_at IS NULL AND (key_sha256 = $2 OR former_key_sha256 = $2)`,
      [machineId, bytea(shownKey), bytea(newKey), new Date(at), new Date(expiresAt), bytea(newPublicKey)],
    );
    return rows === 1;
  }

  async settleKey(id: string, key: Uint8Array): Promise<void> {
    await this.#database.execute(
      'UPDATE machine SET former_key_sha256 = NULL, former_public_key = NULL WHERE id = $1 AND key_sha256 = $2',
      [id, bytea(key)],
    );
  }

  async keepPublicKey(id: string, key: Uint8Array, publicKey: Uint8Array): Promise<void> {
    await this.#database.execute(
      `UPDATE machine SET public_key = CASE WHEN key_sha256 = $2 THEN $3 ELSE public_key END,
                          former_public_key = CASE WHEN key_sha256 = $2 THEN former_public_key ELSE $3 END
       WHERE id = $1 AND (key_sha256 = $2 OR former_key_sha256 = $2)`,
      [id, bytea(key), bytea(publicKey)],
    );
  }

  async mark(id: string, marks: Partial<MachineMarks>): Promise<boolean> {
    const { managed = null, personal = null, group = null } = marks;
    const rows = await this.#database.execute(
      `UPDATE machine SET managed = coalesce($2, managed), personal = coalesce($3, personal),
                          policy_group = CASE WHEN $4 THEN $5 ELSE policy_group END
       WHERE id = $1`,
      [id, managed, personal, marks.group !== undefined, group],
    );
    return rows === 1;
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const rows = await this.#database.execute(
      'UPDATE machine SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL',
      [id, new Date(at)],
    );
    return rows === 1;
  }

  async revokeClones(id: string, at: number): Promise<readonly string[]> {
    const rows = await this.#database.query<{ id: string }>(
      `WITH RECURSIVE clones AS (
         SELECT id FROM machine WHERE cloned_from = $1
         UNION SELECT m.id FROM machine m JOIN clones c ON m.cloned_from = c.id
       )
       UPDATE machine SET revoked_at = $2 WHERE id IN (SELECT id FROM clones) AND revoked_at IS NULL
       RETURNING id`,
      [id, new Date(at)],
    );
    return rows.map((row) => row.id);
  }

  async revokedSince(since: number): Promise<readonly string[]> {
    const rows = await this.#database.query<{ id: string }>(
      'SELECT id FROM machine WHERE revoked_at IS NOT NULL AND revoked_at >= $1',
      [new Date(since)],
    );
    return rows.map((row) => row.id);
  }
}
