"""items

Revision ID: 4f1c
"""
import sqlalchemy as sa
from alembic import op

revision = "4f1c"
down_revision = None


def upgrade():
    op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text, nullable=False))


def downgrade():
    op.drop_table("items")
