"""Fix version column for optimistic locking

Revision ID: 005
Revises: 003a
"""
from __future__ import annotations

from alembic import op

revision: str = "005"
down_revision: str | None = "003a"
branch_labels: tuple[str, ...] | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE work_items ALTER version SET NOT NULL")
    op.execute("ALTER TABLE vendors ALTER version SET NOT NULL")
    op.execute("ALTER TABLE vendors DROP CONSTRAINT vendors_name_key")
    op.execute("CREATE UNIQUE INDEX vendor_name ON vendors (lower(name))")


def downgrade() -> None:
    op.execute("DROP INDEX vendor_name")
    op.execute("ALTER TABLE vendors ADD UNIQUE (name)")
    op.execute("ALTER TABLE vendors ALTER version DROP NOT NULL")
    op.execute("ALTER TABLE work_items ALTER version DROP NOT NULL")
