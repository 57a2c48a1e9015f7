from datetime import UTC, datetime, timedelta

from bot.actions import machine_health, plans
from bot.store import machine
from tests.cast import TestTown
from tests.desk import sits_at_desk


async def test_a_new_place_is_led_through_its_first_four_steps(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert "First steps" in desk.sees
    assert [one["href"] for one in desk.page.select("ol.steps a")] == [
        "/desk/settings",
        "/desk/people",
        "/desk/templates",
        "/desk/plans",
    ]
    assert _badges(desk) == ["Next", "Later", "Later", "Later"]
    await desk.opens("/desk/settings/place")
    await desk.presses("Save")
    await desk.opens("/desk/")
    assert _badges(desk) == ["Done", "Next", "Later", "Later"]
    await town.has_champion()
    await desk.opens("/desk/")
    assert _badges(desk) == ["Done", "Done", "Next", "Later"]
    await town.approves("loneliness")
    await desk.opens("/desk/")
    assert _badges(desk) == ["Done", "Done", "Done", "Next"]
    await desk.follows("Put the first person on check-ins")
    assert desk.heading == "Check-in plans"
    await town.approves_plans("home-from-hospital")
    await desk.opens("/desk/")
    await desk.follows("Put the first person on check-ins")
    assert desk.address == "/desk/checkins/new"
    assert desk.status == 200
    await town.is_home("Ben", backup="")
    await desk.opens("/desk/")
    assert "First steps" not in desk.sees


def _badges(desk) -> list[str]:  # type: ignore[no-untyped-def]
    return [one.get_text(strip=True) for one in desk.page.select("ol.steps .badge")]


async def test_whoever_is_the_only_coordinator_reads_how_to_get_a_second_one(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    before = _number(_part(desk, "waits"), "messages to read and decide about")
    await desk.opens("/desk/templates/flu-jab/en/edit")
    await desk.presses("Send to review", body="The flu jab is free for you this year. Ask at your surgery.")
    assert "there is no other coordinator yet" in desk.sees
    assert "are told" not in desk.sees
    await desk.opens("/desk/")
    waits = _part(desk, "waits")
    assert _number(waits, "messages to read and decide about") == before - 1  # the shipped words were waiting as well
    assert "1 message of yours to be read by another coordinator" in waits
    await elif_.says("/desk")
    assert f"Messages that wait for your reading: {before - 1}" in elif_.last
    assert "Messages of yours that wait for another coordinator: 1" in elif_.last
    await desk.opens("/desk/settings/place")
    await desk.presses("Save")
    assert "There is no other coordinator yet who could be told" in desk.sees
    assert "COORDINATOR_IDS" in desk.sees


def _number(text: str, words: str) -> int:
    return int(text[: text.index(words)].rsplit(maxsplit=1)[-1])


async def test_a_day_with_concerns_messages_questions_and_silence(town: TestTown) -> None:
    await town.is_ready()
    await town.is_home("Ben", backup="")
    await town.is_home("Dalia", named="Amara", backup="")
    await town.drafts("falls")
    await town.amara.taps(next(one for one in town.amara.buttons if one.startswith("Send now")))
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert "Steady on your feet" in _part(desk, "broadcasts")
    assert "From Amara to Elm House. Begins at" in _part(desk, "broadcasts")
    assert "Nobody is waiting for a ring." in desk.sees
    await town.is_asked("Ben")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert "Ben" in _part(desk, "checkins")
    assert "Asked: 2." in _part(desk, "checkins")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel worse and do not know what to do")
    await town.passes(hours=7)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert "Dalia Reminded, no answer so far" in _part(desk, "silent")
    assert "Ben Nobody has it yet." in _part(desk, "concerns")
    assert "feel worse" not in desk.sees  # answers stand on the page of the concern
    await town.passes(hours=30)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert "Dalia 1 check-in in a row without an answer" in _part(desk, "silent")
    await desk.follows("Dalia")
    assert desk.heading == "Dalia"


async def test_what_waits_for_a_coordinator(town: TestTown) -> None:
    await town.has_coordinator()
    await town.approves_plans()
    await town.has_champion()
    await town.approves("loneliness")
    await town.joins("Ben")
    await town.sends("loneliness")
    await town.ben.says("May I bring <script>alert(1)</script>?")
    await town.farid.says("/start")
    await town.farid.says("/home")
    await town.farid.taps("Yes, please ask for me")
    await town.passes(hours=30)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    waits = _part(desk, "waits")
    assert "Farid asks for check-ins at home" in waits
    assert "messages to read and decide about" in waits
    assert "Ben wrote 30 hours ago and waits for Amara." in waits
    assert "alert(1)" not in desk.answer.text  # type: ignore[union-attr]


async def test_the_machine_says_in_plain_words_what_is_amiss(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    async with town.runtime.database.write() as tx:
        for part in machine_health.PARTS:
            await machine.beat(tx, part, town.clock.now())
    await desk.opens("/desk/")
    assert "All is well" in _part(desk, "machine")
    async with town.runtime.database.write() as tx:
        await machine.beat(tx, "sender", town.clock.now() - timedelta(minutes=30))
        await machine.beat(tx, "clock", town.clock.now(), "<script>alert(1)</script>")
    assert [one.what for one in await machine_health.conditions(town.runtime)] == ["sender_stands", "clock_cannot"]
    await desk.opens("/desk/")
    assert "No messages go out: the sender last worked 30 minutes ago." in _part(desk, "machine")
    assert "<script>alert(1)</script>" in _part(desk, "machine")
    assert "<script>alert" not in desk.answer.text  # type: ignore[union-attr]


def _part(desk, name: str) -> str:  # type: ignore[no-untyped-def]
    return " ".join(desk.page.select_one(f"#{name}").get_text(" ").split())


async def test_what_has_to_be_read_again_is_named_before_its_day_on_today_and_in_the_digest(town: TestTown) -> None:
    await town.is_ready()
    await town.approves_plans("home-from-hospital")
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    assert desk.page.select_one("#reread") is None
    assert not town.elif_.heard("To be read again")
    version = next(one for one in await plans.every(town.runtime) if one.plan.id == "home-from-hospital")
    town.clock.jump(datetime(2027, 5, 15, 12, 0, tzinfo=UTC) - town.clock.now())
    await town.is_home("Ben", backup="", plan="home-from-hospital")
    await town.passes(hours=24)
    desk = await sits_at_desk(town)
    await desk.opens("/desk/")
    again = _part(desk, "reread")
    assert f"{version.words.title} (English) Has to be read again within a month" in again
    assert "Has to be read again now" in again  # heat, since the end of April
    assert town.elif_.heard("To be read again")
    assert any(f"/desk/plans/{version.version.id}" in one for one in town.elif_.sees)
    await desk.opens("/desk/plans")
    assert "Has to be read again within a month" in desk.sees
