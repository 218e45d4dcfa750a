"""Fix version column for optimistic locking"""
from alembic import op

revision = "005"
down_revision = "003a"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        UPDATE work_items SET revision = 1 WHERE revision IS NULL;
        UPDATE vendors SET revision = 1 WHERE revision IS NULL;
        ALTER TABLE work_items ALTER COLUMN revision SET NOT NULL;
        ALTER TABLE vendors ALTER COLUMN revision SET NOT NULL;
        ALTER TABLE vendors DROP CONSTRAINT vendors_name_once;
        CREATE UNIQUE INDEX vendors_name_once ON vendors (fold_name(name));
        """
    )


def downgrade():
    op.execute(
        """
        DROP INDEX vendors_name_once;
        ALTER TABLE vendors ADD CONSTRAINT vendors_name_once UNIQUE (name);
        ALTER TABLE vendors ALTER COLUMN revision DROP NOT NULL;
        ALTER TABLE work_items ALTER COLUMN revision DROP NOT NULL;
        """
    )
