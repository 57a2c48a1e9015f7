"""Care that is over leaves no more behind than it must: cards, answers, and consents (promises 1 and 9)."""

from datetime import timedelta

from sqlalchemy import select

from bot.actions import concerns, privacy, retention
from bot.domain.checkins import Course
from bot.domain.checkins import Enrolment as State
from bot.domain.concerns import Outcome
from bot.domain.people import Purpose
from bot.store import concerns as concern_store
from bot.store import enrolments as store
from bot.store.schema import consents
from tests.cast import TestTown, opened_test_town
from tests.conversations.test_concerns import red
from tests.conversations.test_discharge import makes_card

YES = {Purpose.CHECKINS, Purpose.TELL_NAMED, Purpose.PHONE}


async def _said(town: TestTown, name: str) -> dict[str, tuple[bool, str]]:
    """Purpose -> the newest record: yes or no, and in which words."""
    async with town.runtime.database.read() as tx:
        mine = select(consents).where(consents.c.person_id == await town.id_of(name)).order_by(consents.c.id)
        return {row.purpose: (bool(row.given), row.wording) for row in await tx.execute(mine)}


async def test_a_card_that_nobody_used_is_gone_after_fourteen_days_and_its_maker_is_told_once(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await town.approves_plans()
    lost, begun = await makes_card(elif_, "12 October"), await makes_card(elif_)
    await town.ben.opens(begun)
    for label in ("English", "Go on", "Yes"):
        await town.ben.taps(label)
    assert (await _said(town, "Ben"))["checkins"][0]

    town.clock.jump(timedelta(days=13, hours=23))
    assert await retention.tidy(town.runtime) == 0
    town.clock.jump(timedelta(hours=2))
    assert await retention.tidy(town.runtime) == 2
    assert await retention.tidy(town.runtime) == 0
    await town.settle()
    await town.passes(hours=12)

    async with town.runtime.database.read() as tx:
        assert await store.in_state(tx, *State) == []
    assert elif_.heard("Nobody has used the card of Monday 5 October for somebody who came home on Monday 12 Oct") == 1
    assert elif_.heard("Ben opened the card of Monday 5 October, but never said yes to everything") == 1
    assert (await _said(town, "Ben"))["checkins"] == (False, retention.CARD_OVER)
    for link in (lost, begun):
        await town.ben.opens(link)
        assert "This card does not work" in town.ben.last
    await town.ben.taps("Yes")
    assert "from earlier" in town.ben.last, "nor do its old buttons"


async def test_promise_9_answers_are_erased_ninety_days_after_the_plan_and_a_later_one_asks_anew(
    database_url: str,
) -> None:
    async with opened_test_town(database_url) as town:
        await _answers_end_with_their_plan(town)


async def _answers_end_with_their_plan(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await red(town)
    ben_id, elif_id = await town.id_of("Ben"), await town.id_of("Elif")
    async with town.runtime.database.write() as tx:
        await store.move(tx, number, store.LIVING, State.ENDED, course=Course.DONE, ended_at=town.runtime.now())
        (concern,) = await concern_store.not_closed(tx)

    town.clock.jump(timedelta(days=91))
    assert await retention.tidy(town.runtime) == 0, "not while somebody still looks after an answer (promise 6)"
    assert (await _said(town, "Ben"))["tell_named"][0], "nor is anybody forbidden to hear of it"
    assert "answers" in await _held(town, ben_id)

    await concerns.close(town.runtime, elif_id, concern.id, Outcome.FINE)
    await town.settle()
    await retention.tidy(town.runtime)
    held = await _held(town, ben_id)
    assert "answers" not in held and {"enrolments", "concerns", "consents"} <= held
    async with town.runtime.database.read() as tx:
        kept = await concern_store.by_id(tx, concern.id)
    assert kept is not None and kept.answer_id is None
    reason = (await concerns.view(town.runtime, elif_id, concern.id)).reason
    assert reason == "One of their answers needs somebody to look after it.", "it can still be looked at"
    said = await _said(town, "Ben")
    assert {purpose: said[purpose] for purpose in YES} == dict.fromkeys(YES, (False, retention.PLAN_ENDED))
    assert await retention.tidy(town.runtime) == 0

    await privacy.tidy(town.runtime)
    assert "people" in await _held(town, ben_id), "who was looked after is no stranger"
    again = await town.is_home("Ben")
    assert again != number
    await retention.tidy(town.runtime)
    assert (await _said(town, "Ben"))["checkins"][0], "what is said to a later plan stands"


async def _held(town: TestTown, person_id: int) -> set[str]:
    """The tables of /mydata."""
    return {one.table for one in await privacy.my_data(town.runtime, person_id)}


async def test_answers_are_kept_as_long_as_the_place_says(town: TestTown) -> None:
    number = await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.taps("No, none of these")
    object.__setattr__(town.runtime.place, "keep_answers_days", 3)
    async with town.runtime.database.write() as tx:
        await store.move(tx, number, store.LIVING, State.ENDED, course=Course.DONE, ended_at=town.runtime.now())
    ben_id = await town.id_of("Ben")
    for days, there in ((2, True), (1, False)):
        town.clock.jump(timedelta(days=days))
        await retention.tidy(town.runtime)
        assert ("answers" in await _held(town, ben_id)) is there
