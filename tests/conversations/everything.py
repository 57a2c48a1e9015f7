"""A town in which everybody has done everything that leaves a trace, with names that stand nowhere else."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, select

from bot.actions import assisting, enrolling, planning
from bot.domain.plans import Tier
from bot.store import concerns as concern_store
from bot.store.schema import metadata
from bot.store.types import Json
from tests.cast import Character, TestTown
from tests.conversations.letters import forges

Row = dict[str, Any]
Tables = dict[str, dict[tuple[Any, ...], Row]]  # table -> primary key -> row
RESIDENT, CHAMPION, COORDINATOR, COVER = "Zebulon", "Quillaine", "Elif", "Sanjay"
CIRCLE = "Quillaine and friends"
LINE = "Marzipan is waiting for you."  # the champion's own words
WORRY = "Periwinkle hurts my knee."  # the resident's
ANSWER = "Rhubarb tea helps me."  # the champion's again
COVERED = "Gingerbread it is."  # the cover's


async def lived_in(town: TestTown) -> None:
    """Joins, messages, a voice, replies, answers, an absence, a failure, a correction and things half done."""
    await town.has_coordinator()
    await town.approves()
    await town.has_champion(CHAMPION, CIRCLE)
    await town.has_champion(COVER, "Tuesday tea")
    for name in (RESIDENT, "Dalia", "Chidi"):
        await town.joins(name, CHAMPION)
    await town.joins(RESIDENT, COVER)
    town.telegram.phone("Chidi").deletes_account()
    resident, champion = town.person(RESIDENT), town.person(CHAMPION)
    await town.sends("loneliness", CHAMPION, LINE)  # and a report that names Chidi
    await resident.taps("Helpful")
    await _talk(town, resident, champion)
    await _away(town, resident, champion)
    await _at_home(town, resident, champion)
    await _half_done(town, resident, champion)


async def _talk(town: TestTown, resident: Character, champion: Character) -> None:
    await resident.says(WORRY)
    await resident.sends_voice()
    asked = next(one for one in champion.phone.messages if one.from_bot and WORRY in one.text)
    await champion.says(ANSWER, reply_to=asked.message_id)
    await resident.says("Thank you. " + WORRY)
    await town.dalia.says("I would like to come.")


async def _away(town: TestTown, resident: Character, champion: Character) -> None:
    await champion.says("/away")
    await champion.taps(next(label for label in champion.buttons if label.startswith(COVER)))
    await champion.taps("7 days")
    await town.sanjay.taps("Yes, I will answer")
    await resident.says("Still here. " + WORRY)
    asked = next(one for one in reversed(town.sanjay.phone.messages) if one.from_bot and WORRY in one.text)
    await town.sanjay.says(COVERED, reply_to=asked.message_id)


async def _at_home(town: TestTown, resident: Character, champion: Character) -> None:
    """A card, companions, a check-in half answered, a worry that somebody has; a card and a yes by voice besides."""
    await town.is_home(RESIDENT, named=CHAMPION, backup=COVER, shows=True)
    await town.is_asked(RESIDENT)
    await resident.taps("Yes, now is good")
    await resident.taps("Yes, I do")  # red
    await forges(champion, f"concern:take:{await _newest_concern(town)}")
    await forges(champion, f"concern:spoken:{await _newest_concern(town)}")
    await resident.says("/home")
    await resident.taps("Choose another backup")
    await resident.taps("Sanjay (Tuesday tea)")
    person_id, elif_id = await town.id_of(CHAMPION), await town.id_of("Elif")
    today = planning.today(town.runtime)
    await assisting.enrol(
        town.runtime, elif_id, "Winifred", person_id, "keeping-company", today, Tier.USUAL, enrolling.PURPOSES
    )
    await town.dalia.says("/home")
    await town.dalia.taps("Yes, please ask for me")


async def _newest_concern(town: TestTown) -> int:
    async with town.runtime.database.read() as tx:
        return max(one.id for one in await concern_store.not_closed(tx))


async def _half_done(town: TestTown, resident: Character, champion: Character) -> None:
    await champion.says("/broadcast")
    await resident.says("/hours")
    await resident.taps("Change the times")
    await resident.says("/language")
    await town.turns_to(town.clock.now().replace(hour=21))
    await resident.says("Late: " + WORRY)  # waits for the morning


async def dump(town: TestTown) -> Tables:
    """Every row of every table, by primary key."""
    async with town.runtime.database.read() as tx:
        found = {}
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in (await tx.execute(select(table))).mappings()]
            found[table.name] = {tuple(row[one.name] for one in table.primary_key.columns): row for row in rows}
        return found


def traces(tables: Tables, *needles: str) -> Iterator[str]:
    """Where any of these words stands, in whatever text column."""
    for table in metadata.sorted_tables:
        texts = [column.name for column in table.columns if isinstance(column.type, (Text, Json))]
        for key, row in tables[table.name].items():
            for name in texts:
                for needle in needles:
                    if needle in str(row[name]):
                        yield f"{table.name}.{name} {key}: {row[name]}"


def numbers(tables: Tables, person_id: int, telegram_id: int) -> Iterator[str]:
    """Where the person's numbers stand: their id in a column of people, their Telegram id in any."""
    for table in metadata.sorted_tables:
        of_people = {column.name for column in table.columns if column.info["class"] in ("owner", "mention")}
        for key, row in tables[table.name].items():
            for name, value in row.items():
                is_them = value == person_id and name in of_people and table.c[name].info.get("by") != "telegram"
                if (
                    is_them
                    or value == telegram_id
                    or (isinstance(value, (dict, list)) and str(telegram_id) in str(value))
                ):
                    yield f"{table.name}.{name} {key}"
