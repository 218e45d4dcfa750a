"""Remove non-search tables and add project_id columns"""
from alembic import op
from db.sql import Chapter, say

revision = "002"
down_revision = "005"
branch_labels = None
depends_on = None

BATCH = 1500


def upgrade():
    with Chapter("looking for foreign keys in the way"):
        found = op.get_bind().exec_driver_sql(
            """
            SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint
            WHERE contype = 'f' AND confrelid IN ('repositories'::regclass, 'code_chunks'::regclass)
              AND conrelid <> 'code_chunks'::regclass
            """
        )
        blocking = [row[0] for row in found]
        if blocking:
            raise RuntimeError("Foreign key constraint detected: " + ", ".join(blocking))
    with Chapter("repositories"):
        op.execute(
            """
            ALTER TABLE repositories ADD COLUMN project_id CHARACTER VARYING(50)
                NOT NULL DEFAULT 'default'::varchar;
            ALTER TABLE repositories ADD CONSTRAINT check_repositories_project_id CHECK (
                project_id <> ''
                AND translate(project_id, 'abcdefghijklmnopqrstuvwxyz0123456789-', '') = ''
                AND project_id NOT LIKE '-%' AND project_id NOT LIKE '%-'
                AND position('--' in project_id) = 0);
            """
        )
    with Chapter("code_chunks"):
        op.execute("ALTER TABLE code_chunks ADD COLUMN project_id CHARACTER VARYING(50)")
        rows = BATCH
        while rows == BATCH:
            rows = op.get_bind().exec_driver_sql(
                """
                UPDATE code_chunks SET project_id = r.project_id
                FROM repositories r
                WHERE r.id = repository_id AND code_chunks.ctid = ANY (ARRAY(
                    SELECT ctid FROM code_chunks WHERE project_id IS NULL LIMIT %s))
                """,
                (BATCH,),
            ).rowcount
            say(rows, "chunks")
        op.execute(
            """
            SET CONSTRAINTS ALL IMMEDIATE;
            ALTER TABLE code_chunks ADD CONSTRAINT check_code_chunks_project_id
                CHECK (project_id SIMILAR TO '[a-z0-9]+(-[a-z0-9]+)*') NOT VALID;
            ALTER TABLE code_chunks VALIDATE CONSTRAINT check_code_chunks_project_id;
            ALTER TABLE code_chunks ALTER project_id SET NOT NULL;
            """
        )
    with Chapter("index"):
        op.execute(
            "CREATE INDEX IF NOT EXISTS idx_project_repository"
            " ON public.repositories USING btree (project_id, id)"
        )
    with Chapter("tables"):
        for statement in """
        DROP VIEW open_work;
        DROP VIEW open_tasks;
        DROP TABLE deployment_vendors;
        DROP TABLE deployments;
        DROP TABLE vendor_test_results;
        DROP TABLE vendors;
        DROP TABLE task_commits;
        DROP TABLE task_branches;
        DROP TABLE tasks;
        DROP TABLE work_item_dependencies;
        DROP TABLE work_items;
        DROP FUNCTION count_up();
        DROP FUNCTION grade_of(integer);
        DROP FUNCTION same_name(text, text);
        DROP FUNCTION fold_name(text);
        DROP SEQUENCE tracking_number;
        DROP TYPE grade;
        DROP TYPE period;
        DROP DOMAIN short_label;
        DROP DOMAIN label;
        """.split(";"):
            if statement.strip():
                op.execute(statement)


def downgrade():
    op.execute(
        """
        DROP INDEX IF EXISTS idx_project_repository;
        ALTER TABLE code_chunks DROP COLUMN IF EXISTS project_id;
        ALTER TABLE repositories DROP COLUMN IF EXISTS project_id;
        """
    )
    # DROP COLUMN has taken the CHECKs along
    op.execute(
        """
        CREATE DOMAIN label AS varchar(80) CHECK (VALUE <> '');
        CREATE DOMAIN short_label AS label CHECK (length(VALUE) <= 40);
        CREATE TYPE period AS (begins date, ends date);
        CREATE TYPE grade AS ENUM ('A', 'B', 'C');
        CREATE SEQUENCE tracking_number START 1000 INCREMENT 5 MINVALUE 1000 CACHE 3;
        CREATE FUNCTION fold_name(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
            RETURN lower(btrim(name));
        CREATE FUNCTION same_name(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE
            RETURN fold_name(a) = fold_name(b);
        CREATE FUNCTION grade_of(points integer) RETURNS grade LANGUAGE plpgsql STABLE AS $f$
            BEGIN
                RETURN CASE WHEN points > 80 THEN 'A' WHEN points > 40 THEN 'B' ELSE 'C' END;
            END $f$;
        CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $f$
            BEGIN
                NEW.revision := OLD.revision + 1;
                RETURN NEW;
            END $f$;

        CREATE TABLE work_items (
            number bigint NOT NULL DEFAULT nextval('tracking_number'),
            title label NOT NULL,
            body text NOT NULL DEFAULT '',
            parent bigint,
            revision integer NOT NULL DEFAULT 1,
            -- what is planned
            planned period,
            branch varchar(255),
            closed boolean NOT NULL DEFAULT false,
            CONSTRAINT work_items_key PRIMARY KEY (number),
            CONSTRAINT work_items_tree FOREIGN KEY (parent) REFERENCES work_items DEFERRABLE INITIALLY DEFERRED
        ) WITH (fillfactor = 80);
        CREATE TABLE work_item_dependencies (
            number bigint NOT NULL REFERENCES work_items ON DELETE CASCADE,
            needs bigint NOT NULL REFERENCES work_items ON DELETE CASCADE,
            PRIMARY KEY (number, needs),
            CHECK (number <> needs)
        );
        CREATE TABLE tasks (
            id serial PRIMARY KEY,
            number bigint NOT NULL REFERENCES work_items ON DELETE CASCADE,
            name short_label NOT NULL,
            points integer NOT NULL DEFAULT 0 CHECK (points >= 0 AND points <= 100),
            worth grade,
            search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name::text)) STORED,
            UNIQUE (number, name)
        );
        CREATE INDEX tasks_search ON tasks USING gin (search);
        ALTER TABLE tasks ALTER COLUMN number SET STATISTICS 500;
        CREATE TABLE task_branches (
            task int REFERENCES tasks ON DELETE CASCADE,
            branch text COLLATE "C" NOT NULL CHECK (branch !~ '\\s'),
            PRIMARY KEY (task, branch)
        );
        CREATE TABLE task_commits (
            task int NOT NULL REFERENCES tasks,
            digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) IN (4, 6, 20)),
            at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE vendors (
            id smallint GENERATED BY DEFAULT AS IDENTITY (START WITH 10) PRIMARY KEY,
            name label NOT NULL,
            alias text,
            revision integer NOT NULL DEFAULT 1,
            CONSTRAINT alias_differs CHECK (NOT same_name(name, alias))
        );
        CREATE UNIQUE INDEX vendors_name_once ON vendors (fold_name(name));
        CREATE TABLE vendor_test_results (
            vendor smallint NOT NULL REFERENCES vendors,
            run uuid NOT NULL DEFAULT gen_random_uuid(),
            grades grade[] NOT NULL DEFAULT '{}',
            PRIMARY KEY (vendor, run)
        );
        CREATE TABLE deployments (
            id bigserial,
            at tstzrange NOT NULL,
            address inet,
            PRIMARY KEY (id),
            EXCLUDE USING gist (at WITH &&)
        );
        CREATE TABLE deployment_vendors (
            deployment bigint REFERENCES deployments ON DELETE CASCADE,
            vendor smallint REFERENCES vendors ON DELETE CASCADE,
            PRIMARY KEY (deployment, vendor)
        );
        CREATE VIEW open_tasks AS
            SELECT t.id, t.name, w.title, grade_of(t.points) AS would_be
            FROM tasks t JOIN work_items w USING (number) WHERE worth IS NULL;
        CREATE VIEW open_work AS SELECT title, count(*) AS tasks FROM open_tasks GROUP BY title;
        COMMENT ON COLUMN open_tasks.name IS 'As the user wrote it';
        CREATE TRIGGER count_up BEFORE UPDATE ON work_items
            FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION count_up();
        ALTER TABLE vendors ENABLE ROW LEVEL SECURITY;
        CREATE POLICY everyone ON vendors USING (true);
        COMMENT ON TABLE deployment_vendors IS 'Who''s had a part in it; 100%';
        """
    )
