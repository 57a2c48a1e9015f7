"""The tables, and for each column what it holds.

Every column is classed, because /mydata shows and /forget erases by these classes (promise 9; a test fails on a column
without one):

    owner(by)      whose row it is: exported to and deleted with that person
    mention()      names a person in a row that is not theirs: shown to them, set to NULL when they are forgotten
    theirs()       a personal fact of the row's owner; theirs(of=col) also holds words of the person in mention column
                   `col`, and is blanked when that person is forgotten
    words_of(col)  words of the person in mention column `col`: shown to them, blanked with the mention
    deed_of(col)   what the person in mention column `col` did: shown to them, and kept without their name
    system()       says nothing about a person

A message to one person that names another, or carries their words, says so in `mentions`.

By "telegram" means that the column holds a Telegram id instead of people.id.
"""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text

from bot.store import columns, schema_care, schema_desk, schema_machine
from bot.store.columns import (
    data,
    deed_of,
    flag,
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
    words_of,
)
from bot.store.types import Whole

metadata = columns.metadata
# Importing them is all it takes to put their tables beside these.
assert schema_care.enrolments.metadata is schema_desk.desk_links.metadata is schema_machine.inbox.metadata is metadata

people = table(
    "people",
    key(owner()),
    integer("telegram_id", theirs(), nullable=False, unique=True),
    words("name", theirs(), nullable=False),
    words("language", theirs(), nullable=False),
    words("zone", theirs()),
    integer("wakes_at", theirs()),  # minutes after midnight; NULL: as the place
    integer("sleeps_at", theirs()),
    instant("created_at", theirs(), nullable=False),
    instant("spoke_at", theirs()),
    instant("stopped_at", theirs()),
    instant("paused_until", theirs()),
    instant("unreachable_at", theirs()),
    words("unreachable_why", theirs()),
    words("menu", system()),
)

roles = table(
    "roles",
    key(),
    person("person_id", owner()),
    words("role", theirs(), nullable=False),
    instant("granted_at", theirs(), nullable=False),
    person("granted_by", mention()),
    instant("ended_at", theirs()),
    UniqueConstraint("person_id", "role"),
)

consents = table(
    "consents",
    key(),
    person("person_id", owner(), index=True),
    words("purpose", theirs(), nullable=False),
    Column("circle_id", Whole, ForeignKey("circles.id"), info=theirs()),
    flag("given", theirs()),
    words("wording", theirs(), nullable=False),
    instant("at", theirs(), nullable=False),
)

circles = table(
    "circles",
    key(),
    words("name", words_of("champion_id"), nullable=False),
    person("champion_id", mention(), index=True),
    integer("link_serial", system(), nullable=False),
    words("link_hash", system(), nullable=False, unique=True),
    instant("created_at", deed_of("champion_id"), nullable=False),
    instant("closed_at", deed_of("champion_id")),
)

memberships = table(
    "memberships",
    key(),
    Column("circle_id", Whole, ForeignKey("circles.id"), nullable=False, info=theirs()),
    person("person_id", owner(), index=True),
    instant("joined_at", theirs(), nullable=False),
    instant("left_at", theirs()),
    UniqueConstraint("circle_id", "person_id"),
)

invitations = table(
    "invitations",
    key(),
    words("token_hash", system(), nullable=False, unique=True),
    person("invited_by", mention()),
    instant("created_at", deed_of("invited_by"), nullable=False),
    instant("expires_at", system(), nullable=False),
    person("used_by", mention()),
    instant("used_at", deed_of("used_by")),
)

aways = table(
    "aways",
    key(),
    person("champion_id", owner(), index=True),
    person("cover_id", mention()),
    words("state", theirs(), nullable=False),
    instant("asked_at", theirs(), nullable=False),
    instant("until", theirs(), nullable=False),
    instant("ended_at", theirs()),
)

dialogues = table(
    "dialogues",
    person("person_id", owner(), primary_key=True),
    words("flow", theirs(), primary_key=True),  # one of each kind: a draft waits while a question is answered
    words("step", theirs(), nullable=False),
    data("data", theirs(), nullable=False),
    instant("updated_at", theirs(), nullable=False),
)

template_versions = table(
    "template_versions",
    key(),
    words("topic", deed_of("author_id"), nullable=False),
    words("language", deed_of("author_id"), nullable=False),
    integer("number", system(), nullable=False),
    words("digest", system(), nullable=False),
    words("source", system(), nullable=False),
    words("origin", system(), nullable=False),  # file | edit
    person("author_id", mention()),
    instant("created_at", deed_of("author_id"), nullable=False),
    instant("retired_at", system()),
    words("retired_why", system()),  # file: it is gone; desk: somebody took it out of use
    UniqueConstraint("topic", "language", "number"),
    Index("ix_template_versions_digest", "topic", "language", "digest"),
)

approvals = table(
    "approvals",
    key(),
    Column("version_id", Whole, ForeignKey("template_versions.id"), nullable=False, info=system(), index=True),
    person("person_id", mention()),
    flag("approved", deed_of("person_id")),
    flag("reads_language", deed_of("person_id")),
    instant("at", deed_of("person_id"), nullable=False),
)

broadcasts = table(
    "broadcasts",
    key(),
    person("champion_id", mention(), index=True),
    Column("circle_id", Whole, ForeignKey("circles.id"), nullable=False, info=system()),
    words("topic", deed_of("champion_id"), nullable=False),
    data("field_values", words_of("champion_id"), nullable=False),
    words("personal_line", words_of("champion_id"), nullable=False),
    flag("over_soft_cap", system()),
    words("state", deed_of("champion_id"), nullable=False),
    words("reason", system(), nullable=False),
    instant("created_at", system(), nullable=False),
    instant("starts_at", deed_of("champion_id"), nullable=False),
    instant("not_after", system(), nullable=False),
    instant("finished_at", system()),
    integer("correction", system(), nullable=False),
    integer("progress_message_id", system()),
    words("progress_digest", system(), nullable=False),
    words("draft_key", system(), nullable=False, unique=True),
)

deliveries = table(
    "deliveries",
    key(),
    words("key", system(), nullable=False, unique=True),
    person("person_id", owner(), index=True),
    words("kind", theirs(), nullable=False),
    integer("lane", system(), nullable=False),
    words("method", system(), nullable=False),
    Column("broadcast_id", Whole, ForeignKey("broadcasts.id"), info=system(), index=True),
    Column("circle_id", Whole, ForeignKey("circles.id"), info=system()),
    words("topic", theirs()),
    Column("version_id", Whole, ForeignKey("template_versions.id"), info=system()),
    words("language", system(), nullable=False),
    words("body", theirs(), nullable=False),
    data("buttons", system(), nullable=False),
    data("extra", system(), nullable=False),  # target or source message, reply, protection
    flag("over_soft_cap", system()),
    instant("created_at", theirs(), nullable=False),
    instant("due_at", system(), nullable=False),
    instant("not_after", system(), nullable=False),
    words("state", theirs(), nullable=False),
    words("reason", theirs(), nullable=False),
    integer("attempts", system(), nullable=False),
    integer("doubts", system(), nullable=False),  # attempts after which nobody could know whether it arrived
    instant("lease_until", system()),
    instant("done_at", theirs()),
    integer("message_id", system()),
    instant("taken_back_at", theirs()),
    instant("helpful_at", theirs()),
    Index(
        "ix_deliveries_due",
        "lane",
        "due_at",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_deliveries_not_after",
        "not_after",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_deliveries_sending",
        "lease_until",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(  # what did not arrive, of everything that somebody else has to hear of
        "ix_deliveries_lost",
        "not_after",
        sqlite_where=text("kind != 'broadcast' AND state IN ('failed', 'suppressed', 'missed')"),
        postgresql_where=text("kind != 'broadcast' AND state IN ('failed', 'suppressed', 'missed')"),
    ),
    Index(
        "ix_deliveries_uncertain",
        "done_at",
        sqlite_where=text("state = 'uncertain'"),
        postgresql_where=text("state = 'uncertain'"),
    ),
)

# Whoever is named, or whose words stand, in a message to somebody else: forgetting them blanks it. A broadcast needs
# no row here, because it knows its champion.
mentions = table(
    "mentions",
    Column("delivery_id", Whole, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True, info=system()),
    person("person_id", owner(), primary_key=True, index=True),
)

replies = table(
    "replies",
    key(),
    person("resident_id", owner(), index=True),
    person("author_id", owner(), nullable=False),
    person("reader_id", mention(), index=True),
    words("direction", theirs(), nullable=False),  # question | answer | piece (of an album that began with another row)
    words("body", theirs(), nullable=False),
    words("media", theirs(), nullable=False),
    words("about", theirs(of="about_by"), nullable=False),  # the beginning of the message it speaks of
    person("about_by", mention()),  # who wrote that message
    words("album", system(), nullable=False),  # Telegram's key for photos sent together, or empty
    integer("message_id", system(), nullable=False),  # in the author's chat
    Column("broadcast_id", Whole, ForeignKey("broadcasts.id"), info=system(), index=True),
    Column("answers_id", Whole, info=system()),
    words("state", system(), nullable=False),  # open | answered
    instant("at", theirs(), nullable=False),
    instant("answered_at", theirs()),
    UniqueConstraint("author_id", "message_id", "direction"),
)
