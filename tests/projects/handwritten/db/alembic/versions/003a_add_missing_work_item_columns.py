"""Add missing work item columns"""
from alembic import op

revision = "003a"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE work_items ADD COLUMN branch varchar(255)")
    op.execute("ALTER TABLE work_items ADD COLUMN closed boolean DEFAULT false NOT NULL")


def downgrade():
    op.execute("ALTER TABLE work_items DROP COLUMN closed, DROP COLUMN branch")
