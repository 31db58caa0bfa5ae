-- When the run was last asked for, by the database's clock: ageing counts from there.
ALTER TABLE dispatch.open_runs ADD COLUMN IF NOT EXISTS
    waiting_since timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE INDEX IF NOT EXISTS open_runs_waiting ON dispatch.open_runs (waiting_since)
    WHERE running_since IS NULL AND priority > 1;
CREATE INDEX IF NOT EXISTS open_runs_queue ON dispatch.open_runs (pool, priority, asked_position)
    WHERE running_since IS NULL;
