-- What all API processes share of the dashboard: the secret that its cookies are signed with, and the
-- links that sign somebody in once.
CREATE SCHEMA IF NOT EXISTS console;
CREATE TABLE IF NOT EXISTS console.secret (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    secret bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS console.links (
    digest bytea PRIMARY KEY,
    key_id uuid NOT NULL,
    good_until timestamptz NOT NULL
);
