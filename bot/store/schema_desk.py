"""The tables of the coordinators' desk: the ways in, and who is in. Each column says whose it is, as in `schema`."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text

from bot.store.columns import (
    deed_of,
    instant,
    integer,
    key,
    mention,
    owner,
    person,
    system,
    table,
    theirs,
    words,
)
from bot.store.types import Whole

# A link opens the desk once. Only its hash is kept; what a Mini App signed is kept in the same way once it was used.
desk_links = table(
    "desk_links",
    key(),
    person("person_id", owner(), index=True),
    words("token_hash", system(), nullable=False, unique=True),
    instant("created_at", theirs(), nullable=False),
    instant("expires_at", system(), nullable=False),
    instant("used_at", theirs()),
)

desk_sessions = table(
    "desk_sessions",
    key(),
    person("person_id", owner(), index=True),
    words("token_hash", system(), nullable=False, unique=True),
    words("device", theirs(), nullable=False),  # the kind of browser in two words, so that a stranger's can be told
    instant("created_at", theirs(), nullable=False),
    instant("seen_at", theirs(), nullable=False),
    instant("expires_at", system(), nullable=False),
    instant("ended_at", theirs()),
)

# Words of a message that somebody writes at the desk, one row a text that is worth keeping: the open one of a topic and
# language, those before it, and those that came too late. `serial` counts the saves of a topic and language.
template_drafts = table(
    "template_drafts",
    key(),
    words("topic", deed_of("author_id"), nullable=False),
    words("language", deed_of("author_id"), nullable=False),
    integer("serial", system(), nullable=False),
    words("state", system(), nullable=False),  # open | earlier | aside | submitted | dropped
    words("source", system(), nullable=False),
    Column("base_id", Whole, ForeignKey("template_versions.id"), info=system()),  # the version it began from
    Column("version_id", Whole, ForeignKey("template_versions.id"), info=system(), index=True),  # what became of it
    person("author_id", mention()),
    instant("saved_at", deed_of("author_id"), nullable=False),
    Index("ix_template_drafts_words", "topic", "language"),
    Index(
        "ix_template_drafts_open",
        "topic",
        "language",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

# The place as coordinators have changed it, each version whole; the newest counts. An empty source: the file does.
place_edits = table(
    "place_edits",
    key(),
    words("source", system(), nullable=False),
    person("author_id", mention()),
    instant("at", deed_of("author_id"), nullable=False),
)

# Each part of a plan's version that a coordinator was shown on a walk; without all of them nobody says yes to it.
plan_readings = table(
    "plan_readings",
    key(),
    Column("version_id", Whole, ForeignKey("template_versions.id"), nullable=False, info=system()),
    person("person_id", owner(), index=True),
    words("part", theirs(), nullable=False),
    instant("at", theirs(), nullable=False),
    UniqueConstraint("version_id", "person_id", "part"),
)
