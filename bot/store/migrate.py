"""Migrations by Alembic, run by the program itself at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

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
