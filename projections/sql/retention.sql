-- What runs that are over still have that may be removed. Made of the log, as the views are; kept by
-- whoever removes.
CREATE SCHEMA IF NOT EXISTS retention;
CREATE TABLE IF NOT EXISTS retention.position (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
);
INSERT INTO retention.position (position) VALUES (0) ON CONFLICT DO NOTHING;

-- `details_said_at` is the position of the event that says that the details go: then they do,
-- whatever happens in between.
CREATE TABLE IF NOT EXISTS retention.runs (
    run_id uuid PRIMARY KEY,
    status text NOT NULL,
    over_at timestamptz NOT NULL,
    over_position bigint NOT NULL,
    has_artifacts boolean NOT NULL,
    has_details boolean NOT NULL DEFAULT true,
    details_said_at bigint
);
CREATE INDEX IF NOT EXISTS runs_with_artifacts ON retention.runs (over_at) WHERE has_artifacts;
CREATE INDEX IF NOT EXISTS runs_with_details ON retention.runs (over_at) WHERE has_details;
CREATE INDEX IF NOT EXISTS runs_half_done ON retention.runs (details_said_at)
    WHERE has_details AND details_said_at IS NOT NULL;

-- Every file that an event names, also of runs that are not over; `said_at` as above.
CREATE TABLE IF NOT EXISTS retention.artifacts (
    run_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    said_at bigint,
    PRIMARY KEY (run_id, name, sha256)
);
CREATE INDEX IF NOT EXISTS artifacts_kept ON retention.artifacts (sha256) WHERE said_at IS NULL;
CREATE INDEX IF NOT EXISTS artifacts_half_done ON retention.artifacts (run_id, name, sha256)
    WHERE said_at IS NOT NULL;
