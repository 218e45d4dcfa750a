"""Add missing work item columns

Revision ID: 003a
Revises: 003
"""
from __future__ import annotations

from alembic import op

revision: str = "003a"
down_revision: str | None = "003"
branch_labels: tuple[str, ...] | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE work_items ADD session jsonb, ADD tag text DEFAULT 'none'")


def downgrade() -> None:
    op.execute("ALTER TABLE work_items DROP tag, DROP session")
