/*
 * Proof that the snapshot is complete: each row of `changes` first shows two equal snapshots, then
 * changes the schema and demands that the snapshot tells, by a line that holds the words given.
 * Where there is a way back, the snapshot afterwards must be the first again.
 */
#include "server.h"

#include "delta.h"
#include "snapshot.h"

static const char base[] =
    "CREATE ROLE pgr_bob; CREATE ROLE pgr_eve;"
    "CREATE SCHEMA app; CREATE SCHEMA empty;"
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a int, b text);"
    "CREATE DOMAIN posint AS int CONSTRAINT pos CHECK (VALUE > 0);"
    "CREATE TYPE span AS RANGE (subtype = float8);"
    "CREATE COLLATION mine (locale = 'C');"
    "CREATE SEQUENCE free_seq;"
    "CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL, m mood, UNIQUE (name));"
    "CREATE TABLE child (id serial PRIMARY KEY, parent_id int REFERENCES parent ON DELETE CASCADE,"
    "  n int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (parent_id * 2) STORED,"
    "  note text DEFAULT 'x', amount numeric(10,2), CONSTRAINT amount_check CHECK (amount > 0));"
    "CREATE INDEX child_parent ON child (parent_id);"
    "CREATE UNIQUE INDEX child_note ON child (lower(note));"
    "CREATE TABLE part (id int, at date) PARTITION BY RANGE (at);"
    "CREATE TABLE part1 PARTITION OF part FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
    "CREATE TABLE heir (extra int) INHERITS (parent);"
    "CREATE VIEW names AS SELECT id, name FROM parent;"
    "CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM child;"
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;"
    "CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b';"
    "CREATE PROCEDURE work() LANGUAGE sql AS 'SELECT 1';"
    "CREATE TRIGGER child_touch BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch();"
    "CREATE TRIGGER part_touch BEFORE UPDATE ON part FOR EACH ROW EXECUTE FUNCTION touch();"
    "CREATE RULE quiet AS ON DELETE TO parent DO INSTEAD NOTHING;"
    "CREATE POLICY own ON parent USING (id > 0);"
    "CREATE STATISTICS both_of (dependencies) ON id, name FROM parent;"
    "CREATE PUBLICATION pub FOR TABLE ONLY parent;";

struct change {
    const char *name;
    const char *setup; /* may be NULL */
    const char *change;
    const char *back;   /* may be NULL */
    const char *expect; /* part of a line that differs */
};

static const struct change changes[] = {
    {"a schema is added", NULL, "CREATE SCHEMA more", "DROP SCHEMA more", "+ schema more"},
    {"a schema is lost", NULL, "DROP SCHEMA empty", "CREATE SCHEMA empty", "- schema empty"},
    {"a table is added", NULL, "CREATE TABLE app.x (a int)", "DROP TABLE app.x", "+ table app.x"},
    {"a table is lost", NULL, "DROP TABLE heir", "CREATE TABLE heir (extra int) INHERITS (parent)",
     "- table public.heir"},
    {"a table is renamed", NULL, "ALTER TABLE heir RENAME TO h", "ALTER TABLE h RENAME TO heir",
     "+ table public.h "},
    {"a table moves to another schema", NULL, "ALTER TABLE heir SET SCHEMA app",
     "ALTER TABLE app.heir SET SCHEMA public", "+ table app.heir"},
    {"a table becomes unlogged", NULL, "ALTER TABLE child SET UNLOGGED",
     "ALTER TABLE child SET LOGGED", "+ table public.child unlogged"},
    {"a storage parameter is set", NULL, "ALTER TABLE parent SET (fillfactor = 70)",
     "ALTER TABLE parent RESET (fillfactor)", "options=fillfactor=70"},
    {"a TOAST parameter is set", NULL, "ALTER TABLE parent SET (toast.autovacuum_enabled = off)",
     "ALTER TABLE parent RESET (toast.autovacuum_enabled)", "toast.autovacuum_enabled=off"},
    {"row security is enabled", NULL, "ALTER TABLE parent ENABLE ROW LEVEL SECURITY",
     "ALTER TABLE parent DISABLE ROW LEVEL SECURITY", "+ table public.parent row-security"},
    {"row security is forced", NULL, "ALTER TABLE parent FORCE ROW LEVEL SECURITY",
     "ALTER TABLE parent NO FORCE ROW LEVEL SECURITY", "force-row-security"},
    {"the replica identity is full", NULL, "ALTER TABLE parent REPLICA IDENTITY FULL",
     "ALTER TABLE parent REPLICA IDENTITY DEFAULT", "replica-identity=full"},
    {"the replica identity is an index", NULL,
     "ALTER TABLE parent REPLICA IDENTITY USING INDEX parent_name_key",
     "ALTER TABLE parent REPLICA IDENTITY DEFAULT", "+ index public.parent.parent_name_key"},
    {"a table gets another owner", NULL, "ALTER TABLE parent OWNER TO pgr_bob",
     "ALTER TABLE parent OWNER TO CURRENT_USER", "+ owner public.parent table pgr_bob"},
    {"a partition is detached", NULL, "ALTER TABLE part DETACH PARTITION part1",
     "ALTER TABLE part ATTACH PARTITION part1 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
     "- table public.part1 partition-of=public.part"},
    {"a partition's bound differs", NULL,
     "ALTER TABLE part DETACH PARTITION part1;"
     "ALTER TABLE part ATTACH PARTITION part1 FOR VALUES FROM ('2025-01-01') TO ('2027-01-01')",
     NULL, "2027-01-01"},
    {"the partition key differs", "CREATE TABLE p2 (a int, b int) PARTITION BY LIST (a)",
     "DROP TABLE p2; CREATE TABLE p2 (a int, b int) PARTITION BY LIST (b)", NULL, "LIST (b)"},
    {"a table no longer inherits", NULL, "ALTER TABLE heir NO INHERIT parent", NULL,
     "- table public.heir inherits=public.parent"},
    {"a table gets a type", "CREATE TABLE typed (a int, b text)", "ALTER TABLE typed OF pair",
     "ALTER TABLE typed NOT OF", "of=public.pair"},
    {"a column is added", NULL, "ALTER TABLE child ADD z int", "ALTER TABLE child DROP z",
     "+ column public.child.z after=amount type=integer"},
    {"a column is lost", NULL, "ALTER TABLE child DROP amount",
     "ALTER TABLE child ADD amount numeric(10,2) CONSTRAINT amount_check CHECK (amount > 0)",
     "- column public.child.amount"},
    {"a column is renamed", NULL, "ALTER TABLE child RENAME amount TO sum",
     "ALTER TABLE child RENAME sum TO amount", "+ column public.child.sum"},
    {"the columns' order differs", NULL,
     "ALTER TABLE child DROP note; ALTER TABLE child ADD note text DEFAULT 'x'", NULL,
     "+ column public.child.note after=amount"},
    {"a column gets another type", NULL, "ALTER TABLE heir ALTER extra TYPE bigint",
     "ALTER TABLE heir ALTER extra TYPE int", "type=bigint"},
    {"a column gets another precision", NULL, "ALTER TABLE child ALTER amount TYPE numeric(12,2)",
     "ALTER TABLE child ALTER amount TYPE numeric(10,2)", "type=numeric(12,2)"},
    {"a column becomes NOT NULL", NULL, "ALTER TABLE child ALTER note SET NOT NULL",
     "ALTER TABLE child ALTER note DROP NOT NULL", "type=text not-null"},
    {"a default differs", NULL, "ALTER TABLE child ALTER note SET DEFAULT 'y'",
     "ALTER TABLE child ALTER note SET DEFAULT 'x'", "default='y'::text"},
    {"a default is lost", NULL, "ALTER TABLE child ALTER note DROP DEFAULT",
     "ALTER TABLE child ALTER note SET DEFAULT 'x'", "- column public.child.note"},
    {"an identity becomes BY DEFAULT", NULL, "ALTER TABLE child ALTER n SET GENERATED BY DEFAULT",
     "ALTER TABLE child ALTER n SET GENERATED ALWAYS", "identity=by-default"},
    {"an identity is lost", NULL, "ALTER TABLE child ALTER n DROP IDENTITY", NULL,
     "- owned-sequence public.child.n"},
    {"a generated column becomes plain", NULL, "ALTER TABLE child ALTER twice DROP EXPRESSION",
     NULL, "generated-stored="},
    {"a column gets a collation", NULL, "ALTER TABLE child ALTER note TYPE text COLLATE mine", NULL,
     "collation=public.mine"},
    {"a column is stored otherwise", NULL, "ALTER TABLE child ALTER note SET STORAGE EXTERNAL",
     "ALTER TABLE child ALTER note SET STORAGE EXTENDED", "storage=external"},
    {"a column is compressed otherwise", NULL, "ALTER TABLE child ALTER note SET COMPRESSION pglz",
     "ALTER TABLE child ALTER note SET COMPRESSION DEFAULT", "compression=pglz"},
    {"a statistics target is set", NULL, "ALTER TABLE child ALTER note SET STATISTICS 500",
     "ALTER TABLE child ALTER note SET STATISTICS -1", "statistics=500"},
    {"a column option is set", NULL, "ALTER TABLE child ALTER note SET (n_distinct = 5)",
     "ALTER TABLE child ALTER note RESET (n_distinct)", "options=n_distinct=5"},
    {"a view's column gets a default", NULL, "ALTER VIEW names ALTER name SET DEFAULT 'q'",
     "ALTER VIEW names ALTER name DROP DEFAULT", "+ column public.names.name"},
    {"a CHECK is added", NULL, "ALTER TABLE parent ADD CONSTRAINT c CHECK (id > 5)",
     "ALTER TABLE parent DROP CONSTRAINT c", "+ constraint public.parent.c CHECK"},
    {"a CHECK differs", NULL,
     "ALTER TABLE child DROP CONSTRAINT amount_check;"
     "ALTER TABLE child ADD CONSTRAINT amount_check CHECK (amount >= 0)",
     NULL, "+ constraint public.child.amount_check"},
    {"a CHECK is not validated", NULL,
     "ALTER TABLE child DROP CONSTRAINT amount_check;"
     "ALTER TABLE child ADD CONSTRAINT amount_check CHECK (amount > 0) NOT VALID",
     "ALTER TABLE child VALIDATE CONSTRAINT amount_check", "NOT VALID"},
    {"a CHECK is not inherited", "ALTER TABLE child ADD CONSTRAINT c CHECK (id > 5)",
     "ALTER TABLE child DROP CONSTRAINT c;"
     "ALTER TABLE child ADD CONSTRAINT c CHECK (id > 5) NO INHERIT",
     NULL, "NO INHERIT"},
    {"a constraint is renamed", NULL, "ALTER TABLE child RENAME CONSTRAINT amount_check TO c",
     "ALTER TABLE child RENAME CONSTRAINT c TO amount_check", "+ constraint public.child.c"},
    {"a foreign key is lost", NULL, "ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey",
     "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent ON DELETE CASCADE",
     "- constraint public.child.child_parent_id_fkey"},
    {"a foreign key no longer cascades", NULL,
     "ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey;"
     "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent",
     NULL, "+ constraint public.child.child_parent_id_fkey"},
    {"a foreign key becomes deferrable", NULL,
     "ALTER TABLE child ALTER CONSTRAINT child_parent_id_fkey DEFERRABLE INITIALLY DEFERRED",
     "ALTER TABLE child ALTER CONSTRAINT child_parent_id_fkey NOT DEFERRABLE", "DEFERRED"},
    {"a foreign key is switched off", NULL, "ALTER TABLE child DISABLE TRIGGER ALL",
     "ALTER TABLE child ENABLE TRIGGER ALL", "triggers-not-enabled"},
    {"a primary key is lost", NULL, "ALTER TABLE child DROP CONSTRAINT child_pkey",
     "ALTER TABLE child ADD PRIMARY KEY (id)", "- constraint public.child.child_pkey"},
    {"a unique constraint becomes an index", NULL,
     "ALTER TABLE parent DROP CONSTRAINT parent_name_key;"
     "CREATE UNIQUE INDEX parent_name_key ON parent (name)",
     NULL, "- constraint public.parent.parent_name_key"},
    {"an exclusion constraint is added", NULL,
     "ALTER TABLE parent ADD CONSTRAINT ex EXCLUDE USING btree (id WITH =)",
     "ALTER TABLE parent DROP CONSTRAINT ex", "EXCLUDE USING btree"},
    {"an index is added", NULL, "CREATE INDEX i ON child (note)", "DROP INDEX i",
     "+ index public.child.i "},
    {"an index is lost", NULL, "DROP INDEX child_parent",
     "CREATE INDEX child_parent ON child (parent_id)", "- index public.child.child_parent"},
    {"an index has another column", NULL,
     "DROP INDEX child_parent; CREATE INDEX child_parent ON child (parent_id, id)", NULL,
     "(parent_id, id)"},
    {"an index becomes partial", NULL,
     "DROP INDEX child_parent; CREATE INDEX child_parent ON child (parent_id) WHERE id > 0", NULL,
     "WHERE (id > 0)"},
    {"an index has another method", NULL,
     "DROP INDEX child_parent; CREATE INDEX child_parent ON child USING hash (parent_id)", NULL,
     "USING hash"},
    {"an index is no longer unique", NULL,
     "DROP INDEX child_note; CREATE INDEX child_note ON child (lower(note))", NULL,
     "+ index public.child.child_note CREATE INDEX"},
    {"an index is not valid", NULL,
     "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'child_parent'::regclass",
     "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'child_parent'::regclass",
     "not-valid"},
    {"an index parameter is set", NULL, "ALTER INDEX child_parent SET (fillfactor = 50)",
     "ALTER INDEX child_parent RESET (fillfactor)", "fillfactor='50'"},
    {"a table is clustered", NULL, "ALTER TABLE child CLUSTER ON child_parent",
     "ALTER TABLE child SET WITHOUT CLUSTER", "clustered"},
    {"an index expression gets statistics", NULL,
     "ALTER INDEX child_note ALTER COLUMN 1 SET STATISTICS 99",
     "ALTER INDEX child_note ALTER COLUMN 1 SET STATISTICS -1", "statistics=1:99"},
    {"a sequence's step differs", NULL, "ALTER SEQUENCE free_seq INCREMENT 2",
     "ALTER SEQUENCE free_seq INCREMENT 1", "increment=2"},
    {"a sequence cycles", NULL, "ALTER SEQUENCE free_seq CYCLE", "ALTER SEQUENCE free_seq NO CYCLE",
     "cycle"},
    {"a sequence has another type", NULL, "ALTER SEQUENCE child_id_seq AS bigint",
     "ALTER SEQUENCE child_id_seq AS integer", "public.child_id_seq type=bigint"},
    {"a sequence loses its owner", NULL, "ALTER SEQUENCE child_id_seq OWNED BY NONE",
     "ALTER SEQUENCE child_id_seq OWNED BY child.id", "+ sequence public.child_id_seq"},
    {"a view selects otherwise", NULL,
     "CREATE OR REPLACE VIEW names AS SELECT id, name FROM parent WHERE id > 0",
     "CREATE OR REPLACE VIEW names AS SELECT id, name FROM parent", "+ view public.names"},
    {"a view becomes a security barrier", NULL, "ALTER VIEW names SET (security_barrier)",
     "ALTER VIEW names RESET (security_barrier)", "security_barrier=true"},
    {"a view checks what it lets in", NULL, "ALTER VIEW names SET (check_option = local)",
     "ALTER VIEW names RESET (check_option)", "check_option=local"},
    {"a materialised view is emptied", NULL, "REFRESH MATERIALIZED VIEW counts WITH NO DATA",
     "REFRESH MATERIALIZED VIEW counts", "not-populated"},
    {"a function's body differs", NULL,
     "CREATE OR REPLACE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT b + a'",
     "CREATE OR REPLACE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b'",
     "SELECT b + a"},
    {"a function is immutable", NULL, "ALTER FUNCTION plus IMMUTABLE",
     "ALTER FUNCTION plus VOLATILE", "IMMUTABLE"},
    {"a function runs as its owner", NULL, "ALTER FUNCTION plus SECURITY DEFINER",
     "ALTER FUNCTION plus SECURITY INVOKER", "SECURITY DEFINER"},
    {"a function gets a setting", NULL, "ALTER FUNCTION plus SET search_path = app",
     "ALTER FUNCTION plus RESET search_path", "SET search_path TO 'app'"},
    {"a function is overloaded", NULL,
     "CREATE FUNCTION plus(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
     "DROP FUNCTION plus(text)", "+ function public.plus(text)"},
    {"a procedure is lost", NULL, "DROP PROCEDURE work",
     "CREATE PROCEDURE work() LANGUAGE sql AS 'SELECT 1'", "- procedure public.work()"},
    {"an aggregate is added", NULL,
     "CREATE AGGREGATE total(int) (sfunc = plus, stype = int, initcond = '0')",
     "DROP AGGREGATE total(int)", "+ aggregate public.total(integer)"},
    {"an aggregate starts otherwise",
     "CREATE AGGREGATE total(int) (sfunc = plus, stype = int, initcond = '0')",
     "DROP AGGREGATE total(int);"
     "CREATE AGGREGATE total(int) (sfunc = plus, stype = int, initcond = '1')",
     NULL, "+ aggregate public.total(integer)"},
    {"a trigger is lost", NULL, "DROP TRIGGER child_touch ON child",
     "CREATE TRIGGER child_touch BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch()",
     "- trigger public.child.child_touch"},
    {"a trigger fires on other events", NULL,
     "DROP TRIGGER child_touch ON child; CREATE TRIGGER child_touch BEFORE UPDATE OR INSERT ON "
     "child FOR EACH ROW EXECUTE FUNCTION touch()",
     NULL, "BEFORE INSERT OR UPDATE"},
    {"a trigger is disabled", NULL, "ALTER TABLE child DISABLE TRIGGER child_touch",
     "ALTER TABLE child ENABLE TRIGGER child_touch", "disabled"},
    {"a trigger is disabled on one partition", NULL, "ALTER TABLE part1 DISABLE TRIGGER part_touch",
     "ALTER TABLE part1 ENABLE TRIGGER part_touch", "+ trigger public.part1.part_touch"},
    {"a rule is lost", NULL, "DROP RULE quiet ON parent",
     "CREATE RULE quiet AS ON DELETE TO parent DO INSTEAD NOTHING", "- rule public.parent.quiet"},
    {"a rule is disabled", NULL, "ALTER TABLE parent DISABLE RULE quiet",
     "ALTER TABLE parent ENABLE RULE quiet", "disabled"},
    {"a policy differs", NULL, "ALTER POLICY own ON parent USING (id > 1)",
     "ALTER POLICY own ON parent USING (id > 0)", "using=(id > 1)"},
    {"a policy is for other roles", NULL, "ALTER POLICY own ON parent TO pgr_bob",
     "ALTER POLICY own ON parent TO PUBLIC", "to=pgr_bob"},
    {"an enum gets a label", NULL, "ALTER TYPE mood ADD VALUE 'happy'", NULL, "'ok', 'happy'"},
    {"an enum's labels have another order", "CREATE TYPE e AS ENUM ('a', 'b')",
     "DROP TYPE e; CREATE TYPE e AS ENUM ('b', 'a')", NULL, "enum='b', 'a'"},
    {"a composite type gets an attribute", NULL, "ALTER TYPE pair ADD ATTRIBUTE c int",
     "ALTER TYPE pair DROP ATTRIBUTE c", "c integer"},
    {"a domain gets a default", NULL, "ALTER DOMAIN posint SET DEFAULT 3",
     "ALTER DOMAIN posint DROP DEFAULT", "default=3"},
    {"a domain becomes NOT NULL", NULL, "ALTER DOMAIN posint SET NOT NULL",
     "ALTER DOMAIN posint DROP NOT NULL", "not-null"},
    {"a domain loses its constraint", NULL, "ALTER DOMAIN posint DROP CONSTRAINT pos",
     "ALTER DOMAIN posint ADD CONSTRAINT pos CHECK (VALUE > 0)", "- constraint public.posint.pos"},
    {"a range type gets a difference function", NULL,
     "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)", NULL,
     "difference="},
    {"an operator is added", NULL,
     "CREATE OPERATOR |+| (leftarg = int, rightarg = int, function = plus)",
     "DROP OPERATOR |+| (int, int)", "+ operator public.|+|(integer, integer)"},
    {"an operator family is added", NULL, "CREATE OPERATOR FAMILY fam USING btree",
     "DROP OPERATOR FAMILY fam USING btree", "+ operator-family public.fam(btree)"},
    {"an operator class is added", NULL,
     "CREATE OPERATOR CLASS cls FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 "
     "btint4cmp(int, int)",
     "DROP OPERATOR FAMILY cls USING btree", "+ operator-class public.cls(btree)"},
    {"a cast is added", "CREATE FUNCTION rank(mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "CREATE CAST (mood AS int) WITH FUNCTION rank(mood) AS ASSIGNMENT", "DROP CAST (mood AS int)",
     "+ cast (public.mood AS integer)"},
    {"a collation differs", NULL, "DROP COLLATION mine; CREATE COLLATION mine (locale = 'POSIX')",
     NULL, "+ collation public.mine"},
    {"a conversion is added", NULL,
     "CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "DROP CONVERSION conv",
     "+ conversion public.conv"},
    {"an extension is added", NULL, "CREATE EXTENSION vector", "DROP EXTENSION vector",
     "+ extension vector schema=public"},
    {"an extension moves", "CREATE EXTENSION vector", "ALTER EXTENSION vector SET SCHEMA app",
     "ALTER EXTENSION vector SET SCHEMA public", "+ extension vector schema=app"},
    {"an object leaves its extension", "CREATE EXTENSION vector",
     "ALTER EXTENSION vector DROP FUNCTION l2_distance(vector, vector)",
     "ALTER EXTENSION vector ADD FUNCTION l2_distance(vector, vector)",
     "+ function public.l2_distance(public.vector, public.vector)"},
    {"an extension's function is closed", "CREATE EXTENSION vector",
     "REVOKE EXECUTE ON FUNCTION l2_distance(vector, vector) FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION l2_distance(vector, vector) TO PUBLIC",
     "+ revoke public.l2_distance(public.vector, public.vector) function EXECUTE from PUBLIC"},
    {"an index depends on an extension", "CREATE EXTENSION vector",
     "ALTER INDEX child_parent DEPENDS ON EXTENSION vector",
     "ALTER INDEX child_parent NO DEPENDS ON EXTENSION vector",
     "+ depends-on-extension public.child.child_parent index vector"},
    {"a table gets a comment", NULL, "COMMENT ON TABLE child IS 'it''s'",
     "COMMENT ON TABLE child IS NULL", "+ comment public.child table 'it''s'"},
    {"a column gets a comment", NULL, "COMMENT ON COLUMN child.note IS 'n'",
     "COMMENT ON COLUMN child.note IS NULL", "+ comment public.child.note column"},
    {"an attribute gets a comment", NULL, "COMMENT ON COLUMN pair.a IS 'n'",
     "COMMENT ON COLUMN pair.a IS NULL", "+ comment public.pair.a attribute"},
    {"a constraint gets a comment", NULL, "COMMENT ON CONSTRAINT amount_check ON child IS 'n'",
     "COMMENT ON CONSTRAINT amount_check ON child IS NULL",
     "+ comment public.child.amount_check constraint"},
    {"a domain's constraint gets a comment", NULL,
     "COMMENT ON CONSTRAINT pos ON DOMAIN posint IS 'n'",
     "COMMENT ON CONSTRAINT pos ON DOMAIN posint IS NULL",
     "+ comment public.posint.pos constraint"},
    {"an index gets a comment", NULL, "COMMENT ON INDEX child_parent IS 'n'",
     "COMMENT ON INDEX child_parent IS NULL", "+ comment public.child.child_parent index"},
    {"a trigger gets a comment", NULL, "COMMENT ON TRIGGER child_touch ON child IS 'n'",
     "COMMENT ON TRIGGER child_touch ON child IS NULL",
     "+ comment public.child.child_touch trigger"},
    {"a function gets a comment", NULL, "COMMENT ON FUNCTION plus IS 'n'",
     "COMMENT ON FUNCTION plus IS NULL", "+ comment public.plus(integer, integer) function"},
    {"a type gets a comment", NULL, "COMMENT ON TYPE mood IS 'n'", "COMMENT ON TYPE mood IS NULL",
     "+ comment public.mood type"},
    {"a schema gets a comment", NULL, "COMMENT ON SCHEMA app IS 'n'",
     "COMMENT ON SCHEMA app IS NULL", "+ comment app schema"},
    {"a table is granted", NULL, "GRANT SELECT ON child TO pgr_bob",
     "REVOKE SELECT ON child FROM pgr_bob", "+ grant public.child table SELECT to pgr_bob"},
    {"a grant may be passed on", "GRANT SELECT ON child TO pgr_bob",
     "GRANT SELECT ON child TO pgr_bob WITH GRANT OPTION",
     "REVOKE GRANT OPTION FOR SELECT ON child FROM pgr_bob", "with-grant-option"},
    {"the owner is refused", NULL, "REVOKE DELETE ON child FROM CURRENT_USER",
     "GRANT DELETE ON child TO CURRENT_USER", "+ revoke public.child table DELETE from @owner"},
    {"a column is granted", NULL, "GRANT UPDATE (note) ON child TO pgr_bob",
     "REVOKE UPDATE (note) ON child FROM pgr_bob",
     "+ grant public.child.note column UPDATE to pgr_bob"},
    {"a sequence is granted", NULL, "GRANT USAGE ON SEQUENCE free_seq TO pgr_bob",
     "REVOKE USAGE ON SEQUENCE free_seq FROM pgr_bob", "+ grant public.free_seq sequence"},
    {"a schema is granted", NULL, "GRANT USAGE ON SCHEMA app TO PUBLIC",
     "REVOKE USAGE ON SCHEMA app FROM PUBLIC", "+ grant app schema USAGE to PUBLIC"},
    {"a function is closed to the public", NULL, "REVOKE EXECUTE ON FUNCTION plus FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION plus TO PUBLIC", "+ revoke public.plus(integer, integer) function"},
    {"a type is closed to the public", NULL, "REVOKE USAGE ON TYPE mood FROM PUBLIC",
     "GRANT USAGE ON TYPE mood TO PUBLIC", "+ revoke public.mood type USAGE from PUBLIC"},
    {"a default privilege is set", NULL,
     "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO pgr_bob",
     "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM pgr_bob",
     "+ default-grant @owner in app on tables SELECT to pgr_bob"},
    {"a default privilege is taken away", NULL,
     "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
     "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
     "+ default-revoke @owner on functions EXECUTE from PUBLIC"},
    {"a publication is lost", NULL, "DROP PUBLICATION pub",
     "CREATE PUBLICATION pub FOR TABLE ONLY parent", "- publication pub"},
    {"a publication drops a table", NULL, "ALTER PUBLICATION pub DROP TABLE ONLY parent",
     "ALTER PUBLICATION pub ADD TABLE ONLY parent", "- published public.parent pub"},
    {"a publication leaves out deletes", NULL, "ALTER PUBLICATION pub SET (publish = 'insert')",
     "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate')", "publication pub"},
    {"an event trigger is added",
     "CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
     "CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION "
     "ev()",
     "DROP EVENT TRIGGER et", "+ event-trigger et on=ddl_command_end tags=CREATE TABLE"},
    {"an event trigger is disabled",
     "CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
     "CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ev()",
     "ALTER EVENT TRIGGER et DISABLE", "ALTER EVENT TRIGGER et ENABLE", "disabled"},
    {"extended statistics are lost", NULL, "DROP STATISTICS both_of",
     "CREATE STATISTICS both_of (dependencies) ON id, name FROM parent",
     "- statistics public.parent.both_of"},
    {"extended statistics get a target", NULL, "ALTER STATISTICS both_of SET STATISTICS 77",
     "ALTER STATISTICS both_of SET STATISTICS -1", "statistics=77"},
    {"a foreign server is added", "CREATE FOREIGN DATA WRAPPER w",
     "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h')", "DROP SERVER s",
     "+ server s wrapper=w options=host=h"},
    {"a user mapping is added, its password untold",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
     "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'secret')",
     "DROP USER MAPPING FOR PUBLIC SERVER s", "+ user-mapping s.PUBLIC options=password"},
    {"a foreign table is added",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
     "CREATE FOREIGN TABLE ft (a int) SERVER s OPTIONS (t 'x')", "DROP FOREIGN TABLE ft",
     "+ foreign-table public.ft server=s foreign-options=t=x"},
    {"a text search configuration is added", NULL,
     "CREATE TEXT SEARCH CONFIGURATION cfg (copy = english)", "DROP TEXT SEARCH CONFIGURATION cfg",
     "+ text-search-configuration public.cfg"},
    {"a text search mapping is lost", "CREATE TEXT SEARCH CONFIGURATION cfg (copy = english)",
     "ALTER TEXT SEARCH CONFIGURATION cfg DROP MAPPING FOR url", NULL,
     "+ text-search-configuration public.cfg"},
    {"a text search dictionary is added", NULL,
     "CREATE TEXT SEARCH DICTIONARY dict (template = simple, accept = false)",
     "DROP TEXT SEARCH DICTIONARY dict", "+ text-search-dictionary public.dict"},
    {"a language is added", NULL, "CREATE LANGUAGE pl HANDLER plpgsql_call_handler",
     "DROP LANGUAGE pl", "+ language pl handler="},
    {"an access method is added", NULL,
     "CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler", "DROP ACCESS METHOD am",
     "+ access-method am"},
    {"a table has another access method",
     "CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE a1 (a int)",
     "DROP TABLE a1; CREATE TABLE a1 (a int) USING am", NULL, "access-method=am"},
};

static struct test_database db;

static void take(struct snapshot *s)
{
    struct error e = {0};
    if (!snapshot_take(&db.connection, s, &e))
        fail_msg("%s", e.message);
}

/* Whether the delta has a line with these words; prints the first line that counts. */
static bool tells(const struct delta *d, const char *expect)
{
    for (size_t i = 0; i < d->count; i++) {
        char *line = memory_format("%c %s", d->lines[i].sign, d->lines[i].full);
        bool here = strstr(line, expect) != NULL;
        if (here)
            print_message("#   %.150s\n", line);
        free(line);
        if (here)
            return true;
    }
    return false;
}

static void test_change(void **state)
{
    const struct change *change = *state;
    struct snapshot first, second, changed;
    test_database_run(&db, change->setup ? change->setup : "SELECT 1");
    take(&first);
    take(&second);
    assert_true(snapshot_equal(&first, &second));
    test_database_run(&db, change->change);
    take(&changed);
    assert_false(snapshot_equal(&first, &changed));
    struct delta delta;
    delta_compute(&first, &changed, &delta);
    if (!tells(&delta, change->expect)) {
        struct text text = {0};
        delta_render(&delta, &text);
        fail_msg("no line has \"%s\":\n%s", change->expect, text_string(&text));
    }
    if (change->back) {
        struct snapshot back;
        test_database_run(&db, change->back);
        take(&back);
        delta_release(&delta);
        delta_compute(&first, &back, &delta);
        struct text text = {0};
        delta_render(&delta, &text);
        assert_string_equal(text_string(&text), "");
        text_release(&text);
        snapshot_release(&back);
    }
    delta_release(&delta);
    snapshot_release(&first);
    snapshot_release(&second);
    snapshot_release(&changed);
}

static int begin(void **state)
{
    (void)state;
    struct error e = {0};
    return connection_run(&db.connection, "BEGIN", &e) ? 0 : -1;
}

static int roll_back(void **state)
{
    (void)state;
    struct error e = {0};
    return connection_run(&db.connection, "ROLLBACK", &e) ? 0 : -1;
}

/* What tells nothing of the schema leaves the snapshot as it is. */
static void test_no_change(void **state)
{
    (void)state;
    static const char *const same[] = {
        "INSERT INTO parent VALUES (1, 'a'); SELECT nextval('free_seq')",
        "SET search_path = app, empty",
        "SET quote_all_identifiers = on; SET TimeZone = 'Asia/Tokyo'",
        "ALTER TABLE child ADD gone int; ALTER TABLE child DROP gone",
        "GRANT ALL ON child TO CURRENT_USER",
        "CREATE TEMP TABLE parent (other int)",
        "DROP TABLE heir; CREATE TABLE heir (extra int) INHERITS (parent)",
        "ANALYZE parent; REINDEX TABLE parent",
        "SET row_security = off",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct snapshot before, after;
        struct delta delta;
        test_database_run(&db, "SAVEPOINT s");
        take(&before);
        test_database_run(&db, same[i]);
        take(&after);
        delta_compute(&before, &after, &delta);
        for (size_t k = 0; k < delta.count; k++)
            print_message("# %s: %c %s\n", same[i], delta.lines[k].sign, delta.lines[k].full);
        assert_int_equal(delta.count, 0);
        delta_release(&delta);
        snapshot_release(&before);
        snapshot_release(&after);
        test_database_run(&db, "ROLLBACK TO s");
    }
}

/* The caller's transaction and settings are as they were. */
static void test_leaves_session(void **state)
{
    (void)state;
    struct error e = {0};
    struct snapshot s;
    test_database_run(&db, "SET LOCAL search_path = app, empty; SET LOCAL DateStyle = 'German'");
    take(&s);
    snapshot_release(&s);
    assert_int_equal(PQtransactionStatus(db.connection.pg), PQTRANS_INTRANS);
    char *path = connection_value(&db.connection,
                                  "SELECT current_setting('search_path') || '|' || "
                                  "current_setting('DateStyle')",
                                  0, NULL, &e);
    assert_string_equal(path, "app, empty|German, DMY");
    free(path);
}

static void test_read_only(void **state)
{
    (void)state;
    struct snapshot s;
    test_database_run(&db, "ROLLBACK; SET default_transaction_read_only = on");
    take(&s);
    assert_true(s.count > 10);
    assert_int_equal(PQtransactionStatus(db.connection.pg), PQTRANS_IDLE);
    for (size_t i = 1; i < s.count; i++)
        assert_true(strcmp(s.lines[i - 1], s.lines[i]) <= 0);
    snapshot_release(&s);
    test_database_run(&db, "RESET default_transaction_read_only");
    test_database_run(&db, "BEGIN");
}

static void test_closed_connection(void **state)
{
    (void)state;
    struct connection closed = {0};
    struct snapshot s;
    struct error e = {0};
    assert_false(snapshot_take(&closed, &s, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_int_equal(s.count, 0);
}

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/pgr-snapshot-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    struct snapshot taken, read;
    struct error e = {0};
    test_database_run(&db, "CREATE TABLE app.\"we ird\n(\\\" (\"a.b\" int DEFAULT 1)");
    take(&taken);
    assert_true(snapshot_write(&taken, file));
    fclose(file);
    assert_true(snapshot_read_file(&read, path, &e));
    assert_true(snapshot_equal(&taken, &read));
    assert_null(read.users);
    snapshot_release(&taken);
    snapshot_release(&read);

    static const char *const broken[] = {"", "table public.x\n",
                                         "# pgrehearse snapshot 1\nnofact\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        file = fopen(path, "w");
        fputs(broken[i], file);
        fclose(file);
        error_clear(&e);
        assert_false(snapshot_read_file(&read, path, &e));
        assert_int_equal(e.kind, ERROR_USAGE);
    }
    unlink(path);
    error_clear(&e);
    assert_false(snapshot_read_file(&read, path, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

static int create(void **state)
{
    (void)state;
    struct error e = {0};
    if (test_database_create(&db, "pgr_test_snapshot") != 0)
        return -1;
    if (connection_run(&db.connection, base, &e))
        return 0;
    print_error("%s\n", e.message);
    return -1;
}

static int drop(void **state)
{
    (void)state;
    struct error e = {0};
    int failed = test_database_drop(&db);
    struct connection c = {0};
    if (connection_open(&c, getenv("PGREHEARSE_TEST_SERVER"), NULL, &e))
        connection_run(&c, "DROP ROLE IF EXISTS pgr_bob, pgr_eve", &e);
    connection_close(&c);
    return failed;
}

#define OWN(test)                                                                                  \
    {                                                                                              \
#test, test, begin, roll_back, NULL                                                        \
    }

int main(void)
{
    enum { CHANGES = sizeof changes / sizeof *changes };
    static const struct CMUnitTest own[] = {OWN(test_no_change), OWN(test_leaves_session),
                                            OWN(test_read_only), OWN(test_closed_connection),
                                            OWN(test_file)};
    enum { OWNS = sizeof own / sizeof *own };
    static struct CMUnitTest tests[CHANGES + OWNS];
    for (size_t i = 0; i < CHANGES; i++) {
        void *row = (void *)(uintptr_t)&changes[i];
        tests[i] = (struct CMUnitTest){changes[i].name, test_change, begin, roll_back, row};
    }
    for (size_t i = 0; i < OWNS; i++)
        tests[CHANGES + i] = own[i];
    return cmocka_run_group_tests_name("snapshot", tests, create, drop) ? 1 : 0;
}
