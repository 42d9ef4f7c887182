// What the outbox counts: what was withheld and dropped, by reason, and how often each message was made today. Ids of
// the catalog and numbers only; none of it leaves by itself.
import type { DatabaseSync } from 'node:sqlite';

export interface Count {
  /** `withheld`: the gate kept it here. `dropped`: it was let out, and could not be kept or was not taken. */
  readonly what: 'withheld' | 'dropped';
  readonly reason: string;
  /** Id of the message, '' where it does not matter. */
  readonly message: string;
  /** Id of the item, '' where it is the message itself. */
  readonly item: string;
  readonly n: number;
}

/** Items that nothing declares are counted under one name: no foreign text gets in here. */
export const OTHER_ITEM = 'other';

export class SpoolCounts {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(what: Count['what'], reason: string, message: string | null = null, n = 1, item = ''): void {
    this.#database
      .prepare(
        `INSERT INTO count (what, reason, message, item, n) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (what, reason, message, item) DO UPDATE SET n = n + excluded.n`,
      )
      .run(what, reason, message ?? '', item, n);
  }

  all(): readonly Count[] {
    return this.#database
      .prepare('SELECT what, reason, message, item, n FROM count ORDER BY what, message, item, reason')
      .all()
      .map((row) => ({ ...row }) as unknown as Count);
  }

  /** True where this mark (a digest, never a name) was set on this day. */
  isMarked(mark: string, day: string): boolean {
    return (
      this.#database.prepare('SELECT 1 FROM once WHERE mark = ? AND day = ?').get(mark, day) !== undefined
    );
  }

  /** Sets a mark for this day, and forgets those of earlier days. */
  mark(mark: string, day: string): void {
    this.#database.prepare('DELETE FROM once WHERE day < ?').run(day);
    this.#database.prepare('INSERT OR REPLACE INTO once (mark, day) VALUES (?, ?)').run(mark, day);
  }

  /** Counts one more of this message today; false where its schedule allows no more. */
  countToday(message: string, day: string, atMost: number): boolean {
    const row = this.#database.prepare('SELECT day, n FROM today WHERE message = ?').get(message);
    const n = row?.['day'] === day ? Number(row['n']) : 0;
    if (n >= atMost) return false;
    this.#database
      .prepare('INSERT OR REPLACE INTO today (message, day, n) VALUES (?, ?, ?)')
      .run(message, day, n + 1);
    return true;
  }
}
