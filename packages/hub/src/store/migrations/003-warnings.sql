-- Warning lists: sources of a kind of their own. What they name is never published because of them; a bad claim
-- about it waits for a person.
ALTER TABLE source DROP CONSTRAINT source_kind_check;
ALTER TABLE source ADD CONSTRAINT source_kind_check CHECK (kind IN ('analyst', 'rule', 'feed', 'warning'));
