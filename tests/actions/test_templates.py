"""Versions, their approval, and what stands against them."""

import asyncio
from dataclasses import replace

import pytest

from bot.actions import template_drafts as drafts
from bot.actions import templates as actions
from bot.domain.approvals import Obstacle
from bot.domain.errors import NotFound, NotNow, Refused
from bot.store import templates as store
from tests.cast import TestTown, opened_test_town


async def test_promise_8_versions_and_approvals_on_both_databases(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await town.has_coordinator()
        runtime, elif_id = town.runtime, await town.id_of("Elif")
        assert await actions.sync(runtime) == 0, "the files are known already"
        first = next(one for one in await actions.waiting(runtime) if (one.topic, one.language) == ("heat", "en"))
        assert (await actions.open_library(runtime)).obstacle_to("heat") is Obstacle.NOT_READ
        await actions.decide(runtime, elif_id, first.id, True, reads_language=True)
        assert (await actions.open_library(runtime)).obstacle_to("heat") is None

        async with runtime.database.write() as tx:  # an edit that Elif wrote herself
            words = first.source.replace("These things help", "What helps")
            assert await store.add(tx, "heat", "en", "e" * 64, words, "edit", elif_id, runtime.now())
        edit = next(one for one in await actions.newest(runtime) if (one.topic, one.language) == ("heat", "en"))
        with pytest.raises(Refused) as refused:
            await actions.decide(runtime, elif_id, edit.id, True, reads_language=True)
        assert refused.value.phrase == "templates.own_words"
        with pytest.raises(NotNow):
            await actions.decide(runtime, elif_id, first.id, False, reads_language=True)
        usable = (await actions.open_library(runtime)).version_for("heat", "en")
        assert usable is not None
        assert usable.version_id == first.id

        bengali = next(one for one in await actions.waiting(runtime) if one.language == "bn")
        with pytest.raises(Refused):
            await actions.decide(runtime, elif_id, bengali.id, True, reads_language=False)
        with pytest.raises(NotFound):
            await actions.decide(runtime, elif_id, 999_999, True, reads_language=True)


async def test_two_processes_that_start_together_write_each_version_once(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        async with town.runtime.database.write() as tx:
            await tx.execute(store.template_versions.delete())
        await asyncio.gather(*(actions.sync(town.runtime) for _ in range(3)))
        numbers = [one.number for one in await actions.newest(town.runtime)]
        assert numbers
        assert set(numbers) == {1}


async def test_topics_in_season_come_first_and_in_the_language_the_champion_reads(town: TestTown) -> None:
    await town.is_ready()
    await town.approves("heat", "flu-jab", language="ar")
    library = await actions.open_library(town.runtime)
    summer = [one.template.topic for one in library.topics(7)]
    assert summer[0] == "heat"
    assert sorted(summer[1:], key=lambda topic: library.usable[topic, "en"].template.title) == summer[1:]
    read = {one.template.topic: one.template.language for one in library.topics(7, "ar")}
    assert read["heat"] == read["flu-jab"] == "ar"
    assert read["falls"] == "en"
    assert library.obstacle_to("no-such-topic") is Obstacle.REMOVED


async def newest_of(town: TestTown, topic: str = "heat", language: str = "en") -> store.Version:
    return next(one for one in await actions.newest(town.runtime) if (one.topic, one.language) == (topic, language))


def files_say(town: TestTown, words: str, by: str, topic: str = "heat") -> None:
    """The file of a topic has changed, and was read again."""
    catalogue = town.runtime.catalogue
    text = catalogue.templates[topic, "en"].source_text.replace(words, by)
    changed = catalogue.parse(text, f"{topic}.en.md").template
    assert changed is not None
    town.runtime.shelf.replace(replace(catalogue, templates={**catalogue.templates, changed.key: changed}))


def files_lack(town: TestTown, topic: str) -> None:
    catalogue = town.runtime.catalogue
    left = {key: one for key, one in catalogue.templates.items() if key[0] != topic}
    town.runtime.shelf.replace(replace(catalogue, templates=left))


async def test_an_edit_wins_over_its_file_until_the_file_itself_changes(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await town.has_coordinator()
        runtime, elif_id = town.runtime, await town.id_of("Elif")
        shipped = runtime.catalogue
        first = await newest_of(town)
        draft = await drafts.save(
            runtime, elif_id, ("heat", "en"), first.source.replace("These things help", "What helps"), 0
        )
        assert draft.draft is not None
        await drafts.submit(runtime, elif_id, ("heat", "en"), draft.draft.serial)
        edit = await newest_of(town)
        assert (edit.number, edit.origin, edit.author_id) == (2, "edit", elif_id)
        assert await actions.sync(runtime) == 0, "the file says what it always said"
        assert (await newest_of(town)).id == edit.id

        files_say(town, "These things help", "What helps")  # the edit was exported into the folder
        assert await actions.sync(runtime) == 0
        runtime.shelf.replace(shipped)

        files_lack(town, "heat")
        await actions.sync(runtime)
        assert (await newest_of(town)).id == edit.id, "an edit needs no file"
        runtime.shelf.replace(shipped)
        assert await actions.sync(runtime) == 0

        files_say(town, "These things help", "These 4 things help")
        assert await actions.sync(runtime) == 1, "now the file says something new"
        assert ((await newest_of(town)).number, (await newest_of(town)).origin) == (3, "file")
        assert await actions.sync(runtime) == 0


async def test_what_was_taken_out_of_use_stays_out_until_its_file_changes(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await town.has_coordinator()
        await town.approves("heat", "falls")
        runtime, elif_id = town.runtime, await town.id_of("Elif")
        await actions.retire(runtime, elif_id, "heat", "en")
        await actions.retire(runtime, elif_id, "falls", "en")
        await actions.sync(runtime)
        assert (await actions.open_library(runtime)).version_for("heat", "en") is None
        await actions.bring_back(runtime, elif_id, "falls", "en")
        await actions.bring_back(runtime, elif_id, "falls", "en")
        assert (await actions.open_library(runtime)).version_for("falls", "en") is not None
        files_say(town, "These things help", "These 4 things help")
        assert await actions.sync(runtime) == 1
        assert (await actions.open_library(runtime)).obstacle_to("heat") is Obstacle.NOT_READ
        with pytest.raises(NotFound):
            await actions.retire(runtime, elif_id, "nothing", "en")


async def test_a_file_that_goes_and_comes_back_is_the_version_it_was(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves("heat")
    shipped = town.runtime.catalogue
    files_lack(town, "heat")
    await actions.sync(town.runtime)
    assert (await actions.open_library(town.runtime)).obstacle_to("heat") is Obstacle.REMOVED
    town.runtime.shelf.replace(shipped)
    assert await actions.sync(town.runtime) == 0
    assert (await actions.open_library(town.runtime)).obstacle_to("heat") is None


async def test_two_saves_at_the_same_instant_keep_both_texts(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await town.has_coordinator()
        await town.has_champion()
        people = [await town.id_of("Elif"), await town.id_of("Amara")]
        first = await newest_of(town)
        texts = [first.source.replace("Hot days", f"Hot days {number}") for number in range(2)]
        both = await asyncio.gather(
            *(
                drafts.save(town.runtime, person, ("heat", "en"), text, 0)
                for person, text in zip(people, texts, strict=True)
            )
        )
        assert sorted(one.aside is None for one in both) == [False, True]
        on = await drafts.desktop(town.runtime, "heat", "en")
        assert {on.text, *(one.source for one in on.kept)} == set(texts)
