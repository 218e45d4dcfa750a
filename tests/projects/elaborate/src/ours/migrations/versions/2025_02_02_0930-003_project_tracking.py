"""Project tracking

Revision ID: 003
Revises: 001
"""
from __future__ import annotations

from alembic import op

revision: str = "003"
down_revision: str | None = "001"
branch_labels: tuple[str, ...] | None = None
depends_on: str | None = None


TABLES = '''
        CREATE TABLE "vendors" (
            "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            "name" text NOT NULL CHECK ("name" = btrim("name") AND "name" <> ''),
            "Display Name" varchar(60) NOT NULL DEFAULT 'unnamed'::varchar,
            "status" varchar(10) NOT NULL DEFAULT 'broken'
                CHECK ("status" IN ('operational', 'broken')),
            "created" timestamp NOT NULL DEFAULT localtimestamp,
            "version" integer DEFAULT 1
        );
        ALTER TABLE "vendors" ADD UNIQUE ("name");
        CREATE TABLE "work_items" (
            "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            "type" text NOT NULL CHECK ("type" = ANY (ARRAY['project', 'session', 'task'])),
            "parent_id" uuid REFERENCES "work_items" ON DELETE CASCADE,
            "depth" integer NOT NULL DEFAULT 0,
            "version" integer DEFAULT 1,
            "deleted_at" timestamptz,
            CHECK ("depth" BETWEEN 0 AND 5),
            CHECK (("parent_id" IS NULL) = ("depth" = 0))
        );
        CREATE INDEX "work_items_alive" ON "work_items" ("type", "depth" DESC NULLS LAST)
            WHERE "deleted_at" IS NULL;
        CREATE TABLE "work_item_dependencies" (
            "source" uuid NOT NULL REFERENCES "work_items" ON DELETE CASCADE,
            "target" uuid NOT NULL REFERENCES "work_items" ON DELETE CASCADE,
            "kind" "char" NOT NULL DEFAULT 'b',
            CONSTRAINT "Dependency" UNIQUE ("source", "target", "kind"),
            CONSTRAINT "no loop" CHECK ("source" <> "target")
        );
        CREATE TABLE "tasks" (
            "id" integer GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 10 CACHE 5) PRIMARY KEY,
            "title" varchar(200) NOT NULL,
            "estimate" interval NOT NULL DEFAULT '00:30:00',
            "due" date CHECK ("due" > '2020-01-01'),
            "title_length" integer GENERATED ALWAYS AS (length("title")) STORED,
            "labels" text[] NOT NULL DEFAULT ARRAY[]::text[],
            "item" uuid REFERENCES "work_items" ON DELETE SET NULL
        );
        CREATE INDEX "tasks_labels" ON "tasks" USING gin ("labels");
        CREATE INDEX "tasks_title" ON "tasks" (lower("title") text_pattern_ops) INCLUDE ("due");
        CREATE TABLE "task_branches" (
            "task" integer NOT NULL REFERENCES "tasks" ON DELETE CASCADE,
            "name" varchar(255) NOT NULL,
            PRIMARY KEY ("task", "name")
        );
        CREATE TABLE "task_commits" (
            "task" integer NOT NULL,
            "branch" varchar(255) NOT NULL,
            "hash" char(40) NOT NULL CHECK ("hash" ~ '^[0-9a-f]+$' AND length("hash") = 40),
            "at" timestamptz NOT NULL DEFAULT transaction_timestamp(),
            PRIMARY KEY ("hash"),
            FOREIGN KEY ("task", "branch") REFERENCES "task_branches" MATCH FULL
                ON UPDATE CASCADE ON DELETE CASCADE
        );
        CREATE INDEX ON "task_commits" USING brin ("at") WITH (pages_per_range = 16);
        CREATE TABLE "vendor_test_results" (
            "vendor" uuid NOT NULL REFERENCES "vendors",
            "counts" jsonb NOT NULL DEFAULT '{"passed": 0}' CHECK (jsonb_typeof("counts") = 'object'),
            "coverage" numeric(4, 3) CHECK ("coverage" <= 1.0),
            "seconds" double precision NOT NULL DEFAULT 0 CHECK ("seconds" >= 0)
        );
        CREATE TABLE "deployments" (
            "id" serial PRIMARY KEY,
            "at" timestamptz NOT NULL DEFAULT now(),
            "summary" text COLLATE "POSIX",
            "by" name NOT NULL DEFAULT CURRENT_USER,
            "commit" char(40) REFERENCES "task_commits" ON DELETE RESTRICT
        );
        CREATE TABLE "deployment_vendors" (
            "deployment" integer NOT NULL REFERENCES "deployments" ON DELETE CASCADE,
            "vendor" uuid NOT NULL REFERENCES "vendors" DEFERRABLE,
            PRIMARY KEY ("deployment", "vendor")
        );
        CREATE STATISTICS "task_pairs" (dependencies) ON "title", "due" FROM "tasks";
        ALTER TABLE "tasks" REPLICA IDENTITY FULL;
        ALTER TABLE "vendor_test_results" SET (autovacuum_vacuum_scale_factor = 0.05);
        GRANT SELECT ON "vendors", "deployments" TO PUBLIC;
        GRANT UPDATE ("summary") ON "deployments" TO PUBLIC;
        COMMENT ON TABLE "tasks" IS E'Tasks\\n\\tof people';
        COMMENT ON CONSTRAINT "no loop" ON "work_item_dependencies" IS 'shorter loops only';
        COMMENT ON INDEX "tasks_labels" IS 'for =ANY';
        COMMENT ON SEQUENCE "deployments_id_seq" IS 'gaps are fine';
    '''


def upgrade() -> None:
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in (
        "vendors",
        "work_items",
        "work_item_dependencies",
        "tasks",
        "task_branches",
        "task_commits",
        "vendor_test_results",
        "deployments",
        "deployment_vendors",
    ):
        op.execute(f'DROP TABLE "{table}" CASCADE')
