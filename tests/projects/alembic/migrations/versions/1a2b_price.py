"""price

Revision ID: 1a2b
"""
import sqlalchemy as sa
from alembic import op

revision = "1a2b"
down_revision = "4f1c"


def upgrade():
    op.add_column("items", sa.Column("price", sa.Numeric(10, 2)))


def downgrade():
    op.drop_column("items", "price")
