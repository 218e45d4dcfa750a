"""The three validation suites of the quickstart page, 1 + 8 + 6 checks, as its pytest would hold them.

DATABASE_URL names the database. The counts of the rows that have to survive a rollback come from
EXPECTED_REPOSITORIES and EXPECTED_CHUNKS.
"""
import os

import psycopg2
import pytest

DROPPED = ["work_items", "work_item_dependencies", "tasks", "task_branches", "task_commits", "vendors",
           "vendor_test_results", "deployments", "deployment_vendors"]
PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"


@pytest.fixture(scope="module")
def query():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.set_session(readonly=True, autocommit=True)

    def run(sql, *values):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    yield run
    connection.close()


def column(query, table):
    return query("""SELECT data_type, character_maximum_length, is_nullable, column_default
                    FROM information_schema.columns
                    WHERE table_schema = 'public' AND table_name = %s AND column_name = 'project_id'""",
                 table)


def tables_found(query):
    return query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)",
                 DROPPED)


def checks_found(query):
    return query("""SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname IN
                    ('check_repositories_project_id', 'check_code_chunks_project_id')""")


def index_found(query):
    return query("SELECT indexdef FROM pg_indexes WHERE indexname = 'idx_project_repository'")


class TestPreMigrationValidation:
    def test_no_blocking_foreign_keys(self, query):
        assert query("""SELECT conname FROM pg_constraint
                        WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
                          AND confrelid IN ('repositories'::regclass, 'code_chunks'::regclass)""",
                     DROPPED) == []


class TestPostMigrationValidation:
    def test_column_existence_repositories(self, query):
        assert column(query, "repositories") == [
            ("character varying", 50, "NO", "'default'::character varying")]

    def test_column_existence_code_chunks(self, query):
        assert column(query, "code_chunks") == [("character varying", 50, "NO", None)]

    def test_check_constraints_exist(self, query):
        assert len(checks_found(query)) == 2

    def test_performance_index_exists(self, query):
        (definition,), = index_found(query)
        assert definition.endswith("repositories USING btree (project_id, id)")

    def test_unused_tables_dropped(self, query):
        assert tables_found(query) == []

    def test_data_integrity_check(self, query):
        assert query("""SELECT count(*) FROM code_chunks c JOIN repositories r ON r.id = c.repository_id
                        WHERE c.project_id IS DISTINCT FROM r.project_id""") == [(0,)]

    def test_pattern_validation_check(self, query):
        assert query("""SELECT project_id FROM repositories WHERE project_id !~ %s
                        UNION ALL SELECT project_id FROM code_chunks WHERE project_id !~ %s""",
                     PATTERN, PATTERN) == []

    def test_no_orphaned_chunks(self, query):
        assert query("""SELECT count(*) FROM code_chunks c
                        WHERE NOT EXISTS (SELECT FROM repositories r WHERE r.id = c.repository_id)""") == [(0,)]


class TestPostRollbackValidation:
    def test_columns_removed(self, query):
        assert column(query, "repositories") == column(query, "code_chunks") == []

    def test_constraints_removed(self, query):
        assert checks_found(query) == []

    def test_index_removed(self, query):
        assert index_found(query) == []

    def test_tables_restored(self, query):
        assert sorted(name for name, in tables_found(query)) == sorted(DROPPED)

    def test_repositories_data_preserved(self, query):
        assert query("SELECT count(*) FROM repositories") == [(int(os.environ["EXPECTED_REPOSITORIES"]),)]

    def test_code_chunks_data_preserved(self, query):
        assert query("SELECT count(*) FROM code_chunks") == [(int(os.environ["EXPECTED_CHUNKS"]),)]
