// Tokens and machines in PostgreSQL (tables join_token and machine of 001-spine.sql). A row lock on the token
// makes its use single, whatever node is asked.
import type { Queries } from '../store/database.ts';
import type {
  MachineRow,
  MachineStore,
  RedeemOutcome,
  Redemption,
  RenewalRow,
  TokenState,
  TokenStore,
} from './store.ts';

/** What is needed of store/database.ts. */
export interface AccessDatabase extends Queries {
  transaction<T>(work: (session: Queries) => Promise<T>): Promise<T>;
}

interface TokenColumns {
  readonly expires_at: Date;
  readonly machine_id: string | null;
}

interface MachineColumns {
  readonly id: string;
  readonly key_sha256: Buffer;
  readonly former_key_sha256: Buffer | null;
  readonly enrolled_at: Date;
  readonly renewed_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
}

export class PostgresAccessStore implements TokenStore, MachineStore {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  async addToken(secretSha256: Uint8Array, createdAt: number, expiresAt: number): Promise<void> {
    await this.#database.execute(
      'INSERT INTO join_token (secret_sha256, created_at, expires_at) VALUES ($1, $2, $3)',
      [bytea(secretSha256), new Date(createdAt), new Date(expiresAt)],
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

  async renew({ machineId, shownKey, newKey, at, expiresAt }: RenewalRow): Promise<boolean> {
    const rows = await this.#database.execute(
      `UPDATE machine SET key_sha256 = $3, former_key_sha256 = CASE WHEN $2 = $3 THEN NULL ELSE $2 END,
                          renewed_at = $4, expires_at = $5
       WHERE id = $1 AND revoked_at IS NULL AND (key_sha256 = $2 OR former_key_sha256 = $2)`,
      [machineId, bytea(shownKey), bytea(newKey), new Date(at), new Date(expiresAt)],
    );
    return rows === 1;
  }

  async settleKey(id: string, key: Uint8Array): Promise<void> {
    await this.#database.execute(
      'UPDATE machine SET former_key_sha256 = NULL WHERE id = $1 AND key_sha256 = $2',
      [id, bytea(key)],
    );
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const rows = await this.#database.execute(
      'UPDATE machine SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL',
      [id, new Date(at)],
    );
    return rows === 1;
  }

  async revokedSince(since: number): Promise<readonly string[]> {
    const rows = await this.#database.query<{ id: string }>(
      'SELECT id FROM machine WHERE revoked_at IS NOT NULL AND revoked_at >= $1',
      [new Date(since)],
    );
    return rows.map((row) => row.id);
  }
}

async function redeemIn(session: Queries, redemption: Redemption): Promise<RedeemOutcome> {
  const { secretSha256, machineId, key, at, expiresAt } = redemption;
  const [token] = await session.query<TokenColumns>(
    'SELECT expires_at, machine_id FROM join_token WHERE secret_sha256 = $1 FOR UPDATE',
    [bytea(secretSha256)],
  );
  if (token === undefined) return { kind: 'foreign' };
  const ended = at >= token.expires_at.getTime();
  if (token.machine_id !== null) {
    const same = await session.execute(
      'UPDATE machine SET expires_at = $3 WHERE id = $1 AND key_sha256 = $2 AND revoked_at IS NULL AND NOT $4',
      [token.machine_id, bytea(key), new Date(expiresAt), ended],
    );
    return same === 1 ? { kind: 'repeated', machineId: token.machine_id } : { kind: 'used' };
  }
  if (ended) return { kind: 'expired' };
  const now = new Date(at);
  await session.execute(
    `INSERT INTO machine (id, key_sha256, enrolled_at, renewed_at, expires_at) VALUES ($1, $2, $3, $3, $4)`,
    [machineId, bytea(key), now, new Date(expiresAt)],
  );
  await session.execute('UPDATE join_token SET used_at = $2, machine_id = $3 WHERE secret_sha256 = $1', [
    bytea(secretSha256),
    now,
    machineId,
  ]);
  return { kind: 'enrolled', machineId };
}

function machineRow(row: MachineColumns): MachineRow {
  return {
    id: row.id,
    key: row.key_sha256,
    formerKey: row.former_key_sha256,
    enrolledAt: row.enrolled_at.getTime(),
    renewedAt: row.renewed_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
  };
}

/** pg takes a Buffer for bytea, and a plain Uint8Array for JSON. */
function bytea(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
