-- Appending, in one round trip, and all that a user who may append needs to be allowed: the lock
-- would otherwise ask for the right to update or delete.
--
-- The lock makes the order of positions the order of commits, so that no follower passes over a
-- position that is committed later. It lasts until the commit.
CREATE OR REPLACE FUNCTION proctor_append(
    durable boolean, ids uuid[], versions bigint[], topics text[], states bytea[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last bigint;
BEGIN
    -- What is removed is removed by whoever owns the table: no service says that it was.
    IF topics && ARRAY['ArtifactsRemoved', 'DetailsRemoved']
        AND NOT pg_has_role(session_user, current_user, 'USAGE')
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the owner of the log removes anything';
    END IF;
    IF NOT durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    LOCK TABLE proctor_events IN EXCLUSIVE MODE;
    WITH inserted AS (
        INSERT INTO proctor_events (originator_id, originator_version, topic, state)
        SELECT id, version, topic, state
        FROM unnest(ids, versions, topics, states) WITH ORDINALITY
            AS given (id, version, topic, state, number)
        ORDER BY number
        RETURNING notification_id
    )
    SELECT max(notification_id) INTO last FROM inserted;
    -- A crash of the database may have forgotten what did not wait for the disk: nothing is written
    -- behind an event that is not there.
    IF EXISTS (
        SELECT 1 FROM unnest(ids, versions) AS given (id, version)
        WHERE version > 1 AND NOT EXISTS (
            SELECT 1 FROM proctor_events
            WHERE originator_id = id AND originator_version = version - 1
        )
    ) THEN
        RAISE unique_violation USING MESSAGE = 'the version before is not there';
    END IF;
    PERFORM pg_notify('proctor_events', last::text);
    RETURN last;
END
$$;
REVOKE ALL ON FUNCTION proctor_append FROM PUBLIC;

-- For the tables that are proof: even their owner, slipping, changes nothing. Whoever may switch
-- triggers off still can; the ledger's checkpoints, kept elsewhere, tell. Of events, details may be
-- removed (remove_details.sql).
CREATE OR REPLACE FUNCTION proctor_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to: % is refused', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE OR REPLACE TRIGGER only_added_to
    BEFORE DELETE OR TRUNCATE ON proctor_events
    FOR EACH STATEMENT EXECUTE FUNCTION proctor_refuse_change();
