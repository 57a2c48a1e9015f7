"""The tables of looking after somebody who has come home; classes of columns as in `schema`."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text

from bot.store.columns import (
    data,
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

enrolments = table(
    "enrolments",
    key(),
    person("person_id", owner(), nullable=True, index=True),  # NULL until the card is opened
    words("plan", theirs(), nullable=False),
    words("home_on", theirs(), nullable=False),  # local day, ISO
    words("tier", theirs(), nullable=False),
    words("language", theirs()),  # of the card; NULL where none was made
    integer("wall", theirs()),  # chosen time of day, minutes after midnight
    words("state", theirs(), nullable=False),
    words("course", theirs(), nullable=False),
    words("token_hash", system(), unique=True),
    instant("expires_at", system()),
    person("invited_by", mention()),
    instant("created_at", theirs(), nullable=False),
    instant("accepted_at", theirs()),
    instant("ended_at", theirs()),
    instant("paused_at", theirs()),
    person("named_id", mention(), index=True),
    words("named_state", system(), nullable=False),  # none | asked | accepted | declined
    person("backup_id", mention()),
    words("backup_state", system(), nullable=False),
    flag("assisted", theirs()),
    flag("fewer", theirs()),
    integer("cycle", system(), nullable=False),  # counts the times they came home
    integer("missed", theirs(), nullable=False),  # check-ins missed in a row
    Index(None, "state", "ended_at"),
)

checkins = table(
    "checkins",
    key(),
    Column("enrolment_id", Whole, ForeignKey("enrolments.id"), nullable=False, info=system(), index=True),
    person("person_id", owner(), index=True),
    words("key", system(), nullable=False, unique=True),
    integer("cycle", system(), nullable=False),
    integer("day", theirs(), nullable=False),
    words("kind", theirs(), nullable=False),  # questions | closing | last_question
    instant("due_at", theirs(), nullable=False),
    instant("not_after", system(), nullable=False),
    words("state", theirs(), nullable=False),
    words("reason", theirs(), nullable=False),
    instant("asked_at", theirs()),
    instant("remind_at", system()),
    instant("opened_at", theirs()),
    instant("closed_at", theirs()),
    data("queue", system(), nullable=False),  # questions that are left
    integer("message_id", system()),  # the question on the screen
    Index(
        "ix_checkins_due",
        "due_at",
        "id",
        "kind",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_checkins_open",
        "not_after",
        sqlite_where=text("state IN ('asked', 'open')"),
        postgresql_where=text("state IN ('asked', 'open')"),
    ),
    Index(
        "ix_checkins_remind",
        "remind_at",
        sqlite_where=text("state IN ('asked', 'open') AND remind_at IS NOT NULL"),
        postgresql_where=text("state IN ('asked', 'open') AND remind_at IS NOT NULL"),
    ),
    Index(
        "ix_checkins_unanswered",
        "closed_at",
        "person_id",
        sqlite_where=text("state IN ('missed', 'late')"),
        postgresql_where=text("state IN ('missed', 'late')"),
    ),
)

answers = table(
    "answers",
    key(),
    Column("checkin_id", Whole, ForeignKey("checkins.id"), nullable=False, info=system(), index=True),
    person("person_id", owner(), index=True),
    words("question", theirs(), nullable=False),
    words("answer", theirs(), nullable=False),
    words("said", theirs(), nullable=False),  # typed words, where the question asks for them
    person("tapped_by", mention()),  # a volunteer, in assisted mode
    integer("message_id", system()),  # of typed words: an update can come twice
    instant("at", theirs(), nullable=False),
    UniqueConstraint("checkin_id", "question"),
)

concerns = table(
    "concerns",
    key(),
    Column("enrolment_id", Whole, ForeignKey("enrolments.id"), info=system(), index=True),
    person("person_id", owner(), index=True),
    Column("answer_id", Whole, ForeignKey("answers.id"), info=system(), index=True),  # what raised it
    words("key", system(), nullable=False, unique=True),
    words("level", theirs(), nullable=False),
    words("reason", theirs(), nullable=False),
    words("state", theirs(), nullable=False),
    words("rung", system(), nullable=False),
    integer("round", system(), nullable=False),
    person("owner_id", mention(), index=True),
    instant("opened_at", theirs(), nullable=False),
    instant("deadline_at", system(), nullable=False),
    instant("owned_at", theirs()),
    instant("closed_at", theirs()),
    words("outcome", theirs(), nullable=False),
    Index(
        "ix_concerns_open",
        "deadline_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_concerns_owned",
        "deadline_at",
        sqlite_where=text("state = 'owned'"),
        postgresql_where=text("state = 'owned'"),
    ),
    Index(
        "ix_concerns_not_closed",
        "id",
        "state",
        sqlite_where=text("state IN ('open', 'owned')"),
        postgresql_where=text("state IN ('open', 'owned')"),
    ),
)

concern_events = table(
    "concern_events",
    key(),
    Column("concern_id", Whole, ForeignKey("concerns.id"), nullable=False, info=system(), index=True),
    person("person_id", owner(), index=True),
    person("actor_id", mention()),
    words("what", theirs(), nullable=False),
    words("note", words_of("actor_id"), nullable=False),
    instant("at", theirs(), nullable=False),
)

oncall_swaps = table(
    "oncall_swaps",
    key(),
    person("person_id", owner(), index=True),  # who takes over
    instant("since", theirs(), nullable=False),
    instant("until", theirs(), nullable=False, index=True),
    instant("ended_at", theirs()),
)
