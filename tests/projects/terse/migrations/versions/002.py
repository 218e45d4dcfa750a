"""Remove non-search tables and add project_id columns"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "002"
down_revision = "005"

TABLES = (
    "deployment_vendors deployments vendor_test_results vendors task_commits task_branches"
    " tasks work_item_dependencies work_items"
).split()
KIND = pg.ENUM("project", "session", "task", "research", name="work_item_kind")
STATE = pg.ENUM("need-to-be-done", "in-progress", "complete", name="task_state")
OUTCOME = pg.ENUM("pass", "fail", "skipped", name="test_outcome")

repositories = sa.table("repositories", sa.column("id"), sa.column("project_id"))
code_chunks = sa.table("code_chunks", sa.column("repository_id"), sa.column("project_id"))
GOOD = "project_id ~ '^[a-z0-9]([a-z0-9]|-(?=[a-z0-9]))*$'"


def upgrade():
    for table in repositories, code_chunks:
        op.add_column(table.name, sa.Column("project_id", sa.String(50), nullable=True))
    op.execute(repositories.update().values(project_id="default"))
    op.execute(
        code_chunks.update()
        .where(code_chunks.c.repository_id == repositories.c.id)
        .values(project_id=repositories.c.project_id)
    )
    op.alter_column("repositories", "project_id", nullable=False, server_default="default")
    op.alter_column("code_chunks", "project_id", nullable=False)
    for table in "repositories", "code_chunks":
        op.create_check_constraint(op.f(f"check_{table}_project_id"), table, GOOD)
    op.create_index("idx_project_repository", "repositories", ["project_id", "id"])
    for table in TABLES:
        op.drop_table(table)
    for enum in KIND, STATE, OUTCOME:
        enum.drop(op.get_bind())
    op.execute("DROP FUNCTION touch()")


def downgrade():
    op.drop_index("idx_project_repository", "repositories")
    for table in "code_chunks", "repositories":
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"check_{table}_project_id"))
            batch.drop_column("project_id")
    op.execute(
        """
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.touched_at := now();
            RETURN NEW;
        END $$
        """
    )
    op.create_table(
        "work_items",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("title", sa.String(200), nullable=False, index=True),
        sa.Column(
            "parent", sa.BigInteger, sa.ForeignKey("work_items.id", ondelete="SET NULL"), index=True
        ),
        sa.Column("priority", sa.SmallInteger, nullable=False, server_default="3"),
        sa.Column("touched_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("notes", sa.Text, comment="free text"),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        sa.CheckConstraint("parent <> id", name="no_own_parent"),
        sa.CheckConstraint("version > 0", name="version"),
    )
    op.create_table(
        "work_item_dependencies",
        sa.Column(
            "blocked",
            sa.BigInteger,
            sa.ForeignKey("work_items.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "blocker",
            sa.BigInteger,
            sa.ForeignKey("work_items.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("since", sa.Date, nullable=False, server_default=sa.text("CURRENT_DATE")),
        sa.CheckConstraint("blocked <> blocker", name="not_itself"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("work_item", sa.BigInteger, sa.ForeignKey("work_items.id"), index=True),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("state", STATE, nullable=False, server_default="need-to-be-done"),
        sa.Column("files", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("touched_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("length(summary) > 0", name="summary"),
    )
    op.create_table(
        "task_branches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "task", sa.Integer, sa.ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.UniqueConstraint("task", "branch"),
    )
    op.create_table(
        "task_commits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "task", sa.Integer, sa.ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("sha", sa.CHAR(40), nullable=False, unique=True),
        sa.CheckConstraint("sha ~ '^[0-9a-f]{40}$'", name="sha"),
    )
    op.create_table(
        "vendors",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("extra", pg.JSONB, nullable=False, server_default="{}"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.CheckConstraint("version > 0", name="version"),
    )
    op.create_index("ux_vendors_name", "vendors", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "vendor_test_results",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "vendor", sa.Integer, sa.ForeignKey("vendors.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("outcome", OUTCOME, nullable=False),
        sa.Column("share", sa.Numeric(5, 2)),
        sa.CheckConstraint("share >= 0 AND share <= 100", name="share"),
    )
    op.create_table(
        "deployments",
        sa.Column("id", pg.UUID, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("task", sa.Integer, sa.ForeignKey("tasks.id")),
        sa.Column("took", sa.Interval),
    )
    op.create_table(
        "deployment_vendors",
        sa.Column(
            "deployment",
            pg.UUID,
            sa.ForeignKey("deployments.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "vendor", sa.Integer, sa.ForeignKey("vendors.id", ondelete="RESTRICT"), primary_key=True
        ),
    )
    for table in "work_items", "tasks":
        op.execute(
            f"CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION touch()"
        )
