"""/privacy, /mydata and /forget: what is shown is what is erased, and nothing else stays (promise 9)."""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.actions import privacy as actions
from bot.actions import updates
from bot.domain.circles import forgotten_hash
from bot.store import people as people_store
from bot.store import privacy as store
from bot.store.schema import metadata
from tests.cast import TestTown, opened_test_town
from tests.conversations.everything import (
    ANSWER,
    CHAMPION,
    CIRCLE,
    COORDINATOR,
    COVER,
    COVERED,
    LINE,
    RESIDENT,
    WORRY,
    Tables,
    dump,
    lived_in,
    numbers,
    traces,
)

Held = dict[str, dict[bool, set[tuple[Any, ...]]]]  # table -> own or only named -> keys of rows
WORDS = {
    COORDINATOR: (COORDINATOR,),
    RESIDENT: (WORRY, RESIDENT),
    CHAMPION: (LINE, ANSWER, CHAMPION, CIRCLE),
    COVER: (COVERED, COVER),
}


async def held_by(town: TestTown, name: str) -> Held:
    found: Held = {table: {True: set(), False: set()} for table in metadata.tables}
    async with town.runtime.database.read() as tx:
        person = await people_store.by_telegram(tx, town.person(name).phone.user_id)
        assert person is not None
        for one in await store.held(tx, person):
            found[one.table][one.own] |= set(one.keys)
    return found


async def test_promise_9_forget_erases_exactly_what_mydata_shows(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await lived_in(town)
        for name in (RESIDENT, COVER, CHAMPION, COORDINATOR):
            await _is_forgotten_wholly(town, name)
        await town.passes(days=2)
        left = await dump(town)
        assert list(traces(left, *(word for words in WORDS.values() for word in words))) == [], "nothing waited"


async def _is_forgotten_wholly(town: TestTown, name: str) -> None:
    person_id, telegram_id = await town.id_of(name), town.person(name).phone.user_id
    shown, before = await held_by(town, name), await dump(town)
    assert list(traces(before, *WORDS[name])), "the story leaves traces"

    await actions.forget(town.runtime, person_id)

    after = await dump(town)
    assert list(numbers(after, person_id, telegram_id)) == []
    assert list(traces(after, *WORDS[name])) == []
    for table in metadata.sorted_tables:
        _what_was_shown_is_gone(table.name, shown, before, after)
    await actions.forget(town.runtime, person_id)
    assert await dump(town) == after, "safe to repeat"


def _what_was_shown_is_gone(table: str, shown: Held, before: Tables, after: Tables) -> None:
    """Own rows are deleted, and no others; rows that name them stay without the name. Updates keep their number."""
    gone = before[table].keys() - after[table].keys()
    own, named = shown[table][True], shown[table][False]
    if table == "mentions":  # those in a message that was itself the person's go with it
        own = own | {key for key in before[table] if (key[0],) in shown["deliveries"][True]}
    assert gone == (set() if table == "inbox" else own), table
    assert all(after[table][key] != before[table][key] for key in named), table


async def test_mydata_says_it_in_words_and_in_a_file_that_a_person_can_read(town: TestTown) -> None:
    await lived_in(town)
    resident = town.person(RESIDENT)
    await resident.says("/mydata")

    words = resident.sees[-2]
    assert words.index("You\n") < words.index("What you said yes or no to")
    assert f"First name: {RESIDENT}. Language: English." in words
    for unkind in ("mydata.", "None", "{{", "_id"):
        assert unkind not in words
    assert resident.buttons == ["Erase everything about me"]

    async with town.runtime.database.read() as tx:
        held = await store.held(tx, await people_store.by_id(tx, await town.id_of(RESIDENT)))
    data = json.loads(await actions.as_json(town.runtime, held))
    assert data["people"][0]["telegram_id"] == resident.phone.user_id
    assert {one["circle"] for one in data["memberships"]} == {CIRCLE, "Tuesday tea"}
    assert datetime.fromisoformat(data["consents"][0]["at"]).utcoffset() == timedelta(0)
    assert any(WORRY in one.get("body", "") for one in data["replies"])
    assert {one["kind"] for one in data["mentions"]} >= {"relay"}
    names = {name for rows in data.values() for row in rows for name in row}
    assert not {name for name in names if name == "id" or (name.endswith("_id") and name != "telegram_id")}
    assert None not in [value for rows in data.values() for row in rows for value in row.values()]

    for name in (CHAMPION, COORDINATOR, COVER, "Farid"):
        await town.person(name).says("/mydata")
        assert "Everything that is kept of you" in town.person(name).sees[-2]
    assert "Circles that you lead" in town.person(CHAMPION).sees[-2]
    assert "What you did here" in town.person(COORDINATOR).sees[-2]


async def test_promise_9_forgetting_takes_two_taps_and_leaves_not_even_the_update_that_asked(town: TestTown) -> None:
    await town.is_ready()
    ben, ben_id = town.ben, await town.id_of("Ben")
    await ben.says("/forget")
    await ben.taps("No, keep it")
    assert ben.last == "Nothing was erased."
    await ben.says("/forget")
    await ben.taps("Yes, erase everything")

    assert "Everything is erased." in ben.last
    assert ben.buttons == []
    tables = await dump(town)
    assert list(numbers(tables, ben_id, ben.phone.user_id)) == []
    assert {row["state"] for row in tables["inbox"].values()} == {"done"}
    assert [row["keyed_hash"] for row in tables["forgotten"].values()] == [
        forgotten_hash(town.runtime.secret, ben.phone.user_id)
    ]
    await town.sends("loneliness")
    assert ben.heard("it is Amara") == 0


async def test_promise_9_an_old_button_or_a_block_brings_nobody_back_but_their_own_words_do(town: TestTown) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    ben = town.ben
    old = ben.phone.last
    await ben.says("/forget")
    await ben.taps("Yes, erase everything")
    assert old is not None

    await ben.taps("Helpful", old.message_id)
    assert "no longer works" in ben.phone.toasts[-1].text
    await ben.blocks()
    await ben.unblocks()
    tables = await dump(town)
    assert ben.phone.user_id not in {row["telegram_id"] for row in tables["people"].values()}
    assert len(tables["forgotten"]) == 1

    await ben.says("/start")
    assert "Nothing is sent to you before you say yes." in ben.last
    await town.joins("Ben")
    assert "You are in “Elm House” now." in ben.last


async def test_an_update_that_telegram_repeats_after_forget_brings_nobody_back(town: TestTown) -> None:
    await town.is_ready()
    written = town.ben.phone.types("Hello")
    await town.settle()
    raw = {"update_id": 987_654_321, "message": town.ben.phone._world.message_json(written)}
    await updates.receive(town.runtime, [raw])
    await town.settle()
    await actions.forget(town.runtime, await town.id_of("Ben"))
    await updates.receive(town.runtime, [raw])
    await town.settle()

    people = (await dump(town))["people"].values()
    assert town.ben.phone.user_id not in {row["telegram_id"] for row in people}


async def test_a_forgotten_champions_people_are_told_without_the_name_and_their_words_go_to_a_coordinator(
    town: TestTown,
) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await town.amara.says("/forget")
    assert "Your circles close, and their people are told." in town.amara.last
    await town.amara.taps("Yes, erase everything")

    assert "One of your champions has left" in town.ben.last
    await town.ben.says("Is anybody there?")
    assert "Elif" in town.ben.last
    assert town.elif_.heard("Is anybody there?") == 1
    assert [one.command for one in town.amara.phone.commands][:2] == ["help", "stop"]


async def test_a_coordinator_who_comes_back_is_asked_again(town: TestTown) -> None:
    await town.is_ready()
    await town.elif_.says("/forget")
    await town.elif_.taps("Yes, erase everything")
    await town.elif_.says("/start")

    assert town.elif_.buttons == ["Yes, write to me"]


async def test_promise_9_strangers_who_stay_silent_are_dropped_and_nobody_else(town: TestTown) -> None:
    await town.is_ready()
    await town.farid.says("Hello?")
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.joins("Noor", "Sanjay")
    await town.sanjay.says("/circle")
    await town.ben.says("/stop")
    farid_id = await town.id_of("Farid")

    await town.passes(days=29)
    assert farid_id in {key[0] for key in (await dump(town))["people"]}
    await town.passes(days=2)

    tables = await dump(town)
    names = {row["name"] for row in tables["people"].values()}
    assert names == {"Elif", "Amara", "Sanjay", "Ben", "Dalia", "Chidi", "Noor"}
    assert list(numbers(tables, farid_id, town.farid.phone.user_id)) == []


async def test_the_policy_is_honest_and_says_whom_to_ask(town: TestTown) -> None:
    await town.farid.says("/privacy")

    for said in ("run by Elm Park Neighbours", "30 days", "/mydata", "/forget", "Ask for Sam"):
        assert said in town.farid.last
