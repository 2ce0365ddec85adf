-- The bodies of `embeddings` as pgvector searches them. A copy that triggers keep: whoever writes
-- to `embeddings` need not know of it. It has a schema of its own, so that the models do not
-- have to either. May be run again: it makes and fills what is missing.
DO $$
DECLARE
    available text := (SELECT default_version FROM pg_available_extensions WHERE name = 'vector');
    installed text := (SELECT extversion FROM pg_extension WHERE extname = 'vector');
BEGIN
    IF available IS NULL AND installed IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE =
            'This PostgreSQL has no pgvector; install it on its machine.';
    END IF;
    IF string_to_array(coalesce(installed, available), '.')::int[] < ARRAY[0, 8] THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE =
            'pgvector ' || coalesce(installed, available)
            || ' is too old; 0.8 or newer is needed (ALTER EXTENSION vector UPDATE).';
    END IF;
    IF installed IS NULL THEN
        CREATE EXTENSION vector;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE =
        'An administrator of PostgreSQL must run CREATE EXTENSION vector in this database.';
END
$$;

CREATE SCHEMA IF NOT EXISTS vectors;

CREATE TABLE IF NOT EXISTS vectors.bodies (
    subject varchar(20) NOT NULL,
    subject_id integer NOT NULL,
    model varchar(120) NOT NULL,
    body vector(384) NOT NULL,
    PRIMARY KEY (subject, model, subject_id)
);

-- float32 numbers, lowest byte first, bit by bit: PostgreSQL has no cast for them.
-- Shifts stand in brackets, for << binds no tighter than | does.
CREATE OR REPLACE FUNCTION vectors.numbers(body bytea) RETURNS real[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg((
        CASE WHEN bits & 2139095040 = 0
             THEN (bits & 8388607) * 2::float8 ^ (-149)
             ELSE ((bits & 8388607) | 8388608) * 2::float8 ^ (((bits >> 23) & 255) - 150)
        END * CASE WHEN bits < 0 THEN -1 ELSE 1 END)::real ORDER BY place)
    FROM (
        SELECT place,
               get_byte(body, 4 * place)
               | (get_byte(body, 4 * place + 1) << 8)
               | (get_byte(body, 4 * place + 2) << 16)
               | (get_byte(body, 4 * place + 3) << 24) AS bits
        FROM generate_series(0, octet_length(body) / 4 - 1) AS place
    ) AS words
$$;

-- Texts of a model with another dimension than 384 stay out: 4 bytes for each number.
CREATE OR REPLACE FUNCTION vectors.follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM vectors.bodies AS gone
        WHERE (gone.subject, gone.model, gone.subject_id)
            = (OLD.subject, OLD.model, OLD.subject_id);
    END IF;
    IF TG_OP <> 'DELETE' AND octet_length(NEW.body) = 4 * 384 THEN
        INSERT INTO vectors.bodies (subject, subject_id, model, body)
        VALUES (NEW.subject, NEW.subject_id, NEW.model, vectors.numbers(NEW.body)::vector);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION vectors.empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE vectors.bodies;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER vectors_follow
AFTER INSERT OR DELETE OR UPDATE OF subject, subject_id, model, body ON embeddings
FOR EACH ROW EXECUTE FUNCTION vectors.follow();

CREATE OR REPLACE TRIGGER vectors_empty AFTER TRUNCATE ON embeddings
FOR EACH STATEMENT EXECUTE FUNCTION vectors.empty();

DELETE FROM vectors.bodies AS gone WHERE NOT EXISTS (
    SELECT FROM embeddings AS e
    WHERE (e.subject, e.model, e.subject_id) = (gone.subject, gone.model, gone.subject_id)
);

INSERT INTO vectors.bodies (subject, subject_id, model, body)
SELECT subject, subject_id, model, vectors.numbers(body)::vector
FROM embeddings AS e
WHERE octet_length(body) = 4 * 384 AND NOT EXISTS (
    SELECT FROM vectors.bodies AS b
    WHERE (b.subject, b.model, b.subject_id) = (e.subject, e.model, e.subject_id)
);
