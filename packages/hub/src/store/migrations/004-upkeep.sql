-- What is held, by who accuses and who stands against it, so that a damaged source's part can be told from others'.
-- What is held now is found again by the next publication.
UPDATE publication SET claims_changed = claims_changed + 1, bases_changed = bases_changed + 1
 WHERE EXISTS (SELECT FROM held);
DELETE FROM held;
ALTER TABLE held ADD COLUMN accuser text NOT NULL;
-- The good source, or the warning list where `warns`.
ALTER TABLE held ADD COLUMN against text NOT NULL;
ALTER TABLE held ADD COLUMN warns boolean NOT NULL;

-- Addresses change hands: what a feed says of them ends so many days after the import that last said it, also one that
-- changed nothing.
ALTER TABLE source ADD COLUMN said_at timestamptz;
UPDATE source s SET said_at = (SELECT max(i.imported_at) FROM import_run i WHERE i.source_id = s.id);
ALTER TABLE publication ADD COLUMN address_days integer NOT NULL DEFAULT 30;

-- What the accuser says, for who agrees with it.
ALTER TABLE held ADD COLUMN level smallint NOT NULL;
ALTER TABLE held ADD COLUMN category text;
ALTER TABLE held ADD COLUMN name text;

-- Held objects that a person decided together; undone together.
CREATE TABLE decision (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  verdict    text NOT NULL CHECK (verdict IN ('good', 'listed', 'unlisted')),
  -- Which of the held objects, in words.
  chosen     text NOT NULL,
  reason     text NOT NULL,
  objects    bigint NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by text NOT NULL,
  undone_at  timestamptz,
  undone_by  text
);
-- The decision that a claim is of; NULL where a person spoke of the one object.
ALTER TABLE claim ADD COLUMN decision bigint REFERENCES decision (id);
CREATE INDEX claim_decision ON claim (decision) WHERE decision IS NOT NULL;
