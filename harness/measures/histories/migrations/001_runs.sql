-- revision: 001
-- parent: none
-- message: Runs, their circumstances and their measurements

-- up
-- PostgreSQL and SQLite both read this file as it stands.
CREATE TABLE runs (
    id text NOT NULL PRIMARY KEY,
    started_at text NOT NULL,
    seconds double precision NOT NULL,
    version text NOT NULL,
    suite text NOT NULL,
    migrator text NOT NULL,
    baseline text NOT NULL,
    target text NOT NULL,
    verdict text NOT NULL,
    label text NOT NULL,
    terms text NOT NULL
);
CREATE INDEX runs_by_terms ON runs (terms, started_at);
CREATE INDEX runs_by_suite ON runs (suite, started_at);

CREATE TABLE circumstances (
    run text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (run, name)
);

CREATE TABLE measurements (
    run text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    scenario text NOT NULL,
    measure text NOT NULL,
    unit text NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (run, scenario, measure)
);

-- down
DROP TABLE measurements;
DROP TABLE circumstances;
DROP TABLE runs;
