-- The one change to events that there is: details are removed, as an event in the log says. Whoever
-- may, may do this and nothing else: the trigger compares every row before and after with what
-- was said of it.

-- What an event is known by, as `domain/stored.py` has it: SHA-256 over all there is of it.
CREATE OR REPLACE FUNCTION proctor_leaf(
    place bigint, id uuid, version bigint, topic text, state bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(
        '\x00'::bytea || int8send(place) || uuid_send(id) || int8send(version)
        || int4send(octet_length(convert_to(topic, 'UTF8'))) || convert_to(topic, 'UTF8') || state
    )
$$;

CREATE OR REPLACE FUNCTION proctor_check_details_removed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    -- The positions of the events that say so.
    said_at bigint[] := nullif(current_setting('proctor.details_removed_at', true), '')::bigint[];
BEGIN
    IF EXISTS (
        WITH said AS MATERIALIZED (
            SELECT (facts ->> 'run_id')::uuid AS run_id, (entry ->> 'position')::bigint AS position,
                decode(entry ->> 'was', 'hex') AS was, decode(entry ->> 'now', 'hex') AS now
            FROM proctor_events AS event
            CROSS JOIN LATERAL (SELECT convert_from(event.state, 'UTF8')::jsonb) AS read (facts)
            CROSS JOIN jsonb_array_elements(facts -> 'events') AS entry
            WHERE event.notification_id = ANY(said_at) AND event.topic = 'DetailsRemoved'
                AND event.notification_id > (entry ->> 'position')::bigint
        )
        SELECT FROM rows_before
        FULL JOIN rows_after USING (notification_id, originator_id, originator_version, topic)
        WHERE NOT EXISTS (
            SELECT FROM said WHERE said.position = notification_id AND said.run_id = originator_id
                AND said.was = proctor_leaf(
                    notification_id, originator_id, originator_version, topic, rows_before.state)
                AND said.now = proctor_leaf(
                    notification_id, originator_id, originator_version, topic, rows_after.state)
        )
    ) THEN
        RAISE EXCEPTION '% is only ever added to: % is refused', TG_TABLE_NAME, TG_OP;
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER only_details_removed
    AFTER UPDATE ON proctor_events REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after
    FOR EACH STATEMENT EXECUTE FUNCTION proctor_check_details_removed();

-- Puts new bytes in the place of the old; `said_at` are the positions of the DetailsRemoved events.
CREATE OR REPLACE FUNCTION proctor_remove_details(
    said_at bigint[], positions bigint[], states bytea[]
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('proctor.details_removed_at', said_at::text, true);
    UPDATE proctor_events SET state = given.state
    FROM unnest(positions, states) AS given (position, state)
    WHERE notification_id = given.position;
    PERFORM set_config('proctor.details_removed_at', '', true);
END
$$;
REVOKE ALL ON FUNCTION proctor_remove_details FROM PUBLIC;
