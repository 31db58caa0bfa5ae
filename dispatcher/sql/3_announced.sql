-- How far the log has been told to listeners outside.
CREATE TABLE IF NOT EXISTS dispatch.announced (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
);
INSERT INTO dispatch.announced (position) VALUES (0) ON CONFLICT DO NOTHING;
