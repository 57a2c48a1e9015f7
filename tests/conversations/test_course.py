"""A change of course: by the person or a coordinator, and by nobody else. Only what was not asked moves."""

from datetime import timedelta

from bot.domain.checkins import Course, Stage
from bot.domain.checkins import Enrolment as State
from bot.store import checkins as checkin_store
from bot.store import concerns as concern_store
from bot.store import enrolments as store
from bot.store.checkins import CheckIn
from tests.cast import Character, TestTown
from tests.conversations.letters import forges


async def _row(town: TestTown, number: int) -> store.Enrolment:
    async with town.runtime.database.read() as tx:
        found = await store.by_id(tx, number)
        assert found is not None
        return found


async def _checkins(town: TestTown, number: int, *states: Stage) -> list[CheckIn]:
    async with town.runtime.database.read() as tx:
        found = await checkin_store.of_enrolment(tx, number)
    return [one for one in found if not states or one.state in states]


async def _desk(elif_: Character, name: str = "Ben") -> None:
    """The coordinator has this person on the screen."""
    await elif_.says("/discharge")
    await elif_.taps(next(label for label in elif_.buttons if label.startswith("People looked after")))
    await elif_.taps(next(label for label in elif_.buttons if label.endswith(name)))


async def test_another_day_moves_only_what_was_not_asked(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.is_asked("Ben")
    ben = town.ben
    await ben.says("/home")
    assert "The next questions come on" in ben.last
    await ben.taps("Another day of coming home")
    await ben.says("10 October")
    assert "Done. The next questions come on Monday 12 October" in ben.last
    days = {one.day: one for one in await _checkins(town, number)}
    assert days[1].state is Stage.ASKED
    assert days[2].due_at.day == 12
    assert sorted(days) == [1, 2, 4, 7, 10, 14, 21, 28, 30]


async def test_back_in_hospital_and_home_again_begins_anew_and_asks_nothing_twice(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.is_asked("Ben")
    await _desk(town.elif_)
    await town.elif_.taps("Back in hospital")
    await town.elif_.taps("No, leave it as it is")
    await town.elif_.taps("Back in hospital")
    await town.elif_.taps("Yes, back in hospital")
    assert "Nothing is asked of Ben" in town.elif_.last
    assert "Ben's check-ins rest for now" in town.amara.last
    asked = len(town.ben.sees)
    await town.passes(days=5)
    assert len(town.ben.sees) == asked, "nothing is asked"
    assert (await _row(town, number)).state is State.PAUSED
    await town.ben.says("/home")
    assert "Your check-ins rest" in town.ben.last
    await town.ben.taps("Home again")
    await town.ben.taps("Today")
    assert "The next questions come on" in town.ben.last
    again = [one for one in await _checkins(town, number) if one.cycle == 2]
    assert [one.day for one in again] == [1, 2, 4, 7, 10, 14, 21, 28, 30]
    assert len({one.key for one in await _checkins(town, number)}) == 18
    assert "Ben's check-ins go on again" in town.amara.last


async def test_promise_6_a_day_so_long_ago_that_nothing_would_come_is_refused(town: TestTown) -> None:
    number, ben = await town.is_home("Ben"), town.ben
    before = await _row(town, number), await _checkins(town, number)
    await ben.says("/home")
    await ben.taps("Another day of coming home")
    await ben.says((town.clock.now() - timedelta(days=40)).strftime("%d %B %Y"))
    assert "nothing of this plan would come any more" in ben.last
    assert (await _row(town, number), await _checkins(town, number)) == before
    await _desk(town.elif_)
    await town.elif_.taps("Back in hospital")
    await town.elif_.taps("Yes, back in hospital")
    await forges(ben, f"course:again:{number}:{(town.clock.now() - timedelta(days=40)).date()}")
    assert "That is before the stay in hospital began" in ben.last
    assert (await _row(town, number)).state is State.PAUSED


async def test_less_often_another_time_and_all_again(town: TestTown) -> None:
    number, ben = await town.is_home("Ben"), town.ben
    await ben.says("/home")
    await ben.taps("Less often")
    assert "All right, less often" in ben.last
    assert [one.day for one in await _checkins(town, number)] == [1, 4, 10, 21, 30]
    await ben.taps("Back")
    assert "They come less often" in ben.last
    await ben.taps("All of them again")
    assert len(await _checkins(town, number)) == 9
    await ben.taps("Back")
    await ben.taps("Another time of day")
    await ben.says("3pm")
    assert "From now on at 3pm" in ben.last
    assert {one.due_at.hour for one in await _checkins(town, number)} == {14, 15}, "right across the change of clocks"
    await ben.says("/home")
    await ben.taps("What may be told")
    await ben.taps("Yes: a person hears that I would like a ring")
    assert "No: a person hears that I would like a ring" in ben.buttons
    assert "Changed" in ben.last


async def test_promise_5_check_ins_follow_somebody_to_another_zone(town: TestTown) -> None:
    number = await town.is_home("Ben")
    assert (await _checkins(town, number))[0].due_at.hour == 9
    await town.ben.says("/hours")
    await town.ben.taps("I am somewhere else")
    await town.ben.says("Dhaka")
    assert {one.due_at.hour for one in await _checkins(town, number)} == {4}, "10am by their own clock"


async def test_promise_2_no_more_and_stop_end_it_at_once(town: TestTown) -> None:
    first, second = await town.is_home("Ben"), await town.is_home("Dalia")
    await town.ben.says("/home")
    await town.ben.taps("No more questions")
    await town.ben.taps("Yes, no more questions")
    assert "All right, no more questions" in town.ben.last
    assert "Ben does not want any more check-ins" in town.amara.last
    await town.dalia.says("stop")
    assert "Stopped" in town.dalia.last
    assert town.elif_.heard("Dalia does not want any more check-ins") == 1
    seen = len(town.ben.sees), len(town.dalia.sees)
    await town.passes(days=8)
    assert (len(town.ben.sees), len(town.dalia.sees)) == seen
    for number in (first, second):
        assert (await _row(town, number)).state is State.ENDED
        assert (await _row(town, number)).course == Course.STOPPED
        assert await _checkins(town, number, Stage.PLANNED, Stage.ASKED, Stage.OPEN) == []
    await town.ben.says("/home")
    assert "Would you like somebody to ask" in town.ben.last, "it can be asked for again"


async def test_somebody_has_died_and_everything_stops_for_ever(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.is_asked("Ben")
    await _desk(town.elif_)
    await town.elif_.taps("Has died")
    assert "We are sorry" in town.elif_.last
    await town.elif_.taps("Yes, they have died")
    assert "Nothing more is sent to Ben" in town.elif_.last
    assert "We are very sorry: Ben has died" in town.amara.last
    assert town.sanjay.heard("Ben has died") == 1
    assert town.amara.buttons == [], "nothing is asked of them"
    seen, of_ben = len(town.ben.sees), town.amara.heard("Ben")
    await town.passes(days=10)
    assert len(town.ben.sees) == seen
    assert town.amara.heard("Ben") == of_ben
    assert (await _row(town, number)).course == Course.DIED
    async with town.runtime.database.read() as tx:
        assert await concern_store.not_closed(tx) == []


async def test_nobody_but_the_person_and_coordinators_changes_a_course(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.dalia.says("/start")
    before = await _row(town, number), await _checkins(town, number)
    forged = {"day": ":2026-10-08", "time": ":600", "consents": ":tell_named", "named": ":0", "backup": ":0"}
    verbs = ("show", "day", "again", "hospital", "fewer", "all", "time", "named", "backup", "consents", "stop", "died")
    for who in (town.dalia, town.amara):
        for verb in verbs:
            await forges(who, f"course:{verb}:{number}{forged.get(verb, ':yes')}")
            assert "This button is from earlier" in who.last, verb
    assert (await _row(town, number), await _checkins(town, number)) == before
    await forges(town.ben, f"course:died:{number}:yes")
    assert "This button is from earlier" in town.ben.last
    await forges(town.ben, f"course:day:{number}:2030-01-01")
    assert "60 days" in town.ben.last


async def test_promise_6_blocking_the_bot_ends_it_and_a_human_finds_out(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.ben.blocks()
    assert (await _row(town, number)).course == Course.UNREACHABLE
    async with town.runtime.database.read() as tx:
        [concern] = await concern_store.not_closed(tx)
    assert (concern.level.value, concern.reason) == ("amber", "unreachable")
    assert "Ben" in town.amara.last


async def test_who_looked_after_somebody_forgotten_hears_it_without_a_name(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.ben.says("/forget")
    await town.ben.taps("Yes, erase everything")
    assert "Somebody whom you looked after has asked to be forgotten" in town.amara.last
