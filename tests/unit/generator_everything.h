/* Types, and constructs that stand in the way of a row: one table each. */
#pragma once

struct everything {
    const char *name;     /* of the table, as the counts give it */
    const char *sql;      /* creates it */
    const char *refused;  /* an INSERT that the server refuses; NULL where nothing is learnt */
    const char *sqlstate; /* of that refusal */
    const char *holds;    /* a query that must say "t" once all is filled; NULL: there are rows */
};

static const char everything_before[] =
    "CREATE SCHEMA app; CREATE SCHEMA \"Odd Schema\";"
    "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree;"
    "CREATE EXTENSION intarray; CREATE EXTENSION btree_gist;"
    "CREATE TYPE app.mood AS ENUM ('sad', 'so so', 'it''s \"ok\"', 'happy');"
    "CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);"
    "CREATE DOMAIN app.small AS app.positive CHECK (VALUE < 100);"
    "CREATE DOMAIN app.slug AS varchar(20) NOT NULL CHECK (VALUE ~ '^[a-z]{3,}(-[a-z0-9]+)*$');"
    "CREATE TYPE app.pair AS (a app.small, b text, c app.mood[]);"
    "CREATE TYPE app.nest AS (one app.pair, many app.pair[]);"
    "CREATE TYPE app.text_range AS RANGE (subtype = text, multirange_type_name = app.text_ranges);"
    "CREATE FUNCTION app.is_slug(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS"
    " $$ SELECT $1 ~ '^v[0-9]+\\.[0-9]+-rc$' $$;"
    "CREATE TABLE app.tenants (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);";

#define TYPE(name, type)                                                                           \
    {                                                                                              \
        "app.t_" name, "CREATE TABLE app.t_" name " (v " type " NOT NULL, n " type ")", NULL,      \
            NULL, NULL                                                                             \
    }

static const struct everything everything[] = {
    TYPE("bool", "boolean"),
    TYPE("int2", "smallint"),
    TYPE("int4", "integer"),
    TYPE("int8", "bigint"),
    TYPE("numeric", "numeric"),
    TYPE("numeric_5_2", "numeric(5,2)"),
    TYPE("numeric_2_4", "numeric(2,2)"),
    TYPE("numeric_30_0", "numeric(30,0)"),
    TYPE("float4", "real"),
    TYPE("float8", "double precision"),
    TYPE("money", "money"),
    TYPE("text", "text"),
    TYPE("varchar", "varchar(3)"),
    TYPE("char", "char(2)"),
    TYPE("one_char", "char"),
    TYPE("internal_char", "\"char\""),
    TYPE("name", "name"),
    TYPE("bytea", "bytea"),
    TYPE("bit", "bit(12)"),
    TYPE("varbit", "bit varying(5)"),
    TYPE("any_varbit", "bit varying"),
    TYPE("uuid", "uuid"),
    TYPE("date", "date"),
    TYPE("time", "time(0)"),
    TYPE("timetz", "time with time zone"),
    TYPE("timestamp", "timestamp(3)"),
    TYPE("timestamptz", "timestamptz"),
    TYPE("interval", "interval"),
    TYPE("interval_day", "interval day to second(0)"),
    TYPE("inet", "inet"),
    TYPE("cidr", "cidr"),
    TYPE("macaddr", "macaddr"),
    TYPE("macaddr8", "macaddr8"),
    TYPE("json", "json"),
    TYPE("jsonb", "jsonb"),
    TYPE("jsonpath", "jsonpath"),
    TYPE("xml", "xml"),
    TYPE("tsvector", "tsvector"),
    TYPE("tsquery", "tsquery"),
    TYPE("point", "point"),
    TYPE("line", "line"),
    TYPE("lseg", "lseg"),
    TYPE("box", "box"),
    TYPE("path", "path"),
    TYPE("polygon", "polygon"),
    TYPE("circle", "circle"),
    TYPE("pg_lsn", "pg_lsn"),
    TYPE("oid", "oid"),
    TYPE("xid8", "xid8"),
    TYPE("tid", "tid"),
    TYPE("snapshot", "pg_snapshot"),
    TYPE("regclass", "regclass"),
    TYPE("regproc", "regprocedure"),
    TYPE("regconfig", "regconfig"),
    TYPE("enum", "app.mood"),
    TYPE("domain", "app.small"),
    TYPE("domain_text", "app.slug"),
    TYPE("composite", "app.pair"),
    TYPE("nested_composite", "app.nest"),
    TYPE("int4range", "int4range"),
    TYPE("numrange", "numrange"),
    TYPE("daterange", "daterange"),
    TYPE("tstzrange", "tstzrange"),
    TYPE("own_range", "app.text_range"),
    TYPE("multirange", "tsmultirange"),
    TYPE("own_multirange", "app.text_ranges"),
    TYPE("array_int", "integer[]"),
    TYPE("array_text", "text[]"),
    TYPE("array_2d", "text[][]"),
    TYPE("array_domain", "app.small[]"),
    TYPE("array_enum", "app.mood[]"),
    TYPE("array_composite", "app.pair[]"),
    TYPE("array_box", "box[]"),
    TYPE("array_bytea", "bytea[]"),
    TYPE("array_range", "int8range[]"),
    TYPE("array_multirange", "int8multirange[]"),
    TYPE("array_jsonb", "jsonb[]"),
    TYPE("citext", "citext"),
    TYPE("hstore", "hstore"),
    TYPE("ltree", "ltree"),
    TYPE("lquery", "lquery"),
    TYPE("query_int", "query_int"),
    TYPE("vector", "vector(5)"),
    TYPE("vector_any", "vector"),

    /* what is looked for, once there are rows */
    {"app.nulls", "CREATE TABLE app.nulls (a integer, b text, c text[] NOT NULL)", NULL, NULL,
     "SELECT bool_or(a IS NULL) AND bool_or(b IS NULL) AND bool_or(b = '') AND"
     " bool_or(a = 2147483647) AND bool_or(c = '{}') AND bool_or(c[1] IS NULL) AND"
     " bool_or(length(b) >= 5000) FROM app.nulls"},
    {"app.labels", "CREATE TABLE app.labels (m app.mood NOT NULL)", NULL, NULL,
     "SELECT count(DISTINCT m) = 4 FROM app.labels"},
    {"app.twins", "CREATE TABLE app.twins (id serial PRIMARY KEY, a text NOT NULL, b date)", NULL,
     NULL, "SELECT count(*) > count(DISTINCT a) FROM app.twins"},
    {"app.numbers", "CREATE TABLE app.numbers (v numeric(5,2))", NULL, NULL,
     "SELECT max(v) = 999.99 AND min(v) = -999.99 FROM app.numbers"},

    /* CHECKs */
    {"app.hashes", "CREATE TABLE app.hashes (h bytea NOT NULL CHECK (octet_length(h) = 32))",
     "INSERT INTO app.hashes VALUES ('\\x00')", "23514", NULL},
    {"app.either",
     "CREATE TABLE app.either (kind text NOT NULL, a integer, b text, c uuid, d date,"
     " CHECK (((kind = 'a') AND (a > 5) AND b IS NULL AND (c IS NULL OR d IS NULL)) OR"
     " (kind IN ('b', 'c') AND a IS NULL AND b LIKE 'x-%' AND c IS NOT NULL AND d > "
     "'2020-01-01')))",
     "INSERT INTO app.either VALUES ('d', 1, NULL, NULL, NULL)", "23514",
     "SELECT bool_or(kind = 'a') AND bool_or(kind <> 'a') FROM app.either"},
    {"app.one_of",
     "CREATE TABLE app.one_of (a integer, b integer, c text, d uuid, e date, f inet,"
     " CHECK (num_nonnulls(a, b, c, d, e, f) = 1))",
     "INSERT INTO app.one_of VALUES (1, 1, NULL, NULL, NULL, NULL)", "23514",
     "SELECT count(DISTINCT num_nonnulls(a, b, c, d, e, f)) = 1 FROM app.one_of"},
    {"app.cases",
     "CREATE TABLE app.cases (kind integer NOT NULL, v text, CHECK (CASE kind WHEN 1 THEN"
     " v ~ '^[0-9]{4}$' WHEN 2 THEN v = 'two' ELSE false END))",
     "INSERT INTO app.cases VALUES (3, 'two')", "23514", NULL},
    {"app.implied",
     "CREATE TABLE app.implied (state text NOT NULL CHECK (state IN ('open', 'done')), at date,"
     " CHECK ((state = 'done') = (at IS NOT NULL)))",
     "INSERT INTO app.implied VALUES ('done', NULL)", "23514",
     "SELECT bool_or(at IS NULL) AND bool_or(at IS NOT NULL) FROM app.implied"},
    {"app.by_function", "CREATE TABLE app.by_function (v text NOT NULL CHECK (app.is_slug(v)))",
     "INSERT INTO app.by_function VALUES ('x')", "23514", NULL},
    {"app.documents",
     "CREATE TABLE app.documents (d jsonb NOT NULL CHECK (d ? 'kind' AND jsonb_typeof(d -> 'kind')"
     " = 'string'))",
     "INSERT INTO app.documents VALUES ('{}')", "23514", NULL},
    {"app.lists",
     "CREATE TABLE app.lists (v text[] NOT NULL CHECK (v <@ ARRAY['red', 'green'] AND"
     " cardinality(v) > 0))",
     "INSERT INTO app.lists VALUES ('{}')", "23514", NULL},
    {"app.casts", "CREATE TABLE app.casts (v text NOT NULL CHECK (v::integer > 50))",
     "INSERT INTO app.casts VALUES ('x')", "22P02", NULL},
    {"app.lengths",
     "CREATE TABLE app.lengths (v text NOT NULL CHECK (length(v) BETWEEN 37 AND 39),"
     " w text CHECK (w = lower(w) AND w = btrim(w) AND w <> ''))",
     "INSERT INTO app.lengths VALUES ('x', NULL)", "23514", NULL},
    {"app.computed",
     "CREATE TABLE app.computed (a integer NOT NULL, b integer GENERATED ALWAYS AS (a * 2) STORED"
     " CHECK (b >= 5000), id bigint GENERATED ALWAYS AS IDENTITY)",
     "INSERT INTO app.computed (a) VALUES (1)", "23514", NULL},

    /* partitions and inheritance */
    {"app.by_day",
     "CREATE TABLE app.by_day (day date NOT NULL, kind text NOT NULL) PARTITION BY RANGE (day);"
     "CREATE TABLE app.by_day_1 PARTITION OF app.by_day FOR VALUES FROM ('1871-01-18') TO"
     " ('1871-02-01') PARTITION BY LIST (kind);"
     "CREATE TABLE app.by_day_1_a PARTITION OF app.by_day_1 FOR VALUES IN ('emea');"
     "CREATE TABLE app.by_day_2 PARTITION OF app.by_day FOR VALUES FROM ('2031-01-01') TO"
     " ('2031-01-02')",
     "INSERT INTO app.by_day VALUES ('2024-01-01', 'a')", "23514",
     "SELECT count(DISTINCT tableoid) = 2 FROM app.by_day"},
    {"app.by_hash",
     "CREATE TABLE app.by_hash (id uuid NOT NULL) PARTITION BY HASH (id);"
     "CREATE TABLE app.by_hash_0 PARTITION OF app.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
     NULL, NULL, NULL},
    {"app.inherits",
     "CREATE TABLE app.parent (a integer NOT NULL CHECK (false) NO INHERIT);"
     "CREATE TABLE app.inherits (b text NOT NULL) INHERITS (app.parent)",
     "INSERT INTO app.parent VALUES (1)", "23514", "SELECT count(*) > 0 FROM app.parent"},

    /* uniqueness */
    {"app.booked",
     "CREATE TABLE app.booked (room integer NOT NULL, during tstzrange NOT NULL,"
     " EXCLUDE USING gist (room WITH =, during WITH &&))",
     NULL, NULL, "SELECT count(*) >= 12 FROM app.booked"},
    {"app.periods",
     "CREATE TABLE app.periods (a date NOT NULL, b date NOT NULL, CHECK (a < b),"
     " EXCLUDE USING gist (daterange(a, b) WITH &&))",
     NULL, NULL, "SELECT count(*) >= 3 FROM app.periods"},
    {"app.single", "CREATE TABLE app.single (it boolean PRIMARY KEY DEFAULT true CHECK (it))", NULL,
     NULL, "SELECT count(*) = 1 FROM app.single"},

    /* circles */
    {"app.hen",
     "CREATE TABLE app.hen (id integer PRIMARY KEY, egg integer NOT NULL);"
     "CREATE TABLE app.egg (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, num integer NOT"
     " NULL UNIQUE, hen integer NOT NULL REFERENCES app.hen);"
     "ALTER TABLE app.hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES app.egg (num)",
     "INSERT INTO app.hen VALUES (1, 1)", "23503",
     "SELECT count(*) > 3 AND (SELECT NOT condeferrable AND NOT condeferred FROM pg_constraint"
     " WHERE conname = 'hen_egg') FROM app.egg"},
    {"app.deferred_a",
     "CREATE TABLE app.deferred_a (id uuid PRIMARY KEY, b bigint NOT NULL);"
     "CREATE TABLE app.deferred_b (id bigserial PRIMARY KEY, c uuid NOT NULL);"
     "CREATE TABLE app.deferred_c (id uuid PRIMARY KEY, a uuid NOT NULL REFERENCES app.deferred_a);"
     "ALTER TABLE app.deferred_a ADD FOREIGN KEY (b) REFERENCES app.deferred_b DEFERRABLE;"
     "ALTER TABLE app.deferred_b ADD FOREIGN KEY (c) REFERENCES app.deferred_c DEFERRABLE"
     " INITIALLY DEFERRED",
     "INSERT INTO app.deferred_a VALUES (gen_random_uuid(), 1)", "23503",
     "SELECT count(*) > 3 FROM app.deferred_c"},
    {"app.nullable_a",
     "CREATE TABLE app.nullable_a (id integer PRIMARY KEY, b integer);"
     "CREATE TABLE app.nullable_b (id integer PRIMARY KEY, a integer REFERENCES app.nullable_a);"
     "ALTER TABLE app.nullable_a ADD FOREIGN KEY (b) REFERENCES app.nullable_b",
     NULL, NULL,
     "SELECT count(b) > 0 AND (SELECT count(a) > 0 FROM app.nullable_b) FROM app.nullable_a"},
    {"app.tree",
     "CREATE TABLE app.tree (id uuid PRIMARY KEY, parent uuid NOT NULL REFERENCES app.tree)", NULL,
     NULL, "SELECT count(*) > 3 AND count(DISTINCT parent) > 1 FROM app.tree"},

    /* triggers and policies */
    {"app.wants_setting",
     "CREATE TABLE app.wants_setting (v text, tenant uuid NOT NULL);"
     "CREATE FUNCTION app.set_tenant() RETURNS trigger LANGUAGE plpgsql AS"
     " $$ BEGIN NEW.tenant := current_setting('app.tenant')::uuid; RETURN NEW; END $$;"
     "CREATE TRIGGER set_tenant BEFORE INSERT ON app.wants_setting FOR EACH ROW"
     " EXECUTE FUNCTION app.set_tenant()",
     "INSERT INTO app.wants_setting VALUES ('a', gen_random_uuid())", "42704", NULL},
    {"app.choosy",
     "CREATE TABLE app.choosy (v text NOT NULL);"
     "CREATE FUNCTION app.choose() RETURNS trigger LANGUAGE plpgsql AS"
     " $$ BEGIN IF NEW.v NOT IN ('heads', 'tails') THEN RAISE EXCEPTION 'not a side'; END IF;"
     " RETURN NEW; END $$;"
     "CREATE TRIGGER choose BEFORE INSERT ON app.choosy FOR EACH ROW EXECUTE FUNCTION"
     " app.choose()",
     "INSERT INTO app.choosy VALUES ('edge')", "P0001",
     "SELECT bool_and(v IN ('heads', 'tails')) AND (SELECT tgenabled = 'O' FROM pg_trigger WHERE"
     " tgname = 'choose') FROM app.choosy"},
    {"app.refuses",
     "CREATE TABLE app.refuses (v text NOT NULL);"
     "CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS"
     " $$ BEGIN RAISE EXCEPTION 'not on my watch'; END $$;"
     "CREATE TRIGGER refuse BEFORE INSERT ON app.refuses FOR EACH ROW EXECUTE FUNCTION"
     " app.refuse();"
     "ALTER TABLE app.refuses ENABLE ALWAYS TRIGGER refuse",
     "INSERT INTO app.refuses VALUES ('a')", "P0001",
     "SELECT count(*) > 3 AND (SELECT tgenabled = 'A' FROM pg_trigger WHERE tgname = 'refuse')"
     " FROM app.refuses"},
    {"app.redirects",
     "CREATE TABLE app.redirects (v integer NOT NULL); CREATE TABLE app.redirects_1 () INHERITS"
     " (app.redirects);"
     "CREATE FUNCTION app.redirect() RETURNS trigger LANGUAGE plpgsql AS"
     " $$ BEGIN INSERT INTO app.redirects_1 VALUES (NEW.v); RETURN NULL; END $$;"
     "CREATE TRIGGER redirect BEFORE INSERT ON app.redirects FOR EACH ROW EXECUTE FUNCTION"
     " app.redirect()",
     NULL, NULL, "SELECT count(*) > 3 FROM app.redirects"},

    /* columns that are computed from a document, as a queue of jobs has them */
    {"app.jobs",
     "CREATE FUNCTION app.mood_of(text) RETURNS app.mood LANGUAGE sql IMMUTABLE AS"
     " 'SELECT $1::app.mood';"
     "CREATE TABLE app.jobs (key text PRIMARY KEY, value jsonb NOT NULL,"
     " id text NOT NULL GENERATED ALWAYS AS (value ->> 'id') STORED,"
     " deleted boolean NOT NULL GENERATED ALWAYS AS ((value ->> 'deleted')::boolean) STORED,"
     " mood app.mood NOT NULL GENERATED ALWAYS AS (app.mood_of(value #>> '{state, current}')) "
     "STORED,"
     " size integer GENERATED ALWAYS AS (((value -> 'state') ->> 'size')::integer) STORED,"
     " span interval GENERATED ALWAYS AS (make_interval(secs => (value ->> 'took')::float8))"
     " STORED)",
     "INSERT INTO app.jobs (key, value) VALUES ('a', '{}')", "23502",
     "SELECT count(*) > 3 AND count(DISTINCT id) > 3 AND count(size) > 0 AND count(span) > 0"
     " FROM app.jobs"},

    /* a document has each key once: jsonb would keep one of two */
    {"app.papers", "CREATE TABLE app.papers (id serial PRIMARY KEY, document json NOT NULL)", NULL,
     NULL,
     "SELECT count(*) > 3 AND bool_and(json_typeof(document) <> 'object' OR (SELECT count(*) ="
     " count(DISTINCT key) FROM json_object_keys(CASE json_typeof(document) WHEN 'object' THEN"
     " document ELSE '{}' END) key)) FROM app.papers"},

    /* two kinds of rows in one table, each with columns that it needs: many checks of a few ways */
    {"app.providers",
     "CREATE TABLE app.providers (kind text NOT NULL CHECK (kind IN ('new', 'old')),"
     " issuer text, discovery text, authorization_url text, token_url text, info_url text, jwks "
     "text,"
     " CHECK (kind <> 'new' OR issuer IS NOT NULL),"
     " CHECK (kind <> 'new' OR issuer IS NULL OR issuer LIKE 'https://%'),"
     " CHECK (kind <> 'new' OR discovery IS NULL OR discovery LIKE 'https://%'),"
     " CHECK (kind <> 'old' OR (authorization_url IS NOT NULL AND token_url IS NOT NULL AND"
     " info_url IS NOT NULL)),"
     " CHECK (authorization_url IS NULL OR authorization_url LIKE 'https://%'),"
     " CHECK (token_url IS NULL OR token_url LIKE 'https://%'),"
     " CHECK (info_url IS NULL OR info_url LIKE 'https://%'),"
     " CHECK (jwks IS NULL OR jwks LIKE 'https://%'),"
     " CHECK (issuer IS NULL OR char_length(issuer) BETWEEN 1 AND 2048),"
     " CHECK (discovery IS NULL OR char_length(discovery) <= 2048),"
     " CHECK (authorization_url IS NULL OR char_length(authorization_url) <= 2048),"
     " CHECK (token_url IS NULL OR char_length(token_url) <= 2048))",
     NULL, NULL, "SELECT count(*) > 3 AND count(DISTINCT kind) = 2 FROM app.providers"},

    /* names */
    {"Odd Schema.Odd \"Table'",
     "CREATE TABLE \"Odd Schema\".\"Odd \"\"Table'\" (\"Select\" integer"
     " NOT NULL CHECK (\"Select\" = 4711), \"a b\" app.mood NOT NULL)",
     NULL, NULL, NULL},
    {"only_defaults", "CREATE TABLE only_defaults (id serial PRIMARY KEY)", NULL, NULL, NULL},
    {"bare", "CREATE TABLE bare ()", NULL, NULL, NULL},
};

enum { EVERYTHING = sizeof everything / sizeof *everything };
