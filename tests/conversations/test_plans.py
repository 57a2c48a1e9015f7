"""A plan is a draft until a coordinator of this place has walked through it in the chat and said yes."""

from pathlib import Path

from bot.actions import plans as actions
from tests.cast import Character, TestTown, opened_test_town
from tests.conversations.letters import forges
from tests.virtual import START

TITLE = "● Home from hospital · English"


async def _walks(elif_: Character) -> list[str]:
    """Every page from the list to the verdict."""
    await elif_.says("/desk")
    await elif_.taps("Read check-in plans (9)")
    await elif_.taps(TITLE)
    pages = [elif_.last]
    await elif_.taps("Walk through it")
    while "Next" in elif_.buttons:
        pages.append(elif_.last)
        await elif_.taps("Next")
    return [*pages, elif_.last]


async def test_promise_8_a_coordinator_sees_every_word_and_the_figures_before_saying_yes(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    assert "Read check-in plans (9)" in elif_.buttons
    pages = await _walks(elif_)

    assert "8 check-ins up to day 28, and a last message on day 30" in pages[0]
    assert "Whoever is told has 15 minutes" in pages[0]
    assert "taken within 4 hours of working time" in pages[0]
    assert "after the last sign of life" in pages[0]
    text = "\n".join(pages)
    plan = town.runtime.catalogue.plans["home-from-hospital"]
    for source in (*plan.words["en"].questions.values(), *plan.words["en"].answers.values()):
        assert source in text, source
    assert "Hello Ben, it is Amara." in pages[1]
    assert "Yes, now is good" in pages[1], "the buttons of the first message as well"
    assert "Yes, I do → red: a number to phone at once, and an alert" in text
    assert "They type it → a human helps" in text
    assert "Phone 999 now." in text
    assert "Phone 111 now, or your GP surgery" in text
    assert "the last message, on day 30" in text
    assert "{{" not in text
    assert len(pages) == len(plan.days) + 6

    await elif_.taps("Back")
    assert "the last message" in elif_.last, "one can look again"
    await elif_.taps("Next")
    await elif_.taps("Yes, this is right for us")
    assert "“Home from hospital” (English) can be used now" in elif_.last
    assert "Read check-in plans (8)" in elif_.buttons
    await elif_.taps("Show it again")
    assert "version 1" in elif_.last


async def test_promise_8_nobody_says_yes_to_pages_they_have_not_opened(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await elif_.says("/desk")
    await elif_.taps("Read check-in plans (9)")
    await elif_.taps(TITLE)
    await elif_.taps("Walk through it")
    one = next(one for one in await actions.waiting(town.runtime) if one.plan.id == "home-from-hospital")
    await forges(elif_, f"plan:yes:{one.version.id}")
    assert "You have not seen all of this plan yet" in elif_.last
    await forges(elif_, f"plan:step:{one.version.id}:99")
    assert "You have not seen all of this plan yet" in elif_.last
    assert "Yes, this is right for us" not in elif_.buttons
    await elif_.taps("Walk through it")
    while "Next" in elif_.buttons:
        await elif_.taps("Next")
    await elif_.taps("Yes, this is right for us")
    assert "can be used now" in elif_.last


async def test_promise_8_nobody_is_enrolled_on_a_plan_that_no_coordinator_approved(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await elif_.says("/discharge")
    await elif_.taps("Somebody comes home")
    assert "No check-in plan can be used yet" in elif_.last

    await town.approves_plans()
    await elif_.says("/discharge")
    await elif_.taps("Somebody comes home")
    assert "Home from hospital" in elif_.buttons
    await elif_.says("/desk")
    await elif_.taps("All check-in plans")
    await elif_.taps("✓ Home from hospital · English")
    await elif_.taps("No, not for us")
    assert "will not be used for anybody new" in elif_.last
    await elif_.says("/discharge")
    await elif_.taps("Somebody comes home")
    assert "Home from hospital" not in elif_.buttons


async def test_promise_8_an_overdue_plan_takes_nobody_new_and_says_why(tmp_path: Path) -> None:
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db", START.replace(year=2028)) as town:
        elif_ = await town.has_coordinator()
        await town.approves_plans()
        await elif_.says("/discharge")
        await elif_.taps("Somebody comes home")
        assert "This plan is past the day on which it had to be read again" in elif_.last


async def test_a_translation_is_approved_only_by_somebody_who_reads_it(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await elif_.says("/desk")
    await elif_.taps("All check-in plans")
    if "● Home from hospital · English" in elif_.buttons:
        await elif_.taps("More")
    label = next(one for one in elif_.buttons if "العربية" in one or "বাংলা" in one)
    await elif_.taps(label)
    await elif_.taps("Walk through it")
    while "Next" in elif_.buttons:
        await elif_.taps("Next")
    yes = next(one for one in elif_.buttons if one.startswith("I read "))
    await elif_.taps(yes)
    assert "can be used now" in elif_.last
    assert "/discharge" not in elif_.last, "English has to be read first"


async def test_only_coordinators_read_and_decide(town: TestTown) -> None:
    await town.is_ready()
    await forges(town.ben, "plan:list")
    assert "Only coordinators can do this" in town.ben.last
    for data in ("plan:read:999", "plan:step:999:1", "plan:yes:999", "plan:no:x"):
        await forges(town.elif_, data)
        assert "This plan is not there any more" in town.elif_.last, data
