"""Somebody who reads Bengali or Arabic meets the bot in that language, from the first question to the last."""

import re

import pytest

from bot.catalogue.phrases import Phrases
from tests.cast import Character, TestTown

NAMES = {"bn": "বাংলা", "ar": "العربية"}
# What the champion fills into the fields.
FILLED = ("Elm Road community hall", "the community hall")
# Three words of English in a row are a sentence that was forgotten.
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.]+){2}\b[A-Za-z]{2,}\b")


def forgotten(who: Character, town: TestTown) -> list[str]:
    """What is English on this phone, besides names, links, and what the place or the champion wrote themselves."""
    place = town.runtime.place
    own = (place.contact, place.privacy_contact, place.organisation, place.name, "Elm House", "London, Cairo", *FILLED)
    found = []
    for message in who.phone.messages:
        text = re.sub(r"https?://\S+", "", message.text) if message.from_bot else ""
        for line in own:
            text = text.replace(line, "·")
        found += ENGLISH.findall(text)
        found += [one.text for row in message.buttons for one in row if ENGLISH.search(one.text)]
    return found


@pytest.mark.parametrize("language", sorted(NAMES))
async def test_nothing_english_reaches_somebody_who_reads_another_language(town: TestTown, language: str) -> None:
    phrases: Phrases = town.runtime.catalogue.phrases

    def label(key: str, **values: object) -> str:
        return phrases.plain(language, key, **values)

    await town.has_coordinator()
    await town.approves("loneliness")
    await town.approves("loneliness", language=language)
    await town.has_champion()
    dalia = town.dalia
    await dalia.opens(town.amara.link())
    await dalia.taps(NAMES[language])
    await dalia.taps(label("buttons.join_yes", champion="Amara"))
    for command in ("help", "hours", "pause", "privacy", "language", "mydata", "circle", "resume", "nonsense"):
        await dalia.says(f"/{command}")
    await town.sends("loneliness")
    assert dalia.buttons == [label("buttons.helpful"), label("buttons.ask", champion="Amara"), label("buttons.stop")]
    await dalia.taps(label("buttons.helpful"))
    await dalia.says("?")
    await dalia.says(next(iter(sorted(phrases.list(language, "words.stop")))))
    assert dalia.last == phrases.say(language, "people.stopped", works=False).strip()

    assert forgotten(dalia, town) == []


async def test_a_champion_works_in_their_own_language(town: TestTown) -> None:
    phrases = town.runtime.catalogue.phrases
    await town.is_ready()
    amara = town.amara
    await amara.says("/language")
    await amara.taps(NAMES["bn"])
    await amara.says("/broadcast")
    seen = amara.last

    assert phrases.plain("bn", "buttons.cancel") in amara.buttons
    assert "আপনি কোন কথা পৌঁছে দিতে চান?" in seen


async def test_a_card_is_printed_in_the_language_of_whoever_hands_it_out(town: TestTown) -> None:
    phrases = town.runtime.catalogue.phrases
    await town.has_coordinator()
    amara = await town.has_champion()
    english = card_on(amara)
    await amara.says("/language")
    await amara.taps(NAMES["bn"])
    await amara.says("/circle")
    await amara.taps("Elm House")
    await amara.taps(phrases.plain("bn", "buttons.circle_card"))

    bengali = card_on(amara)
    assert bengali != english
    await amara.says("/language")
    await amara.taps("English")
    await amara.says("/circle")
    await amara.taps("Elm House")
    await amara.taps(phrases.plain("en", "buttons.circle_card"))
    assert card_on(amara) == english


def card_on(who: Character) -> bytes:
    """The newest picture on this phone."""
    return next(one.media.content for one in reversed(who.phone.messages) if one.media)
