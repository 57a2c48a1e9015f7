"""Coming in, help and languages: what each person is told, and that nobody is left without a next step."""

from sqlalchemy import select

from bot.store.schema import consents, people
from tests.cast import TestTown


async def test_promise_1_a_coordinator_is_named_by_the_settings_and_still_asked(town: TestTown) -> None:
    elif_ = town.elif_
    await elif_.says("/start")
    async with town.runtime.database.read() as tx:
        assert (await tx.execute(select(consents))).first() is None
    assert elif_.buttons == ["Yes, write to me"]

    await elif_.taps("Yes, write to me")
    async with town.runtime.database.read() as tx:
        row = (await tx.execute(select(consents))).mappings().one()
    assert (row["purpose"], row["given"], row["wording"]) == ("work", True, "work-1")
    assert "You are a coordinator at Elm Park now." in elif_.last
    await elif_.says("/start")
    assert "/desk shows what waits for you" in elif_.last


async def test_everybody_is_greeted_and_helped_as_who_they_are(town: TestTown) -> None:
    await town.is_ready()
    for person, greeting, hint in (
        (town.farid, "open the link that your champion gave you", "/privacy"),
        (town.ben, "You get health messages from Amara.", "/pause gives you a rest"),
        (town.amara, "You are a champion.", "As a champion"),
        (town.elif_, "You are a coordinator", "As a coordinator"),
    ):
        await person.says("/start")
        assert greeting in person.last, person.name
        await person.says("/help")
        assert hint in person.last
        assert "phone 999" in person.last
        assert ("As a champion" in person.last) == (person is town.amara)


async def test_an_unknown_link_and_an_unknown_command_tell_what_to_do(town: TestTown) -> None:
    await town.farid.opens("j_nobody-made-this")
    assert "ask the person who gave it to you" in town.farid.last
    await town.farid.opens("c_nor-this")
    assert "ask the coordinator for a new link" in town.farid.last
    await town.farid.opens("nonsense")
    assert "ask the person who gave it to you" in town.farid.last
    await town.farid.says("/dance")
    assert "/help shows what you can do" in town.farid.last


async def test_a_language_is_tapped_or_typed_and_anything_else_is_for_somebody(town: TestTown) -> None:
    await town.is_ready()
    ben, plain = town.ben, town.runtime.plain
    for typed, code in (("Bengali", "bn"), ("العربية", "ar"), ("en", "en"), ("বাংলা", "bn")):
        await ben.says("/language")
        await ben.says(typed)
        assert ben.last == plain(code, "people.language_set"), typed
    await ben.says("/language")
    await ben.taps("English")
    assert ben.last == "From now on I write in English."

    await ben.says("/language")
    await ben.says("When does the choir meet?")
    assert "passed this on to Amara" in ben.last
    assert town.amara.heard("When does the choir meet?") == 1


async def test_the_phones_language_is_a_first_guess(town: TestTown) -> None:
    noor = town.telegram.phone("Noor", language_code="bn-BD")
    await town.person("Noor").says("/start")
    async with town.runtime.database.read() as tx:
        query = select(people.c.language).where(people.c.telegram_id == noor.user_id)
        assert (await tx.execute(query)).scalar_one() == "bn"


async def test_a_name_of_blanks_or_great_length_does_no_harm(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion()
    for name in ("\u2003\u2003", "<b>Bobby & co</b>", "A" * 64, "A" * 200):
        await town.joins(name)
        assert "You are in “Elm House” now." in town.person(name).last, name
    assert "&lt;" not in town.person("<b>Bobby & co</b>").last


async def test_help_is_true_for_whoever_asks(town: TestTown) -> None:
    await town.is_ready()
    await town.elif_.says("/help")
    assert "champion at any time" not in town.elif_.last and "Write here" not in town.elif_.last
    assert all(
        f"/{one} " in town.elif_.last for one in ("desk", "concerns", "oncall", "inbox", "champion", "discharge")
    )
    assert "/broadcast" not in town.elif_.last
    await town.amara.says("/help")
    assert all(f"/{one} " in town.amara.last for one in ("broadcast", "inbox", "concerns", "circle", "away"))
    assert "/oncall" not in town.amara.last and "Write here" not in town.amara.last
    await town.ben.says("/help")
    assert "send them. Amara reads them." in town.ben.last and "/circle shows the circles" in town.ben.last
    assert "As a" not in town.ben.last and "For yourself" not in town.ben.last
    await town.joins("Elif")
    await town.elif_.says("/help")
    assert "As a coordinator" in town.elif_.last and "send them. Amara reads them." in town.elif_.last


async def test_help_names_who_reads_the_words_of_somebody_without_a_circle(town: TestTown) -> None:
    await town.is_home("Ben")
    await town.is_asked("Ben")
    await town.ben.taps("Not today")
    await town.ben.says("/help")
    assert "send them. Amara reads them." in town.ben.last and "/circle" not in town.ben.last
    await town.is_home("Dalia", named="", backup="")
    await town.dalia.says("/help")
    assert "send them. A coordinator reads them." in town.dalia.last
    assert "/home shows when the next questions come" in town.dalia.last
