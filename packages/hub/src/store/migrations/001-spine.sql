-- The spine: who says what of which object, which machines may ask, which lists are published.
-- Key kinds and levels are the codes of protocol/kinds.ts and protocol/verdict.ts.

CREATE TABLE source (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  -- 'analyst' and 'rule' stand above every 'feed'; among feeds the lower rank wins.
  kind       text NOT NULL CHECK (kind IN ('analyst', 'rule', 'feed')),
  rank       integer NOT NULL,
  created_at timestamptz NOT NULL
);

-- One finished import. A re-import of the same source replaces what the older one said.
CREATE TABLE import_run (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_id   integer NOT NULL REFERENCES source (id),
  format      text NOT NULL,
  file_name   text NOT NULL,
  file_digest bytea NOT NULL,
  imported_at timestamptz NOT NULL,
  report      jsonb NOT NULL
);

-- A bulk source's claims of one key kind: an immutable file, named by its digest.
CREATE TABLE segment (
  digest     bytea NOT NULL,
  source_id  integer NOT NULL REFERENCES source (id),
  kind       smallint NOT NULL,
  rows       bigint NOT NULL,
  bytes      bigint NOT NULL,
  import_id  bigint NOT NULL REFERENCES import_run (id),
  PRIMARY KEY (source_id, kind)
);

-- Single claims and small imports; over segments they are rows of the same standing.
CREATE TABLE claim (
  kind       smallint NOT NULL,
  key        bytea NOT NULL,
  source_id  integer NOT NULL REFERENCES source (id),
  level      smallint NOT NULL,
  category   text,
  name       text,
  reason     text NOT NULL,
  lifetime   integer NOT NULL,
  original   text,
  line       integer,
  import_id  bigint REFERENCES import_run (id),
  claimed_at timestamptz NOT NULL,
  claimed_by text,
  PRIMARY KEY (kind, key, source_id)
);
CREATE INDEX claim_source ON claim (source_id, kind);

-- Good against bad among sources: published as neither until a person decides (by an analyst's claim).
CREATE TABLE held (
  kind    smallint NOT NULL,
  key     bytea NOT NULL,
  reason  text NOT NULL,
  held_at timestamptz NOT NULL,
  -- True where a row takes part; false where only segments contradict each other.
  among_rows boolean NOT NULL,
  PRIMARY KEY (kind, key)
);

-- The published list files of the newest revision, and what they were made from.
CREATE TABLE published_list (
  role   text NOT NULL,
  kind   smallint NOT NULL,
  digest bytea NOT NULL,
  rows   bigint NOT NULL,
  bytes  bigint NOT NULL,
  PRIMARY KEY (role, kind)
);

CREATE TABLE publication (
  only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision     bigint NOT NULL,
  -- Rises with each change of claims or segments; lists are stale while it is above claims_published.
  claims_changed   bigint NOT NULL,
  claims_published bigint NOT NULL,
  bases_changed    bigint NOT NULL,
  bases_published  bigint NOT NULL,
  published_at timestamptz
);
INSERT INTO publication VALUES (true, 0, 0, 0, 0, 0, NULL);

-- Join tokens: only the digest of the secret is kept.
CREATE TABLE join_token (
  secret_sha256 bytea PRIMARY KEY,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz,
  machine_id    uuid
);

CREATE TABLE machine (
  id          uuid PRIMARY KEY,
  key_sha256  bytea NOT NULL,
  -- The key before the last renewal: counts until the newer one is first seen, for an answer may be lost.
  former_key_sha256 bytea,
  enrolled_at timestamptz NOT NULL,
  renewed_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz
);
CREATE INDEX machine_key ON machine (key_sha256);
CREATE INDEX machine_revoked ON machine (revoked_at) WHERE revoked_at IS NOT NULL;
