"""Fix version column for optimistic locking"""
import sqlalchemy as sa
from alembic import op

revision = "005"
down_revision = "003a"


def upgrade():
    for table in "work_items", "vendors":
        op.execute(sa.table(table, sa.column("version")).update().values(version=1))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("version", nullable=False, server_default="1")
            batch.create_check_constraint("version", "version > 0")
    op.drop_constraint(op.f("uq_vendors_name"), "vendors")
    op.create_index("ux_vendors_name", "vendors", [sa.text("lower(name)")], unique=True)


def downgrade():
    op.drop_index("ux_vendors_name")
    op.create_unique_constraint(None, "vendors", ["name"])
    for table in "vendors", "work_items":
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint("version", type_="check")
            batch.alter_column("version", nullable=True, server_default=None)
