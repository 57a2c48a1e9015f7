"""One person's whole way through care, on both databases: enrolled, asked, red, pausing, home again, and the end."""

from bot.domain.checkins import Course, Stage
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store import enrolments as store
from tests.cast import Character, TestTown, opened_test_town
from tests.conversations.test_discharge import makes_card


async def test_promise_6_the_whole_way_through_care_on_either_database(database_url: str) -> None:
    async with opened_test_town(database_url) as town:
        await _comes_home(town)
        await _is_asked_and_worries_somebody(town)
        number = await _goes_back_and_comes_home_again(town)
        await _is_silent(town, number)
        await _dies(town, number)


async def _comes_home(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await town.approves_plans()
    for name in ("Amara", "Sanjay"):
        await town.has_champion(name, f"Circle of {name}")
    await town.ben.opens(await makes_card(elif_))
    for label in ("English", "Go on", "Yes", "Yes", "No", "Yes", "10am"):
        await town.ben.taps(label)
    for label in ("Amara (Circle of Amara)", "Sanjay (Circle of Sanjay)", "Yes, begin"):
        await town.ben.taps(label)
    assert "I am asking Amara now" in town.ben.last
    await town.amara.taps("Yes, I will be there")
    await town.sanjay.taps("Yes, I will be there")
    assert town.ben.heard("Amara said yes") == 1


async def _is_asked_and_worries_somebody(town: TestTown) -> None:
    """Nobody takes it until it has climbed every rung; then it is passed on, taken and closed."""
    await town.is_asked("Ben")
    assert "it is Amara" in town.ben.last
    await town.ben.taps("Yes, now is good")
    await town.ben.taps("Yes, I do")
    assert town.ben.heard("Phone 999 now.") == 1
    assert "Ben needs somebody now" in town.amara.last
    await town.passes(minutes=46)
    assert town.ben.heard("Have you phoned 999") == 1
    for who in (town.amara, town.sanjay, town.elif_):
        assert who.heard("Ben needs somebody now"), who.name
    await town.sanjay.taps("I have it")
    assert town.ben.heard("Sanjay will ring you by") == 1
    await town.sanjay.taps("Pass it on")
    await town.elif_.taps("I have it")
    await town.elif_.taps("Close it")
    await town.elif_.taps("999 was phoned")
    await town.elif_.says("they are on their way")
    async with town.runtime.database.read() as tx:
        assert await concern_store.not_closed(tx) == []


async def _goes_back_and_comes_home_again(town: TestTown) -> int:
    await town.ben.says("/home")
    await town.ben.taps("Back in hospital")
    await town.ben.taps("Yes, back in hospital")
    asked = len(town.ben.sees)
    await town.passes(days=2)
    assert len(town.ben.sees) == asked
    await town.ben.says("/home")
    await town.ben.taps("Home again")
    await town.ben.taps("Today")
    async with town.runtime.database.read() as tx:
        (enrolment,) = await store.of_person(tx, await town.id_of("Ben"))
        again = [one for one in await checkin_store.of_enrolment(tx, enrolment.id) if one.cycle == 2]
    assert [one.day for one in again] == [1, 2, 4, 7, 10, 14, 21, 28, 30]
    return enrolment.id


async def _is_silent(town: TestTown, number: int) -> None:
    await town.is_asked("Ben")
    await town.passes(days=2, minutes=5)  # two in a row
    async with town.runtime.database.read() as tx:
        (worry,) = await concern_store.not_closed(tx)
        missed = [one.state for one in await checkin_store.of_enrolment(tx, number) if one.cycle == 2][:2]
    assert (worry.reason, missed) == ("silent", [Stage.MISSED, Stage.MISSED])


async def _dies(town: TestTown, number: int) -> None:
    elif_: Character = town.elif_
    await elif_.says("/discharge")
    await elif_.taps("People looked after (1)")
    await elif_.taps("Ben")
    await elif_.taps("Has died")
    await elif_.taps("Yes, they have died")
    for companion in (town.amara, town.sanjay):
        assert companion.heard("Ben has died") == 1
    seen = len(town.ben.sees)
    await town.passes(days=5)
    assert len(town.ben.sees) == seen
    async with town.runtime.database.read() as tx:
        ended = await store.by_id(tx, number)
        assert await concern_store.not_closed(tx) == []
    assert ended is not None and ended.course == Course.DIED
