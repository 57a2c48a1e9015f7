"""/hours: own waking hours and zone, tapped or typed; what is queued follows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.catalogue.zones import city, find_zones
from bot.store.schema import deliveries, people
from tests.cast import TestTown
from tests.conversations.letters import forges

NOW = datetime(2026, 10, 5, tzinfo=UTC)
LANGUAGES = ("en", "bn", "ar")


async def hours(town: TestTown, name: str = "Ben") -> tuple[int | None, int | None, str | None]:
    async with town.runtime.database.read() as tx:
        query = select(people.c.wakes_at, people.c.sleeps_at, people.c.zone)
        return tuple((await tx.execute(query.where(people.c.id == await town.id_of(name)))).one())  # type: ignore[return-value]


async def sent_at(town: TestTown, name: str = "Ben") -> datetime | None:
    query = select(deliveries.c.done_at).where(deliveries.c.person_id == await town.id_of(name))
    async with town.runtime.database.read() as tx:
        return (await tx.execute(query.where(deliveries.c.state == "sent", deliveries.c.kind == "broadcast"))).scalar()


async def test_hours_are_changed_by_tapping_typing_or_both(town: TestTown) -> None:
    ben = town.ben
    await ben.says("/hours")
    assert "between 9am and 7pm, by the clock in London" in ben.last

    await ben.taps("Change the times")
    await ben.taps("8am")
    await ben.taps("6pm")
    assert "only between 8am and 6pm" in ben.last
    assert await hours(town) == (480, 1080, None)

    await ben.says("/hours")
    await ben.taps("Change the times")
    await ben.says("half past eight")
    assert "I did not understand the time." in ben.last
    await ben.says("8")
    assert "until what time" in ben.last
    await ben.taps("8pm")
    assert await hours(town) == (480, 1200, None)

    await ben.says("/hours")
    await ben.taps("Change the times")
    await ben.says("08:30")
    await ben.taps("8pm")
    assert await hours(town) == (510, 1200, None), "the half hour is kept"
    await ben.says("/hours")
    await ben.taps("Change the times")
    await ben.says("10.15am")
    await ben.says("midnight")
    assert await hours(town) == (615, 1440, None)
    await ben.says("/hours")
    assert "between 10:15am and midnight" in ben.last


async def test_hours_that_leave_too_little_are_refused_with_a_way_on(town: TestTown) -> None:
    ben = town.ben
    await ben.says("/hours")
    await ben.taps("Change the times")
    await ben.says("9pm")
    assert "at least 4 hours" in ben.last
    await ben.says("3pm")
    assert ben.buttons == ["7pm", "8pm", "9pm", "10pm"]
    await ben.says("5pm")
    assert "at least 4 hours" in ben.last
    await ben.says("7pm")
    assert await hours(town) == (900, 1140, None)


async def test_a_forged_button_changes_nothing(town: TestTown) -> None:
    ben = town.ben
    await ben.says("/hours")
    for data in ("hours:to:1800:3000", "hours:to:0:99999", "hours:from:1439", "hours:to:x:y", "zone:set:Mars/Base"):
        await forges(ben, data)
        assert ben.last, data
    assert (await hours(town))[:2] == (None, None)
    assert (await hours(town))[2] in (None, "Europe/London")


async def test_a_zone_is_found_by_city_or_country_in_any_language(town: TestTown) -> None:
    ben = town.ben
    for typed, zone, told in (
        ("Dhaka", "Asia/Dhaka", "the clock in Dhaka now. There it is 3pm"),
        ("ঢাকা", "Asia/Dhaka", "Dhaka"),
        ("مصر", "Africa/Cairo", "Cairo"),
    ):
        await ben.says("/hours")
        await ben.taps("I am somewhere else")
        await ben.says(typed)
        assert told in ben.last
        assert (await hours(town))[2] == zone

    await ben.says("/hours")
    await ben.taps("I am somewhere else")
    await ben.says("Nowhere at all")
    assert "I do not know that place." in ben.last
    await ben.says("Canada")
    assert "Toronto" in ben.buttons
    await ben.taps("Toronto")
    assert (await hours(town))[2] == "America/Toronto"
    await ben.says("/hours")
    await ben.taps("I am somewhere else")
    await ben.taps("London")
    assert (await hours(town))[2] == "Europe/London"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("London", "Europe/London"),
        ("  new york ", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Dhaka, Bangladesh", "Asia/Dhaka"),
        ("Sylhet, Bangladesh", "Asia/Dhaka"),
        ("UK", "Europe/London"),
        ("Calcutta", "Asia/Calcutta"),
        ("Georgia", "Asia/Tbilisi"),
        ("Europe/Paris", "Europe/Paris"),
        ("بنغلاديش", "Asia/Dhaka"),
    ],
)
def test_one_clock_is_found(typed: str, zone: str) -> None:
    assert find_zones(typed, LANGUAGES, NOW) == [zone]


def test_no_clock_and_several_clocks() -> None:
    assert find_zones("", LANGUAGES, NOW) == []
    assert find_zones("my house", LANGUAGES, NOW) == []
    assert find_zones("Spain", LANGUAGES, NOW) == ["Europe/Madrid", "Atlantic/Canary"]
    assert [city(zone, "en") for zone in ("Europe/London", "Asia/Calcutta", "Etc/UTC")] == ["London", "Kolkata", "UTC"]


async def test_promise_5_what_is_queued_follows_a_new_zone_and_new_hours(town: TestTown) -> None:
    await town.is_ready()
    for name, place in (("Ben", "Tokyo"), ("Dalia", "Tokyo"), ("Chidi", "Tokyo")):
        await town.person(name).says("/hours")
        await town.person(name).taps("I am somewhere else")
        await town.person(name).says(place)
    await town.turns_to(datetime(2026, 10, 5, 11, 0, tzinfo=UTC))  # 8pm in Tokyo
    await town.sends("loneliness")
    assert await sent_at(town) is None

    await town.ben.says("/hours")
    await town.ben.taps("I am somewhere else")
    await town.ben.says("London")
    assert town.ben.heard("it is Amara") == 1, "home again, where it is day"

    await town.chidi.says("/hours")
    await town.chidi.taps("Change the times")
    await town.chidi.taps("midday")
    await town.chidi.taps("9pm")
    assert town.chidi.heard("it is Amara") == 1, "awake longer: it comes now"

    await town.passes(days=1)
    assert await sent_at(town, "Dalia") == datetime(2026, 10, 6, 0, 0, tzinfo=UTC)


async def test_promise_5_a_message_that_waits_for_the_morning_comes_when_clocks_have_changed_in_the_night(
    town: TestTown,
) -> None:
    await town.is_ready()
    await town.turns_to(datetime(2026, 10, 24, 18, 30, tzinfo=UTC))  # half past seven in the evening, summer time
    await town.sends("loneliness")

    await town.passes(days=1)

    assert await sent_at(town) == datetime(2026, 10, 25, 9, 0, tzinfo=UTC)  # nine by the winter clock
