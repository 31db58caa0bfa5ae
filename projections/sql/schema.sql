-- The views. Unqualified on purpose: the same statements make the live views, the next ones
-- during a rebuild, and the past for an audit, each in a schema of its own.
CREATE TABLE IF NOT EXISTS position (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
);
INSERT INTO position (position) VALUES (0) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS runs (
    id uuid PRIMARY KEY,
    requested_position bigint NOT NULL,
    asked_position bigint NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    pool text NOT NULL,
    priority integer NOT NULL,
    queued_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    finished_position bigint,
    attempt integer NOT NULL DEFAULT 0,
    executor text,
    steps_total integer NOT NULL,
    steps_passed integer NOT NULL DEFAULT 0,
    flaky boolean NOT NULL DEFAULT false,
    labels jsonb NOT NULL,
    test_id uuid,
    test_version integer,
    batch_id uuid,
    error jsonb,
    expect text NOT NULL,
    timeout double precision NOT NULL,
    retries integer NOT NULL,
    queue_seconds double precision,
    duration double precision,
    requested_by text NOT NULL,
    model_calls integer NOT NULL DEFAULT 0,
    tokens bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS runs_requested ON runs (requested_position);
CREATE INDEX IF NOT EXISTS runs_queue ON runs (pool, priority, asked_position)
    WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS runs_active ON runs (requested_position) WHERE status = 'running';
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (status, requested_position);
CREATE INDEX IF NOT EXISTS runs_by_test ON runs (test_id, requested_position);
CREATE INDEX IF NOT EXISTS runs_by_name ON runs (name, requested_position) WHERE test_id IS NULL;
CREATE INDEX IF NOT EXISTS runs_by_batch ON runs (batch_id, requested_position);
CREATE INDEX IF NOT EXISTS runs_finished ON runs (finished_position DESC)
    WHERE finished_position IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_by_label ON runs USING gin (labels jsonb_path_ops);

CREATE TABLE IF NOT EXISTS tests (
    id uuid PRIMARY KEY,
    created_position bigint NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    definition jsonb NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS tests_created ON tests (created_position);

CREATE TABLE IF NOT EXISTS keys (
    id uuid PRIMARY KEY,
    created_position bigint NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    revoked boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS queues (
    id uuid PRIMARY KEY,
    paused boolean NOT NULL,
    drained text[] NOT NULL DEFAULT '{}'
);

-- What somebody's command brought about. `by` is "key:" and a key's id, or who else it was.
CREATE TABLE IF NOT EXISTS deeds (
    position bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    by text NOT NULL,
    origin text,
    type text NOT NULL,
    noun text NOT NULL,
    subject uuid NOT NULL,
    description text NOT NULL
);
CREATE INDEX IF NOT EXISTS deeds_by ON deeds (by, type, position);
CREATE INDEX IF NOT EXISTS deeds_of_type ON deeds (type, position);
CREATE INDEX IF NOT EXISTS deeds_about ON deeds (subject);

-- Counted per day (UTC, of the verdict) and test; a test without an id is known by its name.
CREATE TABLE IF NOT EXISTS daily (
    day date NOT NULL,
    test text NOT NULL,
    runs bigint NOT NULL,
    passed bigint NOT NULL,
    failed bigint NOT NULL,
    errored bigint NOT NULL,
    timed_out bigint NOT NULL,
    cancelled bigint NOT NULL,
    flaky bigint NOT NULL,
    PRIMARY KEY (day, test)
);

-- Histograms of seconds: bucket b holds values around 1.1^b, so percentiles are within 5 %.
CREATE TABLE IF NOT EXISTS histograms (
    day date NOT NULL,
    test text NOT NULL,
    metric text NOT NULL,
    bucket integer NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (day, test, metric, bucket)
);

-- The steps in words of runs that are not over, with what the present attempt decided.
CREATE TABLE IF NOT EXISTS words_in_runs (
    run_id uuid NOT NULL,
    step integer NOT NULL,
    words text NOT NULL,
    instruction text NOT NULL,
    nth integer NOT NULL,
    decision jsonb,
    PRIMARY KEY (run_id, step)
);

-- What is known: the newest version that nobody forgot. `test` is a kept test's id, or the name of
-- runs submitted inline, which `suite` tells apart.
CREATE TABLE IF NOT EXISTS decisions (
    test text NOT NULL,
    suite text NOT NULL,
    words text NOT NULL,
    instruction text NOT NULL,
    nth integer NOT NULL,
    version integer NOT NULL,
    decision jsonb NOT NULL,
    run_id uuid NOT NULL,
    known_position bigint NOT NULL,
    known_at timestamptz NOT NULL,
    forgotten boolean NOT NULL DEFAULT false,
    PRIMARY KEY (test, suite, words, instruction, nth, version)
);

-- What steps in words cost, per day (UTC, of the step) and test.
CREATE TABLE IF NOT EXISTS daily_words (
    day date NOT NULL,
    test text NOT NULL,
    steps bigint NOT NULL,
    replayed bigint NOT NULL,
    healed bigint NOT NULL,
    calls bigint NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    PRIMARY KEY (day, test)
);
