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
    PERFORM pg_notify('proctor_events', last::text);
    RETURN last;
END
$$;
REVOKE ALL ON FUNCTION proctor_append FROM PUBLIC;
