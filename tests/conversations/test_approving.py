"""Nothing is sent before a coordinator has read the exact words in chat and said yes (promise 8)."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import templates as template_actions
from tests.cast import TestTown, opened_test_town
from tests.conversations.letters import forges

MESSAGES = Path(__file__).parents[2] / "messages"


@pytest.fixture
async def editable(tmp_path: Path) -> AsyncIterator[TestTown]:
    """A town whose message files a test may change."""
    shutil.copytree(MESSAGES, tmp_path / "messages")
    settings = {"messages_dir": tmp_path / "messages"}
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db", **settings) as made:
        yield made


def _file(town: TestTown, name: str) -> Path:
    return Path(town.runtime.settings.messages_dir) / "prevention" / name


async def _changes(town: TestTown, name: str, old: str, new: str) -> None:
    path = _file(town, name)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    await town.passes(seconds=11)


async def test_promise_8_a_coordinator_reads_the_message_as_it_would_arrive_and_decides(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await town.has_champion()
    await town.joins("Ben")
    await elif_.says("/desk")
    await elif_.taps(next(one for one in elif_.buttons if one.startswith("Read them")))
    await elif_.taps(next(one for one in elif_.buttons if "The flu jab · English" in one))
    bubble, about = elif_.phone.messages[-2:]
    assert "Hello Amina, it is Rosa." in bubble.text
    assert "Go to Park Road Pharmacy on Thursday 3 December, from 10am." in bubble.text
    assert [one.text for row in bubble.buttons for one in row] == ["Helpful", "Ask Rosa", "Stop"]
    assert "Source: GOV.UK" in about.text
    assert "To be read again by: Wednesday 31 March 2027" in about.text

    await elif_.taps("No, not for us")
    assert "will not be sent" in elif_.last
    await town.amara.says("/broadcast")
    assert "The flu jab: a coordinator decided that it is not for us" in town.amara.last
    await elif_.taps("Show it again")
    assert "At the moment it is not sent" in elif_.last
    await elif_.taps("Yes, this is right for us")
    assert "can be sent now" in elif_.last
    await town.amara.says("/broadcast")
    assert "The flu jab" in town.amara.buttons

    await elif_.says("/desk")
    await elif_.taps("All messages")
    assert "✓ The flu jab · English" in elif_.buttons


async def test_promise_8_a_translation_asks_for_somebody_who_reads_the_language(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    version = next(one for one in await template_actions.waiting(town.runtime) if one.language == "bn")
    elif_.phone._tap(elif_.phone.last, f"approve:read:{version.id}")
    await town.settle()
    assert "Please say yes only if you read" in elif_.last
    assert elif_.buttons[0].startswith("I read ")
    await elif_.taps(elif_.buttons[0])
    assert "can be sent now" in elif_.last


async def test_promise_8_others_cannot_approve(town: TestTown) -> None:
    await town.is_ready()
    version = (await template_actions.waiting(town.runtime))[0]
    town.amara.phone._tap(town.amara.phone.last, f"approve:yes:{version.id}")
    await town.settle()
    assert "Only coordinators can do this." in town.amara.last
    assert version.id in {one.id for one in await template_actions.waiting(town.runtime)}


async def test_promise_8_a_changed_file_asks_again_and_the_approved_version_stays_in_use(editable: TestTown) -> None:
    town = editable
    await town.is_ready()
    elif_ = town.elif_
    await elif_.says("/desk")
    await elif_.taps("All messages")
    await elif_.taps("✓ The flu jab · English")
    old_question = elif_.phone.last.message_id
    await _changes(town, "flu-jab.en.md", "one is waiting for you", "one waits for you here")
    assert "New or changed messages wait for your reading: 1" in elif_.last
    await elif_.taps("No, not for us", old_question)
    assert "There is a newer version" in elif_.last
    await town.sends("flu-jab")
    assert "one is waiting for you" in town.ben.last

    await town.approves("flu-jab")
    async with town.runtime.database.read() as tx:
        shelf = await template_actions.library(tx, town.runtime)
    usable = shelf.version_for("flu-jab", "en")
    assert usable is not None
    assert "one waits for you here" in usable.template.body


async def test_promise_8_a_broken_file_stops_nothing_and_the_coordinator_is_told(editable: TestTown) -> None:
    town = editable
    await town.is_ready()
    await _changes(town, "loneliness.en.md", "action:", "akshun:")
    assert "prevention/loneliness.en.md:" in town.elif_.last
    assert "The last good versions stay in use." in town.elif_.last
    await town.elif_.says("/desk")
    assert "Files with mistakes" in town.elif_.last
    await town.sends("loneliness")
    assert town.ben.heard("it is Amara") == 1


async def test_a_file_that_goes_and_comes_back_unchanged_keeps_its_approval(editable: TestTown) -> None:
    town = editable
    await town.is_ready()
    path = _file(town, "loneliness.en.md")
    text = path.read_text()
    path.unlink()
    await town.passes(seconds=11)
    await town.amara.says("/broadcast")
    assert not any("loneliness" in (one.data or "") for row in town.amara.phone.last.buttons for one in row)
    path.write_text(text)
    await town.passes(seconds=11)
    await town.amara.says("/broadcast")
    assert any("loneliness" in (one.data or "") for row in town.amara.phone.last.buttons for one in row)


async def test_promise_8_new_fields_in_english_do_not_take_approved_translations_away(editable: TestTown) -> None:
    town = editable
    await town.is_ready()
    await town.approves("flu-jab", language="bn")
    await _changes(
        town,
        "flu-jab.en.md",
        "  start:\n",
        "  room:\n    type: place\n    question: Which room?\n    example: Room 2\n  start:\n",
    )
    await _changes(town, "flu-jab.en.md", "from {{ start }}", "from {{ start }} in {{ room }}")
    async with town.runtime.database.read() as tx:
        shelf = await template_actions.library(tx, town.runtime)
    assert shelf.version_for("flu-jab", "bn") is not None
    assert shelf.version_for("flu-jab", "en") is not None


async def test_whoever_reads_to_approve_is_told_which_words_are_only_examples(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    version = next(
        one
        for one in await template_actions.waiting(town.runtime)
        if (one.topic, one.language) == ("pharmacy-first", "en")
    )
    await forges(elif_, f"approve:read:{version.id}")
    _, template = await template_actions.get(town.runtime, version.id)
    place = next(one.example for one in template.fields if "Pharmacy" in one.example)
    assert "Only examples, which the champion replaces:" in elif_.last and place in elif_.last
    assert "Is every other word right for us here?" in elif_.last
