-- What is held, by who accuses and who stands against it, so that a damaged source's part can be told from others'.
-- What is held now is found again by the next publication.
UPDATE publication SET claims_changed = claims_changed + 1, bases_changed = bases_changed + 1
 WHERE EXISTS (SELECT FROM held);
DELETE FROM held;
ALTER TABLE held ADD COLUMN accuser text NOT NULL;
-- The good source, or the warning list where `warns`.
ALTER TABLE held ADD COLUMN against text NOT NULL;
ALTER TABLE held ADD COLUMN warns boolean NOT NULL;
