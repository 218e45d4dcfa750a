# Works with DATABASE_URL only, and always in the schema public.
import os

from alembic import context
from db.sql import say
from sqlalchemy import engine_from_config, event, pool

config = context.config
config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))

say("Database migrations of the code search server")
say("Running upgrade scripts from", config.get_main_option("script_location"), "if there are any")


def notice(connection):
    for line in connection.connection.notices:
        say(line.strip())
    del connection.connection.notices[:]


def run_migrations_offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    engine = engine_from_config(
        config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
    )

    @event.listens_for(engine, "connect")
    def set_search_path(dbapi_connection, record):
        with dbapi_connection.cursor() as cursor:
            cursor.execute("SET search_path TO public")
            cursor.execute("SET lock_timeout TO '30s'")
            cursor.execute("SHOW server_version")
            say("connected to PostgreSQL", *cursor.fetchone())
        dbapi_connection.commit()

    with engine.connect() as connection:
        context.configure(connection=connection, version_table_schema="public")
        with context.begin_transaction():
            context.run_migrations()
        notice(connection)
    say("disconnected")


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
