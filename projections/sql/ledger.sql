-- The ledger: every event chained to all before it, and signed words on the chain.
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.links (
    position bigint PRIMARY KEY,
    link bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS ledger.checkpoints (
    number bigint PRIMARY KEY,
    first bigint NOT NULL,
    last bigint NOT NULL UNIQUE,
    checkpoint jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS ledger.keys (
    id text PRIMARY KEY,
    pem text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS ledger.delivered (
    destination text PRIMARY KEY,
    number bigint NOT NULL
);
CREATE OR REPLACE TRIGGER only_added_to
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.links
    FOR EACH STATEMENT EXECUTE FUNCTION proctor_refuse_change();
CREATE OR REPLACE TRIGGER only_added_to
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION proctor_refuse_change();
