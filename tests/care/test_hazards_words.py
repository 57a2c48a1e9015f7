"""Hazards of words: an emergency typed where it is not asked for, advice, languages, edits (docs/safety.md)."""

from dataclasses import fields, replace

import pytest

from bot.actions import plans
from bot.domain.answers import red_answer
from bot.domain.plans import Answer, Plan, Question
from bot.store import templates as version_store
from tests.cast import TestTown
from tests.catalogue.test_plans_shipped import SHIPPED
from tests.conversations.test_checkins import BREATH, LEG, NO_BREATH, concerns_of, shown


async def test_promise_6_words_of_a_red_answer_are_red_whatever_is_asked_just_then(town: TestTown) -> None:
    for name in ("Ben", "Dalia", "Chidi"):
        await town.is_home(name, days_ago=27)
    await town.is_asked("Ben")
    await town.ben.says("I can't breathe!")  # nothing is asked yet but whether it is a good time
    await town.dalia.taps("Yes, now is good")
    await town.dalia.taps(NO_BREATH)
    await town.dalia.says("my chest hurts")  # breathing was answered with no a moment ago
    for words in ("yes", "no, none of these", "no", "yes", "yes"):
        await town.chidi.says(words)
    assert "type it here" in town.chidi.last
    await town.chidi.says("Chest pain")  # where any words may be typed

    for who in (town.ben, town.dalia, town.chidi):
        assert who.heard("Phone 999 now.") == 1, who.name
        assert "Please do what the other message says" in who.last
        assert [one.level for one in await concerns_of(town, who.name)].count("red") == 1
        assert town.amara.heard(f"{who.name} needs somebody now") == 1
    await town.passes(minutes=10)
    await town.dalia.taps("No, not yet")
    assert town.dalia.heard("Phone 999 now.") == 2
    await town.passes(minutes=31)
    assert "hard to breathe" in shown(town.elif_.phone), "a coordinator reads what it was about"


@pytest.mark.parametrize("typed", ["yes", "Yes, I do", "1", "2", "not sure", "no pain", "worse", "help", ""])
def test_an_answer_to_another_question_is_never_taken_for_a_red_one(typed: str) -> None:
    home = SHIPPED.plans["home-from-hospital"]
    nothing_else = replace(home, questions={"breath": home.questions["breath"]})
    for plan in (*SHIPPED.plans.values(), nothing_else):
        assert red_answer(plan, typed) is None, plan.questions.keys()
    assert red_answer(nothing_else, "Chest pain.") is not None


def test_nobody_is_ever_told_that_they_are_well_and_nothing_is_scored() -> None:
    """An answer that raises nothing is thanked for, and the numbers to phone stand below it: no more is said."""
    for plan in SHIPPED.plans.values():
        words = plan.words["en"]
        for said in (words.thanks, words.closing, words.reader, words.deadline, *words.emergency.values()):
            for comfort in (
                "you are well",
                "you are fine",
                "all is well",
                "good news",
                "no need to worry",
                "nothing to",
            ):
                assert comfort not in said.lower(), (plan.id, said)
    named = {one.name for kind in (Answer, Question, Plan) for one in fields(kind)}
    assert not {"score", "points", "weight", "trend"} & named


async def test_a_volunteer_is_told_to_give_no_medical_advice_whenever_they_take_something_on(town: TestTown) -> None:
    for language, words in (("en", "advice"), ("bn", "পরামর্শ"), ("ar", "نص")):
        values = {"name": "Ben", "place": "Elm Park", "when": "", "urgent": "111"}
        for key in ("enrolling.named_question", "enrolling.backup_question", "checkins.script"):
            assert words in town.runtime.say(language, key, **values), (language, key)


async def test_promise_8_nobody_hears_words_of_a_plan_that_no_coordinator_ever_approved(town: TestTown) -> None:
    await town.is_home("Ben")
    catalogue = town.runtime.catalogue
    plan = catalogue.plans["home-from-hospital"]
    questions = {**plan.words["en"].questions, "breath": "Any trouble? Take 2 tablets."}
    unsafe = replace(plan.words["en"], questions=questions, digest="f" * 64)
    edited = replace(plan, words={**plan.words, "en": unsafe})
    elif_id = await town.id_of("Elif")
    async with town.runtime.database.read() as tx:
        versions = await version_store.all_versions(tx, plans=True)
    mine = [one for one in versions if one.topic == plans.topic("home-from-hospital") and one.approved]
    for one in mine:
        await plans.decide(town.runtime, elif_id, one.id, False, reads_language=True)
    town.runtime.shelf.replace(replace(catalogue, plans={**catalogue.plans, "home-from-hospital": edited}))

    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    assert BREATH in town.ben.last and "tablets" not in town.ben.last


async def test_promise_8_a_draft_translation_is_never_said_and_the_person_hears_which_language_comes(
    town: TestTown,
) -> None:
    await town.has_coordinator()
    await town.approves_plans()  # the English words alone
    await town.dalia.says("/start")
    await town.dalia.says("/language")
    await town.dalia.taps("বাংলা")
    await town.is_home("Dalia", backup="")
    who = town.dalia
    for _ in range(30):
        await town.passes(hours=1)
        if who.phone.last and who.phone.last.protect_content:
            break
    await who.taps(who.buttons[0])
    assert BREATH in who.last, "what a coordinator has approved, rather than a draft that nobody has read"
    await who.taps("Yes, I do")
    assert "999" in shown(who.phone) and "Phone 999 now." in shown(who.phone)
    assert LEG not in shown(who.phone)
    said = town.runtime.say("bn", "enrolling.what_comes", **_offer())
    assert "English" in said


def _offer() -> dict[str, object]:
    names = ("summary", "first", "last", "reader", "deadline", "urgent")
    return {**dict.fromkeys(names, "…"), "count": 8, "other_language": "English", "named": "Amara"}
