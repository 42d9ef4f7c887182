// Policies as they were signed (table policy): appended, never changed; the newest of a group counts. What a committed
// transaction added is on disk. Who owns the table can hold policies back; he cannot make one without the receipt key.
import type { Queries } from '../store/database.ts';

export interface StoredPolicy {
  readonly sequence: number;
  /** Name of the group, the default one by its name. */
  readonly group: string;
  /** Signed for machines that are marked as one person's own. */
  readonly forPersonal: boolean;
  readonly issued: Date;
  readonly expires: Date;
  /** Lifetime that was chosen. */
  readonly days: number;
  readonly text: string;
  readonly issuedBy: string;
}

interface PolicyColumns {
  readonly sequence: number;
  readonly policy_group: string;
  readonly for_personal: boolean;
  readonly issued: Date;
  readonly expires: Date;
  readonly days: number;
  readonly text: string;
  readonly issued_by: string;
}

/** The newest of a group; null where it has none. */
export async function newestPolicy(
  db: Queries,
  group: string,
  forPersonal: boolean,
): Promise<StoredPolicy | null> {
  const [row] = await db.query<PolicyColumns>(
    'SELECT * FROM policy WHERE policy_group = $1 AND for_personal = $2 ORDER BY sequence DESC LIMIT 1',
    [group, forPersonal],
  );
  return row === undefined ? null : storedPolicy(row);
}

/** The newest of every group, by name. */
export async function newestPolicies(db: Queries): Promise<readonly StoredPolicy[]> {
  const rows = await db.query<PolicyColumns>(
    `SELECT DISTINCT ON (policy_group) * FROM policy WHERE NOT for_personal
      ORDER BY policy_group, sequence DESC`,
  );
  return rows.map(storedPolicy);
}

/** All of a group, newest first. */
export async function policyHistory(
  db: Queries,
  group: string,
  limit: number,
): Promise<readonly StoredPolicy[]> {
  const rows = await db.query<PolicyColumns>(
    'SELECT * FROM policy WHERE policy_group = $1 AND NOT for_personal ORDER BY sequence DESC LIMIT $2',
    [group, limit],
  );
  return rows.map(storedPolicy);
}

/** The highest sequence of all groups; 0 for none. */
export async function highestSequence(db: Queries): Promise<number> {
  const [row] = await db.query<{ highest: number | null }>('SELECT max(sequence) AS highest FROM policy');
  return row?.highest ?? 0;
}

/** Throws the store's unique violation where the sequence is taken. */
export async function addPolicy(db: Queries, policy: StoredPolicy): Promise<void> {
  await db.execute(
    `INSERT INTO policy (sequence, policy_group, for_personal, issued, expires, days, text, issued_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      policy.sequence,
      policy.group,
      policy.forPersonal,
      policy.issued,
      policy.expires,
      policy.days,
      policy.text,
      policy.issuedBy,
    ],
  );
}

function storedPolicy(row: PolicyColumns): StoredPolicy {
  return {
    sequence: row.sequence,
    group: row.policy_group,
    forPersonal: row.for_personal,
    issued: row.issued,
    expires: row.expires,
    days: row.days,
    text: row.text,
    issuedBy: row.issued_by,
  };
}
