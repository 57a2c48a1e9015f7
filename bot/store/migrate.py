"""Migrations by Alembic, run by the program itself at every start.

After a change of `schema`, `python -m bot.store.migrate "what is new" 0002` writes the migration to it.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection) -> None:
    """Bring the tables of this connection to the newest version; nothing happens when they are."""
    command.upgrade(config(connection), "head")


def revise(connection: Connection, message: str, number: str) -> None:
    """Write the migration that brings a database at the newest version to what `schema` says now."""
    command.revision(config(connection), message=message, rev_id=number, autogenerate=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit('Say what is new, and the next free number: python -m bot.store.migrate "notes for circles" 0002')
    with create_engine("sqlite://").begin() as fresh:
        upgrade(fresh)
        revise(fresh, message=sys.argv[1], number=sys.argv[2])
