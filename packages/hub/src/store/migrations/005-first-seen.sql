-- When a source first said what it says now of an object; NULL: not before the claim, or the import, that is there.
ALTER TABLE claim ADD COLUMN first_at timestamptz;
ALTER TABLE segment ADD COLUMN first_at timestamptz;
-- Times of single rows of a segment, in a file of that digest (imports/first-times.ts); NULL: `first_at` is that of all.
ALTER TABLE segment ADD COLUMN firsts bytea;
