-- One row for everything that ever left, about whom and at what cost. Rows are added, never changed.
CREATE TABLE IF NOT EXISTS entries (
    entry_id      INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('open', 'reserve', 'commit')),
    population    TEXT NOT NULL,
    policy        TEXT NOT NULL CHECK (policy IN ('differential-privacy', 'threshold')),
    release_id    TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    epsilon_micro INTEGER NOT NULL CHECK (epsilon_micro >= 0),
    delta         REAL NOT NULL CHECK (delta >= 0 AND delta < 1),
    day           TEXT NOT NULL,
    reserve_id    INTEGER REFERENCES entries (entry_id),
    content_hash  TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    entry_hash    TEXT NOT NULL UNIQUE
);
-- What was drawn, already noisy: kept so that a release interrupted after its noise is finished with the same noise.
CREATE TABLE IF NOT EXISTS contents (
    entry_id INTEGER PRIMARY KEY REFERENCES entries (entry_id),
    content  BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_policy_a_population ON entries (population) WHERE kind = 'open';
CREATE UNIQUE INDEX IF NOT EXISTS one_reserve_a_release ON entries (population, fingerprint) WHERE kind = 'reserve';
CREATE UNIQUE INDEX IF NOT EXISTS one_commit_a_reserve ON entries (reserve_id) WHERE kind = 'commit';
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_deleted BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_follow_the_last BEFORE INSERT ON entries
    WHEN NEW.previous_hash <> coalesce((SELECT entry_hash FROM entries ORDER BY entry_id DESC LIMIT 1), '')
      OR NEW.entry_id <> coalesce((SELECT max(entry_id) FROM entries), 0) + 1
    BEGIN SELECT RAISE(ABORT, 'the ledger is a chain'); END;
CREATE TRIGGER IF NOT EXISTS contents_are_never_changed BEFORE UPDATE ON contents
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS contents_are_never_deleted BEFORE DELETE ON contents
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
