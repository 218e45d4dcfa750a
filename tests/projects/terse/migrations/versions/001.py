"""Initial schema"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "001"
down_revision = None


class Vector(sa.types.UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "vector(768)"


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "repositories",
        sa.Column("id", pg.UUID, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("indexed_at", pg.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("metadata", pg.JSONB),
        sa.Column("created_at", pg.TIMESTAMP(timezone=True), server_default=sa.func.now()),
        sa.Column("updated_at", pg.TIMESTAMP(timezone=True), server_default=sa.func.now()),
    )
    op.create_table(
        "code_chunks",
        sa.Column("id", pg.UUID, server_default=sa.func.gen_random_uuid(), primary_key=True),
        sa.Column(
            "repository_id",
            pg.UUID,
            sa.ForeignKey("repositories.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("file_path", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("start_line", sa.Integer, nullable=False),
        sa.Column("end_line", sa.Integer, nullable=False),
        sa.Column("embedding", Vector),
        sa.Column("created_at", pg.TIMESTAMP(timezone=True), server_default=sa.func.now()),
        sa.Column("updated_at", pg.TIMESTAMP(timezone=True), server_default=sa.func.now()),
    )
    op.create_index("idx_code_chunks_repository", "code_chunks", ["repository_id"])
    op.create_index(
        "idx_code_chunks_embedding",
        "code_chunks",
        ["embedding"],
        postgresql_using="ivfflat",
        postgresql_with={"lists": 100},
        postgresql_ops={"embedding": "vector_cosine_ops"},
    )


def downgrade():
    op.drop_table("code_chunks")
    op.drop_table("repositories")
