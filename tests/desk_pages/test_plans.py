"""Plans at the desk: read, walked through, approved. The walk itself is a pure rule, walked here in every way."""

from random import Random

import pytest

from bot.actions import plan_reading
from bot.actions import plans as plan_actions
from bot.domain.checkins import Silent
from bot.domain.errors import NotNow
from bot.domain.plan_parts import on_screen, question, ways
from bot.domain.plan_walks import Lost, Walker, answered, day_of, last_raised, left, onward, silence, unanswered
from bot.domain.plans import Level, Plan, Tier
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk


def answers_on_the_phone(desk: DeskVisit) -> list[str]:
    return [link.get_text(strip=True) for link in desk.page.select(".keys a")]


def until_a_red_answer(plan: Plan) -> str:
    """The steps of the first check-in, in an address, up to the first red answer."""
    walker = Walker(begun=True)
    while queue := left(plan, walker):
        question = plan.questions[queue[0]]
        red = [one.id for one in question.answers if one.concern is Level.RED]
        walker = answered(walker, question.id, red[0] if red else question.answers[0].id)
        if red:
            break
    return ".".join(f"{question}:{answer}" for question, answer in walker.said)


async def test_a_plan_is_read_walked_through_and_approved(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/plans")
    assert "waits to be read" in desk.sees
    assert "Home from hospital" in desk.sees
    await desk.follows("Read it in English")
    assert "Day 1 at home" in desk.sees
    assert "How long until a human knows, at most" in desk.sees
    await desk.follows("Walk through it")
    assert "Parts of this plan that you have not seen yet" in desk.sees
    for _ in range(200):
        if "Is it right for us?" in desk.sees:
            break
        label = "Turn the clock" if "This check-in is over" in desk.sees else answers_on_the_phone(desk)[0]
        await desk.follows(label)
    await _sees_the_rest(desk)
    assert "You have come to the end" in desk.sees
    await desk.presses("Yes, this is right for us")
    assert "can be used now" in desk.sees
    chosen = [one.id for one in await plan_actions.approved_plans(town.runtime)]
    assert len(chosen) == 1


async def test_a_translation_stands_beside_its_source_and_says_when_that_has_changed(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/plans")
    await desk.follows("Read it in বাংলা")
    plan = town.runtime.catalogue.plans["home-from-hospital"]
    question = plan.questions[plan.days[0].questions[0]]
    assert plan.words["en"].questions[question.id] in desk.sees
    for answer in question.answers:
        assert plan.words["en"].answers[question.id, answer.id] in desk.sees
    assert "The English text has changed" not in desk.sees
    monkeypatch.setattr(plan_actions, "is_stale", lambda *_: True)
    await desk.follows("All plans")
    await desk.follows("Read it in বাংলা")
    assert "The English text has changed" in desk.sees


async def _sees_the_rest(desk: DeskVisit) -> None:
    """Opens each link below the last message to what was not shown yet."""
    end = desk.address
    for link in [str(one["href"]) for one in desk.page.select("main .card li a")]:
        await desk.opens(link)
    await desk.opens(end)


async def test_nobody_says_yes_to_a_plan_whose_words_were_not_shown_to_them(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    version = next(one for one in await plan_actions.waiting(town.runtime) if one.plan.id == "home-from-hospital")
    await desk.opens(f"/desk/plans/{version.version.id}/walk")
    for _ in version.plan.days:
        await desk.follows("No answer")
    assert "You cannot say yes yet" in desk.sees
    assert "Yes, this is right for us" not in desk.buttons
    assert "No, not for us" in desk.buttons
    listed = [one.get_text() for one in desk.page.select("main .card li")]
    assert len(listed) == len(ways(version.plan)) - 2  # the first message and the last one were on the way
    form = {"form_token": desk.page.find("input", {"name": "form_token"})["value"], "verdict": "yes"}  # type: ignore[index]
    answer = await desk.client.post(f"/desk/plans/{version.version.id}/decide", data=form)
    assert answer.status_code == 409
    assert "You have not seen all of this plan yet" in answer.text
    assert await plan_actions.approved_plans(town.runtime) == []
    await _sees_the_rest(desk)
    await desk.presses("Yes, this is right for us")
    assert [one.id for one in await plan_actions.approved_plans(town.runtime)] == ["home-from-hospital"]


async def test_what_one_coordinator_was_shown_counts_for_nobody_else(town: TestTown) -> None:
    await town.has_coordinator()
    version = next(one for one in await plan_actions.waiting(town.runtime) if one.plan.id == "home-from-hospital")
    await town.farid.says("/start")
    elif_id, other = await town.id_of("Elif"), await town.id_of("Farid")
    await plan_reading.shown(town.runtime, elif_id, version.version.id, ways(version.plan))
    with pytest.raises(NotNow):
        await plan_actions.decide(town.runtime, other, version.version.id, True, reads_language=True)
    await plan_actions.decide(town.runtime, elif_id, version.version.id, True, reads_language=True)


async def test_a_walk_can_show_every_question_and_every_fixed_wording_that_an_answer_brings(town: TestTown) -> None:
    for plan in town.runtime.catalogue.plans.values():
        found = ways(plan)
        assert {"hello", "thanks", "closing"} <= set(found), plan.id
        assert {question(name) for name in plan.questions} <= set(found), plan.id
        for part, walker in found.items():
            assert part in on_screen(plan, walker), (plan.id, part)


async def test_a_walk_shows_the_emergency_words_at_once_and_what_silence_leads_to(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    version = next(one for one in await plan_actions.waiting(town.runtime) if one.plan.id == "home-from-hospital")
    await desk.opens(f"/desk/plans/{version.version.id}/walk")
    assert "Amara" in desk.sees
    said = until_a_red_answer(version.plan)
    await desk.opens(f"/desk/plans/{version.version.id}/walk?begun=yes&said={said}")
    assert "999" in desk.page.select(".bubble.loud")[0].get_text()
    assert "Whoever is on call is alerted at once" in desk.sees
    await desk.opens(f"/desk/plans/{version.version.id}/walk")
    await desk.follows("No answer")
    assert "in a row: 1" in desk.sees
    await desk.follows("No answer")
    await desk.follows("As somebody frail or alone")
    assert "Then somebody is asked to ring them" in desk.sees


@pytest.mark.parametrize(
    "query", ["place=99", "said=nothing:here&begun=yes", "said=..%3A&begun=yes", "place=-1&missed=x"]
)
async def test_an_address_that_somebody_wrote_by_hand_breaks_nothing(town: TestTown, query: str) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    version = next(one for one in await plan_actions.waiting(town.runtime))
    await desk.opens(f"/desk/plans/{version.version.id}/walk?{query}")
    assert desk.status in (200, 404)
    await desk.opens("/desk/plans/424242")
    assert desk.status == 404
    await desk.opens("/desk/plans/424242/walk")
    assert desk.status == 404


async def test_every_way_through_every_plan_ends_and_raises_what_the_plan_says(town: TestTown) -> None:
    dice = Random(3)
    for plan in town.runtime.catalogue.plans.values():
        for _ in range(30):
            walker = Walker()
            while day_of(plan, walker):
                while queue := left(plan, walker):
                    question = plan.questions[queue[0]]
                    answer = dice.choice(question.answers) if question.answers else None
                    walker = answered(walker, question.id, answer.id if answer else "")
                    raised = last_raised(plan, walker)
                    level = raised.level if raised else None
                    assert level == (answer.concern if answer else Level.HELP)
                walker = onward(walker)
            assert walker.place == len(plan.days)
            with pytest.raises(Lost):
                silence(plan, walker)


async def test_silence_in_a_walk_is_the_silence_of_the_plan(town: TestTown) -> None:
    plan = town.runtime.catalogue.plans["home-from-hospital"]
    found = []
    walker = Walker(Tier.USUAL)
    for _ in range(3):
        found.append(silence(plan, walker))
        walker = unanswered(walker)
    assert found == [Silent.NOTHING, Silent.AMBER, Silent.LAST_QUESTION]
    assert silence(plan, Walker(Tier.HIGH)) is Silent.AMBER
    with pytest.raises(Lost):
        left(plan, Walker(said=(("nothing", "here"),)))
