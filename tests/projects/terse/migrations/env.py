import os
from urllib.parse import unquote, urlparse

import sqlalchemy as sa
from alembic import context

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def engine():
    parts = urlparse(os.environ["DATABASE_URL"])
    url = sa.engine.URL.create(
        "postgresql",
        username=parts.username,
        password=unquote(parts.password) if parts.password else None,
        host=parts.hostname,
        port=parts.port or 5432,
        database=parts.path.lstrip("/"),
    )
    return sa.create_engine(url, poolclass=sa.pool.NullPool)


with engine().connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
