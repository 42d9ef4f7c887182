-- Participation: what operators promise, what the people at the machines chose, what came from them, what was erased.
-- Ids of items, messages, editions and choices are those of the catalog; signed texts stand as they came or went.

-- The public key itself (SPKI), to verify what a machine signs; NULL until a machine of an earlier release is seen.
ALTER TABLE machine ADD COLUMN public_key bytea;
ALTER TABLE machine ADD COLUMN former_public_key bytea;
-- Marks of the operator: managed by policy, used by one person, in which group of policies (NULL: the default one).
ALTER TABLE machine ADD COLUMN managed boolean NOT NULL DEFAULT false;
ALTER TABLE machine ADD COLUMN personal boolean NOT NULL DEFAULT false;
ALTER TABLE machine ADD COLUMN policy_group text;
-- The machine of which this one is a copy that enrolled anew.
ALTER TABLE machine ADD COLUMN cloned_from uuid REFERENCES machine (id);
CREATE INDEX machine_cloned ON machine (cloned_from, enrolled_at) WHERE cloned_from IS NOT NULL;

-- A machine gets the marks of the token by which it joins.
ALTER TABLE join_token ADD COLUMN managed boolean NOT NULL DEFAULT false;
ALTER TABLE join_token ADD COLUMN personal boolean NOT NULL DEFAULT false;
ALTER TABLE join_token ADD COLUMN policy_group text;

-- The operator's terms, each version as it was signed; never deleted.
CREATE TABLE terms (
  number bigint PRIMARY KEY,
  issued timestamptz NOT NULL,
  text   text NOT NULL
);

-- Every Statement and privacy policy that was ever published; never changed, never deleted.
CREATE TABLE statement_version (
  document     text NOT NULL CHECK (document IN ('statement', 'privacy-policy')),
  -- C.T: the catalog's version and the number of the terms.
  catalog      integer NOT NULL,
  terms        bigint NOT NULL,
  edition      text NOT NULL,
  -- ISO 3166-1 alpha-2, or '' where the jurisdiction is unknown.
  jurisdiction text NOT NULL,
  language     text NOT NULL,
  regime       text NOT NULL,
  date         text NOT NULL,
  sha256       bytea NOT NULL,
  text         text NOT NULL,
  -- As it was rendered, for its other forms; members keep their order.
  content      json NOT NULL,
  -- Item id -> fingerprint: what changed since another version is read from these.
  items        jsonb NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (document, catalog, terms, edition, jurisdiction, language)
);
CREATE INDEX statement_version_sha256 ON statement_version (sha256);

-- The records of choices, as the machines signed them, each with the receipt that countersigns it. Never changed;
-- deleted a year after they were replaced.
CREATE TABLE consent_record (
  machine      uuid NOT NULL REFERENCES machine (id),
  sequence     bigint NOT NULL,
  sha256       bytea NOT NULL,
  choice       text NOT NULL CHECK (choice IN ('participation', 'sharing', 'commercial')),
  value        text NOT NULL,
  chosen_by    text NOT NULL,
  policy       bigint,
  regime       text NOT NULL,
  jurisdiction text,
  edition      text,
  terms        text,
  statement    bytea,
  text         text NOT NULL,
  receipt      text NOT NULL,
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (machine, sequence)
);
CREATE INDEX consent_record_choice ON consent_record (machine, choice, sequence DESC);

-- What machines sent and their consent allowed, once each.
CREATE TABLE message (
  machine     uuid NOT NULL REFERENCES machine (id),
  epoch       bigint NOT NULL,
  sequence    bigint NOT NULL,
  message     text NOT NULL,
  reason      text NOT NULL,
  edition     text NOT NULL,
  -- Sequence of the consent record under which it was sent.
  consent     bigint NOT NULL,
  made_at     timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  items       jsonb NOT NULL,
  -- When the first of its items is to be removed; the row goes with the last.
  sweep_at    timestamptz NOT NULL,
  PRIMARY KEY (machine, epoch, sequence)
);
CREATE INDEX message_sweep ON message (sweep_at);
CREATE INDEX message_received ON message (received_at);

-- What was erased, and up to which number nothing older may come in any more.
CREATE TABLE erasure (
  machine      uuid NOT NULL REFERENCES machine (id),
  -- Number of the request; of the last message before it, where the operator erased.
  epoch        bigint NOT NULL,
  sequence     bigint NOT NULL,
  asked_by     text NOT NULL CHECK (asked_by IN ('machine', 'operator')),
  scope        text NOT NULL CHECK (scope IN ('all', 'statistics', 'submissions')),
  -- The last message that it covers.
  until_epoch    bigint NOT NULL,
  until_sequence bigint NOT NULL,
  messages     bigint NOT NULL,
  erased_at    timestamptz NOT NULL,
  confirmation text NOT NULL,
  PRIMARY KEY (machine, epoch, sequence, asked_by)
);

-- How much was refused or dropped, and why; nothing of what it was.
CREATE TABLE intake_count (
  day     date NOT NULL,
  message text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('refused', 'dropped')),
  reason  text NOT NULL,
  count   bigint NOT NULL,
  PRIMARY KEY (day, message, outcome, reason)
);

-- Policies of managed machines, each as it was signed; the newest of a group counts. Sequences rise over all groups,
-- so that a machine that changes its group goes on. Each is signed twice: as it is, and for machines marked personal.
CREATE TABLE policy (
  sequence     bigint PRIMARY KEY,
  policy_group text NOT NULL,
  for_personal boolean NOT NULL,
  issued       timestamptz NOT NULL,
  expires      timestamptz NOT NULL,
  -- Lifetime that the operator chose; it is signed anew before its end for as long as it is the newest.
  days         integer NOT NULL,
  text         text NOT NULL,
  issued_by    text NOT NULL
);
CREATE INDEX policy_newest ON policy (policy_group, for_personal, sequence DESC);
