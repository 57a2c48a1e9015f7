"""How each press of the desk is brought about, by the address of its route: what a story needs up to the press.

They follow each other in one lively place: what one of them ends no later one needs.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.actions import enrolled, plans
from tests.cast import TestTown
from tests.desk import DeskVisit, browser, desk_link, sits_at_desk
from tests.desk_pages.test_door import ELIF, signed


@dataclass(frozen=True)
class Press:
    """A page with its form filled in and the button not pressed yet; as in `DeskVisit.presses`."""

    visit: DeskVisit
    label: str
    where: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    async def done(self) -> DeskVisit:
        return await self.visit.presses(self.label, self.where, **self.values)


Deed = Callable[[DeskVisit, TestTown], Awaitable[Press]]
HEAT = "/desk/templates/heat/en"
FLU = "/desk/templates/flu-jab/en"


def on(path: str, label: str, where: str = "", before: Sequence[str] = (), **values: Any) -> Deed:
    """A press on this page; `before`: what the tables are told first."""

    async def deed(desk: DeskVisit, town: TestTown) -> Press:
        async with town.runtime.database.write() as tx:
            for statement in before:
                await tx.exec_driver_sql(statement)
        return Press(await desk.opens(path), label, where, values)

    return deed


async def enters(_: DeskVisit, town: TestTown) -> Press:
    await town.elif_.says("/desk")
    return Press(await browser(town).opens(desk_link(town.elif_)), "Open the desk")


async def enters_from_telegram(_: DeskVisit, town: TestTown) -> Press:
    signs = signed(ELIF, int(town.clock.now().timestamp()))
    return Press(await browser(town).opens("/desk/app"), "Open the desk", "", {"signed": signs})


def leaves(label: str) -> Deed:
    async def deed(_: DeskVisit, town: TestTown) -> Press:
        return Press(await sits_at_desk(town), label)

    return deed


def on_a_day(path: str, label: str, days: int) -> Deed:
    async def deed(desk: DeskVisit, town: TestTown) -> Press:
        day = enrolled.local_day(town.runtime) + timedelta(days=days)
        return Press(await desk.opens(path), label, "", {"home_on": day.isoformat()})

    return deed


def with_sanjay(path: str, label: str, where: str, name: str) -> Deed:
    async def deed(desk: DeskVisit, town: TestTown) -> Press:
        return Press(await desk.opens(path), label, where, {name: str(await town.id_of("Sanjay"))})

    return deed


def about(name: str, path: str, label: str, **values: Any) -> Deed:
    async def deed(desk: DeskVisit, town: TestTown) -> Press:
        return Press(await desk.opens(path.format(await town.id_of(name))), label, "", values)

    return deed


def looked_over(path: str, label: str, **said: str) -> Deed:
    """Somebody is put on check-ins: what it means is looked at first."""

    async def deed(desk: DeskVisit, town: TestTown) -> Press:
        await desk.opens(path)
        whom = {"name": "Winifred", "volunteer": str(await town.id_of("Amara"))} if said else {}
        await desk.presses("Look at what it means", plan="home-from-hospital", **whom)
        return Press(desk, label, "", said)

    return deed


async def takes_the_card_back(desk: DeskVisit, _: TestTown) -> Press:
    await desk.opens("/desk/checkins?state=cards")
    return Press(await desk.follows("Card of"), "Yes, take it back")


async def declines(desk: DeskVisit, town: TestTown) -> Press:
    await town.chidi.says("/home")
    await town.chidi.taps("Yes, please ask for me")
    await desk.opens("/desk/checkins?state=asking")
    return Press(await desk.follows("Chidi"), "Yes, tell them")


async def refuses_a_plan(desk: DeskVisit, town: TestTown) -> Press:
    version = next(one for one in await plans.waiting(town.runtime) if one.language == "bn")
    await desk.opens(f"/desk/plans/{version.version.id}/walk?place={len(version.plan.days)}")
    return Press(desk, "No, not for us")


async def types(desk: DeskVisit, _: TestTown) -> Press:
    """The page keeps the draft by itself, with a script."""
    await desk.opens(f"{HEAT}/edit")
    button = next(one for one in desk.page.find_all("button") if one.get_text(strip=True) == "Save the draft")
    button["formaction"] = f"{HEAT}/keep"
    return Press(desk, "Save the draft", "", {"title": "Very hot days"})


async def goes_back_to_a_version(desk: DeskVisit, _: TestTown) -> Press:
    await desk.opens(FLU)
    return Press(await desk.follows("Version 1"), "Begin a draft with these words")


async def looks_at_files(desk: DeskVisit, town: TestTown) -> Press:
    text = town.runtime.catalogue.templates["heat", "en"].source_text.replace("Hot days", "Hotter days")
    file = ("heat.en.md", text.encode())
    return Press(await desk.opens("/desk/templates/files"), "Look at them first", "", {"files": file})


async def takes_files(desk: DeskVisit, town: TestTown) -> Press:
    await (await looks_at_files(desk, town)).done()
    return Press(desk, "Make drafts of these")


async def corrects(desk: DeskVisit, _: TestTown) -> Press:
    await desk.opens("/desk/broadcasts/1/correct")
    await desk.presses("Look at it", line="The nurse was lovely.")
    return Press(desk, "Yes, correct it (3)")


async def is_back(desk: DeskVisit, town: TestTown) -> Press:
    await town.sanjay.taps("Yes, I will answer")
    return Press(await desk.opens("/desk/people/circles/1"), "Amara is back")
