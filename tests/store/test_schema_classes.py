"""Promise 9 stands on the classes of the columns: none may be without one, and each must make sense."""

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import Column, Table, Text

from bot.store.schema import metadata, people
from bot.store.types import Json

CLASSES = {"owner", "mention", "theirs", "words", "deed", "system"}
PHRASES = Path(__file__).parents[2] / "messages" / "phrases" / "en.toml"
TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)

# Text that says nothing about a person, or is blanked with the message it stands beside. A new one belongs here only
# after somebody has thought about it.
SPEAKS_OF_NOBODY = {
    "aways.state",
    "broadcasts.draft_key",
    "broadcasts.progress_digest",
    "broadcasts.reason",
    "circles.link_hash",
    "audit.subject",
    "checkins.key",
    "checkins.queue",
    "concerns.key",
    "concerns.rung",
    "enrolments.named_state",
    "enrolments.backup_state",
    "enrolments.token_hash",
    "deliveries.buttons",
    "deliveries.extra",
    "deliveries.key",
    "deliveries.language",
    "deliveries.method",
    "forgotten.keyed_hash",
    "heartbeats.name",
    "heartbeats.trouble",
    "inbox.reason",
    "inbox.state",
    "invitations.token_hash",
    "desk_links.token_hash",
    "place_edits.source",
    "desk_sessions.token_hash",
    "leases.holder",
    "leases.name",
    "people.menu",
    "replies.album",
    "replies.state",
    "secrets.name",
    "secrets.value",
    "template_drafts.source",
    "template_drafts.state",
    "template_versions.digest",
    "template_versions.origin",
    "template_versions.retired_why",
    "template_versions.source",
}


def classed(table: Table, *kinds: str) -> list[Column]:  # type: ignore[type-arg]
    return [column for column in table.columns if column.info.get("class") in kinds]


@every_table
def test_promise_9_every_column_has_a_class(table: Table) -> None:
    assert [column.name for column in table.columns if column.info.get("class") not in CLASSES] == []


@every_table
def test_promise_9_whatever_points_at_a_person_is_theirs_or_names_them(table: Table) -> None:
    pointing = [column for column in table.columns if column.references(people.c.id)]

    assert [column.name for column in pointing if column.info["class"] not in ("owner", "mention")] == []


@every_table
def test_an_owner_or_a_mention_is_a_person_or_says_that_it_is_a_chat(table: Table) -> None:
    for column in classed(table, "owner", "mention"):
        is_person = column.references(people.c.id) or column is people.c.id
        assert is_person or column.info.get("by") == "telegram", column.name


@every_table
def test_words_and_deeds_name_the_column_of_whoever_they_belong_to(table: Table) -> None:
    for column in table.columns:
        if (of := column.info.get("of")) is not None:
            assert table.c[of].info["class"] == "mention", column.name
            assert column.info["class"] == "deed" or isinstance(column.type, (Text, Json)), column.name


@every_table
def test_a_mention_can_be_taken_out_and_words_can_be_blanked(table: Table) -> None:
    assert [column.name for column in classed(table, "mention") if not column.nullable] == []


@every_table
def test_something_of_a_persons_own_stands_only_in_a_table_that_has_an_owner(table: Table) -> None:
    assert not classed(table, "theirs") or classed(table, "owner")


def test_text_that_is_said_to_speak_of_nobody_has_been_thought_about() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in TABLES
        for column in classed(table, "system")
        if isinstance(column.type, (Text, Json))
    }

    assert columns - SPEAKS_OF_NOBODY == set()


@every_table
def test_mydata_has_words_for_every_table(table: Table) -> None:
    words = tomllib.loads(PHRASES.read_text(encoding="utf-8"))["mydata"]

    assert not classed(table, "owner") or table.name in words
    assert not classed(table, "mention") or f"{table.name}_named" in words
