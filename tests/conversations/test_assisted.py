"""Somebody without Telegram: the volunteer phones, and taps the answers in."""

from datetime import timedelta

from sqlalchemy import select

from bot.domain.checkins import Enrolment as State
from bot.domain.checkins import Stage
from bot.store import checkins as checkin_store
from bot.store import circles as circle_store
from bot.store import concerns as concern_store
from bot.store import enrolments as store
from bot.store import people as people_store
from bot.store import privacy as privacy_store
from bot.store.schema import aways, consents
from bot.store.schema_care import checkins as checkins_table
from tests.cast import TestTown
from tests.conversations.everything import dump, numbers, traces
from tests.conversations.letters import forges


async def _enrols(town: TestTown, name: str = "Zebulon", answers: tuple[str, ...] = ("Yes",) * 4) -> store.Enrolment:
    await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion()
    elif_ = town.elif_
    await elif_.says("/discharge")
    await elif_.taps("Somebody without Telegram")
    await elif_.says(name)
    for label in ("Amara (Elm House)", "Home from hospital", "Today", "As usual"):
        await elif_.taps(label)
    assert f"Please read this to {name}" in elif_.last
    for said in answers:
        await elif_.taps(said)
    await elif_.taps("Yes, I heard it myself")
    assert elif_.heard(f"Amara is told when to phone {name}") == 1
    async with town.runtime.database.read() as tx:
        return (await store.in_state(tx, State.ACTIVE))[-1]


async def test_promise_1_a_yes_by_voice_is_witnessed_and_recorded_as_such(town: TestTown) -> None:
    made = await _enrols(town)
    assert made.assisted
    assert made.named_state == "accepted"
    async with town.runtime.database.read() as tx:
        rows = list(await tx.execute(select(consents).where(consents.c.person_id == made.person_id)))
        assert len(await checkin_store.of_enrolment(tx, made.id)) == 9
    assert {row.wording for row in rows} == {"by voice, witnessed by a coordinator: witness-2"}
    assert len(rows) == 4
    assert "Zebulon would like you to ring" in town.amara.last
    await forges(town.elif_, "dis:yes")
    assert "from earlier" in town.elif_.last, "a second tap enrols nobody twice"


async def test_the_volunteer_gets_the_call_script_and_taps_the_answers_in(town: TestTown) -> None:
    made = await _enrols(town)
    await town.passes(days=1, hours=3)
    amara = town.amara
    assert "Zebulon" in amara.last
    await amara.taps(amara.buttons[0])
    while amara.buttons and "Yes, I do" not in amara.buttons:
        await amara.taps(amara.buttons[0])
    await amara.taps("No, none of these")
    async with town.runtime.database.read() as tx:
        first = (await checkin_store.of_enrolment(tx, made.id))[0]
        [answer] = await checkin_store.answers_of(tx, first.id)
    assert answer.question == "breath"
    assert answer.tapped_by == await town.id_of("Amara"), "recorded as such"


async def test_promise_9_a_coordinator_erases_for_somebody_who_cannot_ask_the_bot(town: TestTown) -> None:
    made = await _enrols(town, "Quentin")
    await town.passes(days=1, hours=3)
    amara, elif_ = town.amara, town.elif_
    await amara.taps(amara.buttons[0])
    await amara.taps("No, none of these")
    async with town.runtime.database.read() as tx:
        person = await people_store.by_id(tx, made.person_id or 0)
        held = await privacy_store.held(tx, person)
    shown = {(one.table, key) for one in held for key in one.keys if one.own}
    assert {"people", "consents", "enrolments", "checkins", "answers", "mentions"} <= {table for table, _ in shown}
    await amara.says("stop")
    for who in (amara, town.farid):
        await who.says("/start")
        await forges(who, f"course:erase:{made.id}:yes")
        assert "from earlier" in who.last, "nobody but a coordinator"

    await elif_.says("/discharge")
    await elif_.taps("People looked after (1)")
    await elif_.taps("Quentin")
    await elif_.taps("No more questions")
    await elif_.taps("Yes, no more questions")
    await elif_.says("/discharge")
    await elif_.taps("Ended, without Telegram (1)")
    await elif_.taps("Quentin")
    await elif_.taps("Erase what is kept")
    async with town.runtime.database.read() as tx:
        count = sum(len(one.rows) for one in await privacy_store.held(tx, person))
    assert f"{count} entries. It is what Quentin would see with /mydata." in elif_.last
    await elif_.taps("No, leave it as it is")
    await elif_.taps("Erase what is kept")
    await elif_.taps("Yes, erase everything")
    assert "Everything about Quentin is erased." in elif_.last
    tables = await dump(town)
    assert list(numbers(tables, person.id, person.telegram_id)) == []
    assert [key for table, key in shown if key in tables[table]] == []
    assert list(traces(tables, "Quentin")) == []
    await forges(elif_, f"course:erase:{made.id}:yes")
    assert "from earlier" in elif_.last
    await elif_.says("/discharge")
    assert not [one for one in elif_.buttons if one.startswith("Ended")]


async def test_whoever_has_telegram_erases_by_themself(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await forges(town.elif_, f"course:erase:{number}:yes")
    assert "from earlier" in town.elif_.last
    assert await town.id_of("Ben")


async def test_promise_6_without_a_volunteer_a_coordinator_hears_that_nobody_phones(town: TestTown) -> None:
    made = await _enrols(town)
    await town.amara.says("/stop")
    assert town.elif_.heard("so nobody phones now. Please find somebody") == 1
    await town.has_champion("Sanjay", "Tuesday tea")
    await forges(town.elif_, f"course:named:{made.id}")
    await town.elif_.taps("Sanjay (Tuesday tea)")
    assert town.elif_.heard("I am asking Sanjay") == 1
    await town.sanjay.taps("Yes, I will be there")
    await town.passes(days=1, hours=3)
    assert "Zebulon" in town.sanjay.last


async def _is_away(town: TestTown, name: str, cover: str) -> None:
    now = town.clock.now()
    async with town.runtime.database.write() as tx:
        until = now + timedelta(days=40)
        away = await circle_store.add_away(tx, await town.id_of(name), await town.id_of(cover), now, until)
        await tx.execute(aways.update().where(aways.c.id == away).values(state="agreed"))


async def test_promise_6_the_backup_phones_while_the_volunteer_is_away(town: TestTown) -> None:
    made = await _enrols(town)
    await town.has_champion("Sanjay", "Tuesday tea")
    async with town.runtime.database.write() as tx:
        await store.change(tx, made.id, backup_id=await town.id_of("Sanjay"), backup_state="accepted")
    await _is_away(town, "Amara", "Sanjay")
    await town.passes(days=1, hours=3)
    assert town.sanjay.heard("It is time to phone Zebulon") == 1
    assert town.amara.heard("It is time to phone Zebulon") == 0


async def test_promise_6_a_coordinator_hears_when_everybody_who_could_phone_is_away(town: TestTown) -> None:
    made = await _enrols(town)
    await town.has_champion("Sanjay", "Tuesday tea")
    await _is_away(town, "Amara", "Sanjay")
    await town.passes(days=1, hours=3)
    assert town.amara.heard("It is time to phone Zebulon") == 0
    async with town.runtime.database.read() as tx:
        assert [one.reason for one in await concern_store.not_closed(tx, made.person_id)] == ["not_asked"]


async def test_promise_6_a_volunteer_is_reminded_once_and_then_a_human_decides(town: TestTown) -> None:
    made = await _enrols(town)
    await town.passes(days=1)
    assert town.amara.heard("It is time to phone Zebulon") == 1
    await town.passes(hours=7)
    assert town.amara.heard("It is time to phone Zebulon") == 2
    assert town.amara.buttons == ["Start the questions"]
    await town.passes(hours=16)
    assert town.amara.heard("It is time to phone Zebulon") == 2
    await town.passes(days=1, hours=2)  # the second missed in a row
    async with town.runtime.database.read() as tx:
        assert [one.reason for one in await concern_store.not_closed(tx, made.person_id)] == ["silent"]


async def test_promise_4_last_words_that_nobody_can_say_on_the_phone_reach_the_coordinators(town: TestTown) -> None:
    made = await _enrols(town)
    async with town.runtime.database.write() as tx:
        asked = checkins_table.c.enrolment_id == made.id, checkins_table.c.kind == "questions"
        await tx.execute(checkins_table.delete().where(*asked))
    await town.amara.says("/stop")
    await town.passes(days=30, hours=8)
    assert town.elif_.heard("Please ring Zebulon once more yourself") == 1
    async with town.runtime.database.read() as tx:
        [closing] = await checkin_store.of_enrolment(tx, made.id)
        assert (closing.state, closing.reason) == (Stage.LATE, "no_volunteer")
        ended = await store.by_id(tx, made.id)
    assert ended is not None and ended.state is State.ENDED


async def test_promise_1_each_yes_and_no_by_voice_is_asked_by_itself(town: TestTown) -> None:
    made = await _enrols(town, answers=("Yes", "No", "Yes"))
    assert town.elif_.heard("also see your answers") == 0, "who is told nothing is shown nothing"
    async with town.runtime.database.read() as tx:
        said = await people_store.standing_consents(tx, made.person_id or 0)
    assert {purpose.value for purpose, _ in said} == {"checkins", "phone"}


async def test_promise_1_without_a_yes_to_being_phoned_nothing_begins(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion()
    await town.elif_.says("/discharge")
    await town.elif_.taps("Somebody without Telegram")
    await town.elif_.says("Zebulon")
    for label in ("Amara (Elm House)", "Home from hospital", "Today", "As usual", "Yes", "No", "No"):
        await town.elif_.taps(label)
    assert "Nothing begins, and nothing about Zebulon is kept" in town.elif_.last
    await forges(town.elif_, "dis:yes")
    async with town.runtime.database.read() as tx:
        assert await store.in_state(tx, *State) == []
