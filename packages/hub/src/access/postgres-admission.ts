// How machines come into PostgreSQL: by a token, or as a copy of one that is there. A row lock on the token or the
// origin makes the decision single, whatever node is asked.
import type { Queries } from '../store/database.ts';
import type { CloneOutcome, CloneRow, MachineMarks, MachineRow, RedeemOutcome, Redemption } from './store.ts';

export interface TokenColumns {
  readonly expires_at: Date;
  readonly machine_id: string | null;
  readonly managed: boolean;
  readonly personal: boolean;
  readonly policy_group: string | null;
}

export interface MachineColumns {
  readonly id: string;
  readonly key_sha256: Buffer;
  readonly former_key_sha256: Buffer | null;
  readonly public_key: Buffer | null;
  readonly former_public_key: Buffer | null;
  readonly enrolled_at: Date;
  readonly renewed_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly managed: boolean;
  readonly personal: boolean;
  readonly policy_group: string | null;
  readonly cloned_from: string | null;
}

export async function redeemIn(session: Queries, redemption: Redemption): Promise<RedeemOutcome> {
  const { secretSha256, machineId, key, at, expiresAt } = redemption;
  const [token] = await session.query<TokenColumns>(
    'SELECT * FROM join_token WHERE secret_sha256 = $1 FOR UPDATE',
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
  await addMachine(session, redemption, marksOf(token), null);
  await session.execute('UPDATE join_token SET used_at = $2, machine_id = $3 WHERE secret_sha256 = $1', [
    bytea(secretSha256),
    new Date(at),
    machineId,
  ]);
  return { kind: 'enrolled', machineId };
}

export async function cloneIn(session: Queries, clone: CloneRow): Promise<CloneOutcome> {
  const { originId, key, machineId } = clone;
  const [origin] = await session.query<MachineColumns>(
    'SELECT * FROM machine WHERE id = $1 AND revoked_at IS NULL FOR NO KEY UPDATE',
    [originId],
  );
  if (origin === undefined) return { kind: 'refused' };
  if ([origin.key_sha256, origin.former_key_sha256].some((own) => own?.equals(key) === true))
    return { kind: 'same-key' };
  const [before] = await session.query<{ id: string }>(
    `UPDATE machine SET expires_at = $3 WHERE cloned_from = $1 AND key_sha256 = $2 AND revoked_at IS NULL
     RETURNING id`,
    [originId, bytea(key), new Date(clone.expiresAt)],
  );
  if (before !== undefined) return { kind: 'repeated', machineId: before.id };
  const [made] = await session.query<{ count: number }>(
    'SELECT count(*) AS count FROM machine WHERE cloned_from = $1 AND enrolled_at > $2',
    [originId, new Date(clone.since)],
  );
  if ((made?.count ?? 0) >= clone.limit) return { kind: 'too-many' };
  await addMachine(session, clone, marksOf(origin), originId);
  return { kind: 'enrolled', machineId };
}

export function machineRow(row: MachineColumns): MachineRow {
  return {
    id: row.id,
    key: row.key_sha256,
    formerKey: row.former_key_sha256,
    publicKey: row.public_key,
    formerPublicKey: row.former_public_key,
    marks: marksOf(row),
    clonedFrom: row.cloned_from,
    enrolledAt: row.enrolled_at.getTime(),
    renewedAt: row.renewed_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
  };
}

/** pg takes a Buffer for bytea, and a plain Uint8Array for JSON. */
export function bytea(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function addMachine(
  session: Queries,
  row: Pick<Redemption, 'machineId' | 'key' | 'publicKey' | 'at' | 'expiresAt'>,
  { managed, personal, group }: MachineMarks,
  clonedFrom: string | null,
): Promise<void> {
  await session.execute(
    `INSERT INTO machine (id, key_sha256, public_key, enrolled_at, renewed_at, expires_at,
                          managed, personal, policy_group, cloned_from)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)`,
    [
      row.machineId,
      bytea(row.key),
      bytea(row.publicKey),
      new Date(row.at),
      new Date(row.expiresAt),
      managed,
      personal,
      group,
      clonedFrom,
    ],
  );
}

function marksOf(row: Pick<MachineColumns, 'managed' | 'personal' | 'policy_group'>): MachineMarks {
  return { managed: row.managed, personal: row.personal, group: row.policy_group };
}
