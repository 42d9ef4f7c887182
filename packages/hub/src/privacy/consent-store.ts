// The records of choices that machines sent (table consent_record): added, read, never changed. Each machine's records
// form a chain; whoever writes holds the machine's row lock, so that a sequence is taken once. What a transaction that
// was committed added is on disk. An owner of this table can delete records or hold them back; he cannot make one.
import type { Choice, SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { Queries } from '../store/database.ts';
import { PRIVACY_LIMITS } from './config.ts';

/** The newest record that the hub holds of a machine; sequence 0 and null for none. */
export interface ConsentHead {
  readonly sequence: number;
  readonly sha256: string | null;
}

export interface StoredRecord {
  readonly sequence: number;
  readonly sha256: string;
  readonly choice: Choice;
  readonly chosenBy: string;
  readonly text: string;
  readonly receipt: string;
  readonly receivedAt: Date;
}

interface RecordColumns {
  readonly sequence: number;
  readonly sha256: Buffer;
  readonly choice: Choice;
  readonly chosen_by: string;
  readonly text: string;
  readonly receipt: string;
  readonly received_at: Date;
}

const COLUMNS = 'sequence, sha256, choice, chosen_by, text, receipt, received_at';

export async function consentHead(db: Queries, machine: string): Promise<ConsentHead> {
  const [row] = await db.query<{ sequence: number; sha256: Buffer }>(
    'SELECT sequence, sha256 FROM consent_record WHERE machine = $1 ORDER BY sequence DESC LIMIT 1',
    [machine],
  );
  return row === undefined
    ? { sequence: 0, sha256: null }
    : { sequence: row.sequence, sha256: toHex(row.sha256) };
}

/** Null where the hub holds none of that sequence. */
export async function recordAt(db: Queries, machine: string, sequence: number): Promise<StoredRecord | null> {
  const [row] = await db.query<RecordColumns>(
    `SELECT ${COLUMNS} FROM consent_record WHERE machine = $1 AND sequence = $2`,
    [machine, sequence],
  );
  return row === undefined ? null : storedRecord(row);
}

/** Signed texts above a sequence, oldest first, the newest few where there are more. */
export async function recordsAbove(
  db: Queries,
  machine: string,
  sequence: number,
): Promise<readonly string[]> {
  const rows = await db.query<{ text: string }>(
    'SELECT text FROM consent_record WHERE machine = $1 AND sequence > $2 ORDER BY sequence DESC LIMIT $3',
    [machine, sequence, PRIVACY_LIMITS.maxRecords],
  );
  return rows.map(({ text }) => text).reverse();
}

/** All records of a machine, oldest first. */
export async function allRecords(db: Queries, machine: string): Promise<readonly StoredRecord[]> {
  const rows = await db.query<RecordColumns>(
    `SELECT ${COLUMNS} FROM consent_record WHERE machine = $1 ORDER BY sequence`,
    [machine],
  );
  return rows.map(storedRecord);
}

export interface ParticipationRecords {
  /** The newest choice of participation, whoever made it. */
  readonly newest: StoredRecord | null;
  /** The newest one that no policy made. */
  readonly byPerson: StoredRecord | null;
}

export async function participationOf(db: Queries, machine: string): Promise<ParticipationRecords> {
  const rows = await db.query<RecordColumns>(
    `(SELECT ${COLUMNS} FROM consent_record WHERE machine = $1 AND choice = 'participation'
       ORDER BY sequence DESC LIMIT 1)
     UNION (SELECT ${COLUMNS} FROM consent_record
             WHERE machine = $1 AND choice = 'participation' AND chosen_by <> 'policy'
             ORDER BY sequence DESC LIMIT 1)
     ORDER BY sequence DESC`,
    [machine],
  );
  const byPerson = rows.find(({ chosen_by }) => chosen_by !== 'policy');
  return {
    newest: rows[0] === undefined ? null : storedRecord(rows[0]),
    byPerson: byPerson === undefined ? null : storedRecord(byPerson),
  };
}

/** Adds a record with its receipt. Throws the store's unique violation where its sequence is taken. */
export async function addRecord(
  db: Queries,
  { record, text, sha256 }: SignedRecord,
  receipt: string,
  receivedAt: number,
): Promise<void> {
  await db.execute(
    `INSERT INTO consent_record (machine, sequence, sha256, choice, value, chosen_by, policy, regime, jurisdiction,
                                 edition, terms, statement, text, receipt, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      record.machine,
      record.sequence,
      Buffer.from(sha256, 'hex'),
      record.choice,
      record.value,
      record.by,
      record.policy,
      record.regime,
      record.jurisdiction,
      record.choice === 'participation' ? record.edition : null,
      record.terms,
      record.statement === null ? null : Buffer.from(record.statement.sha256, 'hex'),
      text,
      receipt,
      new Date(receivedAt),
    ],
  );
}

function storedRecord(row: RecordColumns): StoredRecord {
  return {
    sequence: row.sequence,
    sha256: toHex(row.sha256),
    choice: row.choice,
    chosenBy: row.chosen_by,
    text: row.text,
    receipt: row.receipt,
    receivedAt: row.received_at,
  };
}
