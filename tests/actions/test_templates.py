"""Versions, their approval, and what stands against them."""

import asyncio

import pytest

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
