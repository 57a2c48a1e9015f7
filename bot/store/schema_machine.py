"""What the machine keeps to run: what came in, who did what, who lives. Classes of columns as in `schema`."""

from sqlalchemy import Column, Index, text

from bot.store.columns import data, deed_of, instant, integer, key, mention, owner, person, system, table, theirs, words
from bot.store.types import Whole

inbox = table(
    "inbox",
    Column("update_id", Whole, primary_key=True, autoincrement=False, info=system()),
    integer("chat_id", owner("telegram"), nullable=False),
    data("payload", theirs()),
    instant("received_at", theirs(), nullable=False),
    words("state", system(), nullable=False),  # new | done | dead
    integer("attempts", system(), nullable=False),
    instant("due_at", system(), nullable=False),
    instant("lease_until", system()),
    words("reason", system(), nullable=False),
    Index(
        "ix_inbox_waiting",
        "update_id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
    Index("ix_inbox_chat", "chat_id", "update_id"),
)

forgotten = table(
    "forgotten",
    words("keyed_hash", system(), primary_key=True),
    instant("at", system(), nullable=False),
)

audit = table(
    "audit",
    key(),
    instant("at", deed_of("actor_id"), nullable=False),
    person("actor_id", mention()),
    words("what", deed_of("actor_id"), nullable=False),
    words("subject", system(), nullable=False),
)

leases = table(
    "leases",
    words("name", system(), primary_key=True),
    words("holder", system(), nullable=False),
    instant("until", system(), nullable=False),
)

heartbeats = table(
    "heartbeats",
    words("name", system(), primary_key=True),
    instant("at", system(), nullable=False),
    words("trouble", system(), nullable=False),  # what keeps it from its work, for an operator; empty: nothing
    integer("patience", system()),  # seconds of silence after which somebody has to know; only a tick has its own
)

secrets = table(
    "secrets",
    words("name", system(), primary_key=True),
    words("value", system(), nullable=False),
)
