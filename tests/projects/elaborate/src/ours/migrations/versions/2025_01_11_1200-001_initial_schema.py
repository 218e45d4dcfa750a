"""Initial schema

Revision ID: 001
Revises: 
"""
from __future__ import annotations

from alembic import op

revision: str = "001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = ("search",)
depends_on: str | None = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE repositories (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            path text NOT NULL,
            indexed_at timestamptz NOT NULL,
            metadata jsonb,
            created_at timestamptz DEFAULT now(),
            updated_at timestamptz DEFAULT now()
        )
    """)
    op.execute("""
        CREATE TABLE code_chunks (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            repository_id uuid NOT NULL,
            file_path text NOT NULL,
            content text NOT NULL,
            start_line integer NOT NULL,
            end_line integer NOT NULL,
            embedding vector(768),
            created_at timestamptz DEFAULT now(),
            updated_at timestamptz DEFAULT now()
        )
    """)
    # the names are those of the old application
    op.execute("ALTER TABLE repositories ADD CONSTRAINT repo_pk PRIMARY KEY (id)")
    op.execute("ALTER TABLE repositories ADD CONSTRAINT repo_path UNIQUE (path)")
    op.execute("ALTER TABLE code_chunks ADD CONSTRAINT chunk_pk PRIMARY KEY (id)")
    op.execute(
        "ALTER TABLE code_chunks ADD CONSTRAINT chunk_repo FOREIGN KEY (repository_id)"
        " REFERENCES repositories (id) ON UPDATE NO ACTION ON DELETE CASCADE"
    )
    op.execute("CREATE INDEX idx_code_chunks_repository ON code_chunks USING btree (repository_id)")
    op.execute(
        "CREATE INDEX idx_code_chunks_embedding ON code_chunks"
        " USING ivfflat (embedding vector_cosine_ops)"
    )
    op.execute("COMMENT ON COLUMN code_chunks.embedding IS 'nomic-embed-text'")


def downgrade() -> None:
    op.execute("DROP TABLE code_chunks, repositories")
