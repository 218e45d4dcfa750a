"""Initial schema"""
from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS public.repositories (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            path TEXT UNIQUE NOT NULL,
            indexed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            metadata JSONB,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
        );
        CREATE TABLE IF NOT EXISTS public.code_chunks (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            repository_id UUID NOT NULL,
            file_path TEXT NOT NULL,
            content TEXT NOT NULL,
            start_line INT NOT NULL,
            end_line INT NOT NULL,
            embedding VECTOR(768),
            created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
        );
        ALTER TABLE ONLY code_chunks ADD CONSTRAINT chunk_of FOREIGN KEY (repository_id)
            REFERENCES repositories ON DELETE CASCADE;
        CREATE INDEX IF NOT EXISTS idx_code_chunks_repository ON code_chunks (repository_id);
        CREATE INDEX IF NOT EXISTS idx_code_chunks_embedding ON code_chunks
            USING ivfflat (embedding vector_cosine_ops) WITH (lists = 4);
        COMMENT ON TABLE repositories IS 'What has been indexed, 100% of it';
        """
    )


def downgrade():
    op.execute("DROP TABLE code_chunks; DROP TABLE repositories;")
