"""Somebody without Telegram: their volunteer reads the questions out and taps the answers in."""

from bot.actions import assisting, enrolling, planning
from bot.domain.plans import Tier
from bot.store import concerns as store
from tests.cast import TestTown
from tests.conversations.test_checkins import BREATH, LEG, checkins_of, presses, shown


async def test_promise_6_a_red_answer_on_the_phone_shows_the_words_to_the_volunteer(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion()
    made = await assisting.enrol(
        town.runtime,
        await town.id_of("Elif"),
        "Edna",
        await town.id_of("Amara"),
        "home-from-hospital",
        planning.today(town.runtime),
        Tier.USUAL,
        enrolling.PURPOSES,
    )
    enrolment = made if isinstance(made, int) else made.id
    await town.passes(days=1)
    assert "It is time to phone Edna" in shown(town.amara.phone)
    await town.amara.taps("Start the questions")
    assert BREATH in town.amara.last
    await town.farid.says("/start")
    await presses(town.farid, town.farid.phone.last, town.amara.phone.last.buttons[1][0].data)
    assert "no longer works" in town.farid.last
    await town.amara.says("her arm is numb")
    assert "“her arm is numb”" in shown(town.amara.phone) and BREATH in shown(town.amara.phone)
    await town.amara.taps("Yes, I do")
    assert town.amara.heard("Phone 999 now.") == 1 and LEG not in shown(town.amara.phone)
    await town.passes(minutes=10)
    assert "Has somebody phoned 999 for Edna?" in shown(town.amara.phone)
    assert (await checkins_of(town, enrolment))[0].state == "done"
    async with town.runtime.database.read() as tx:
        assert {one.reason for one in await store.not_closed(tx)} == {"words", "breath"}
