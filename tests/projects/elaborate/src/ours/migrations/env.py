"""Alembic's environment: the application is asynchronous, the migrations run in a thread."""
from __future__ import annotations

import asyncio
import logging
import os
from logging.config import fileConfig

import psycopg2
import sqlalchemy as sa
from alembic import context

fileConfig(context.config.config_file_name, disable_existing_loggers=False)
logger = logging.getLogger("alembic.ours")
OPTIONS = "-c search_path=public -c lock_timeout=20s -c idle_in_transaction_session_timeout=0"
ADVISORY_LOCK = 728_100


def connect():
    """The application's own pool sets the same options."""
    return psycopg2.connect(
        os.environ["DATABASE_URL"].replace("postgresql+asyncpg:", "postgresql:"),
        options=OPTIONS,
        application_name="migrations",
        connect_timeout=10,
        keepalives=1,
    )


def include_object(thing, name, kind, reflected, compare_to):
    return kind != "table" or not name.startswith("pg_")


def run_migrations(connection) -> None:
    context.configure(
        connection=connection,
        compare_type=True,
        include_object=include_object,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.run_migrations()


def migrate() -> None:
    engine = sa.create_engine("postgresql+psycopg2://", creator=connect, poolclass=sa.pool.NullPool)
    logger.info("Running upgrade or downgrade if asked to")
    with engine.connect() as connection:
        run_migrations(connection)
    engine.dispose()


async def main() -> None:
    await asyncio.get_running_loop().run_in_executor(None, migrate)


asyncio.run(main())
