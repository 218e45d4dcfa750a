"""Add missing work item columns"""
import sqlalchemy as sa
from alembic import op

revision = "003a"
down_revision = "003"


def upgrade():
    with op.batch_alter_table("work_items") as batch:
        batch.add_column(sa.Column("version", sa.Integer))
        batch.add_column(sa.Column("notes", sa.Text, comment="free text"))
        batch.create_index("ix_work_items_title", ["title"])


def downgrade():
    with op.batch_alter_table("work_items") as batch:
        batch.drop_index("ix_work_items_title")
        batch.drop_column("notes")
        batch.drop_column("version")
