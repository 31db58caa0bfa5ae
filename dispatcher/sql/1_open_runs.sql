CREATE SCHEMA IF NOT EXISTS dispatch;

-- What the dispatcher must remember of the runs that are not over: one row each.
CREATE TABLE IF NOT EXISTS dispatch.open_runs (
    run_id uuid PRIMARY KEY,
    dispatch_id text NOT NULL,
    asked_position bigint NOT NULL,
    pool text NOT NULL,
    attempt integer NOT NULL,
    priority integer NOT NULL,
    timeout double precision NOT NULL,
    executor text,
    -- The database's clock when the start was seen: executors' clocks may differ.
    running_since timestamptz
);
CREATE INDEX IF NOT EXISTS open_runs_running ON dispatch.open_runs (running_since)
    WHERE running_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS open_runs_asked ON dispatch.open_runs (asked_position);

CREATE TABLE IF NOT EXISTS dispatch.position (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
);
INSERT INTO dispatch.position (position) VALUES (0) ON CONFLICT DO NOTHING;
