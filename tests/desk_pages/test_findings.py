"""What is wrong with a message, a plan or the place is told in the language of whoever sits at the desk."""

from dataclasses import replace

import pytest

from bot.catalogue import Finding
from bot.catalogue.direction import POP
from bot.catalogue.finding_words import tell, words_of
from bot.domain.sayings import Saying, saying
from bot.web import rendering
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk

NAMES = {"ar": "العربية", "bn": "বাংলা"}
EDITOR = "/desk/templates/loneliness/en/edit"
SAVE = "/desk/settings/place/save"
EVIL = '<b onclick="x">{{ name }} {nearest} {% if x %}</b>'


async def sits(town: TestTown, language: str) -> DeskVisit:
    """Elif, who reads this language."""
    elif_ = await town.has_coordinator()
    await elif_.says("/language")
    await elif_.taps(NAMES[language])
    return await sits_at_desk(town)


def shows(desk: DeskVisit, what: Saying, language: str) -> bool:
    return " ".join(tell(what, language, at_form=True).text.split()) in desk.sees


def button(town: TestTown, key: str, language: str) -> str:
    return town.runtime.catalogue.phrases.plain(language, key)


def is_told(desk: DeskVisit, what: Saying, language: str) -> None:
    """In this language, and not said to be English."""
    assert shows(desk, what, language), desk.sees
    assert not shows(desk, what, "en")
    marked = [one for one in desk.page.find_all(lang="en") if tell(what, language, at_form=True).text in one.get_text()]
    assert marked == []


@pytest.mark.parametrize("language", sorted(NAMES))
async def test_the_editor_says_what_is_wrong_in_the_readers_language(town: TestTown, language: str) -> None:
    desk = await sits(town, language)
    await desk.opens(EDITOR)
    check = button(town, "desk_templates.check", language)
    await desk.presses(check, title="", review_by="soon", body="Hello {{ nobody }}.\n\nA <b>bold word.")
    is_told(desk, saying("key_missing", name="title"), language)
    is_told(desk, saying("key_date", name="review_by", value="soon"), language)
    is_told(desk, saying("tag_open.before_end", tag="b"), language)
    await desk.presses(check, title="Tea", review_by="2027-11-01", body="We don't worry.")
    is_told(desk, saying("contraction", word="don't"), language)


@pytest.mark.parametrize("language", sorted(NAMES))
async def test_settings_say_what_is_wrong_in_the_readers_language(town: TestTown, language: str) -> None:
    desk = await sits(town, language)
    await desk.opens("/desk/settings/place")
    save = button(town, "desk_settings.save", language)
    await desk.presses(save, SAVE, zone="Europe/Nowhere", waking_from="21:00", per_week="many")
    assert desk.status == 422
    is_told(desk, saying("place_zone", zone="Europe/Nowhere"), language)
    is_told(desk, saying("place_cap", name="per_week", value="many"), language)


@pytest.mark.parametrize("language", sorted(NAMES))
async def test_files_and_plans_and_the_chat_say_it_too(town: TestTown, language: str) -> None:
    desk = await sits(town, language)
    await desk.opens("/desk/templates/files")
    await desk.presses(button(town, "desk_templates.look", language), files=("heat.en.md", b"hello"))
    is_told(desk, saying("fence.first"), language)
    fault = Finding("checkins/home-again.toml", 7, saying("red_goes_on", answer="blue_lips"))
    town.runtime.shelf.replace(replace(town.runtime.catalogue, faults=(fault,)))
    await desk.opens("/desk/plans")
    is_told(desk, fault.what, language)
    await desk.opens("/desk")
    is_told(desk, fault.what, language)
    await town.elif_.says("/desk")
    assert tell(fault.what, language).text in town.elif_.last
    assert (POP in town.elif_.last) == (language == "ar"), "isolates survive the phrase around them"


async def test_a_fault_shows_what_was_typed_as_it_was_typed(town: TestTown) -> None:
    desk = await sits(town, "ar")
    await desk.opens("/desk/settings/place")
    await desk.presses(button(town, "desk_settings.save", "ar"), SAVE, zone=EVIL)
    assert desk.status == 422
    assert EVIL in desk.sees
    assert desk.page.find("b", onclick=True) is None


def test_words_that_are_missing_come_in_english_and_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    what = saying("place_zone", zone=EVIL)
    monkeypatch.delitem(words_of("ar"), "place_zone")
    said = rendering.marked(tell(what, "ar"), "ar")
    assert said.startswith('<span lang="en" dir="ltr">There is no time zone &#34;&lt;b onclick=')
    assert "<b" not in said
