-- What each role's user may do, and nothing more. The tables belong to whoever migrates; the views
-- to the projections, which make them anew.
GRANT USAGE ON SCHEMA public TO proctor_api, proctor_dispatcher, proctor_projections, proctor_executor;
GRANT SELECT ON proctor_events, proctor_schemas
    TO proctor_api, proctor_dispatcher, proctor_projections, proctor_executor;
GRANT EXECUTE ON FUNCTION proctor_append TO proctor_api, proctor_dispatcher, proctor_executor;

GRANT USAGE ON SCHEMA dispatch TO proctor_dispatcher;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dispatch TO proctor_dispatcher;
GRANT USAGE ON SCHEMA dispatch TO proctor_api;
GRANT SELECT ON dispatch.position, dispatch.announced TO proctor_api;

GRANT proctor_projections TO CURRENT_USER;
GRANT INSERT, UPDATE ON proctor_schemas TO proctor_projections;
ALTER SCHEMA views OWNER TO proctor_projections;
DO $$
DECLARE
    made record;
BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO proctor_projections', current_database());
    FOR made IN SELECT tablename FROM pg_tables WHERE schemaname = 'views' LOOP
        EXECUTE format('ALTER TABLE views.%I OWNER TO proctor_projections', made.tablename);
    END LOOP;
END
$$;
GRANT USAGE ON SCHEMA ledger TO proctor_projections, proctor_api;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO proctor_projections, proctor_api;
GRANT INSERT ON ledger.links, ledger.checkpoints, ledger.keys, ledger.delivered TO proctor_projections;
GRANT UPDATE ON ledger.delivered TO proctor_projections;
GRANT USAGE ON SCHEMA console TO proctor_api;
GRANT SELECT ON console.secret TO proctor_api;
GRANT SELECT, INSERT, DELETE ON console.links TO proctor_api;
GRANT USAGE ON SCHEMA views TO proctor_api;
GRANT SELECT ON ALL TABLES IN SCHEMA views TO proctor_api;
-- Views made anew are a new schema.
ALTER DEFAULT PRIVILEGES FOR ROLE proctor_projections GRANT USAGE ON SCHEMAS TO proctor_api;
ALTER DEFAULT PRIVILEGES FOR ROLE proctor_projections GRANT SELECT ON TABLES TO proctor_api;
