"""A place with something of everything that the desk shows, and the address of each of its pages."""

from bench.desk import pages_of
from bot.actions.machine_health import PARTS
from bot.store import machine
from bot.web import coordinators
from tests.cast import TestTown
from tests.desk import DeskVisit, sits_at_desk

# One of each kind, by the part before it in an address and the parameter's name: see bench.desk.pages_of.
FIRST = {
    "concerns.id": "SELECT min(id) FROM concerns",
    "checkins.id": "SELECT min(id) FROM enrolments",
    "asked.id": "SELECT min(id) FROM enrolments WHERE state = 'waiting'",
    "broadcasts.id": "SELECT min(id) FROM broadcasts",
    "circles.id": "SELECT min(id) FROM circles",
    "invitations.id": "SELECT min(id) FROM invitations",
    "people.id": "SELECT min(id) FROM people WHERE name = 'Ben'",
    "champions.id": "SELECT min(person_id) FROM roles WHERE role = 'champion'",
    "templates.topic": "SELECT 'flu-jab'",
    "templates.language": "SELECT 'en'",
    "versions.id": "SELECT min(id) FROM template_versions WHERE topic = 'flu-jab' AND language = 'en'",
    "drafts.id": "SELECT min(id) FROM template_drafts",
    "plans.id": "SELECT min(id) FROM template_versions WHERE topic LIKE 'plan:%'",
}


async def is_lively(town: TestTown) -> None:
    """A few days in the life of a place: something of everything that the desk shows."""
    await town.is_ready()
    await town.approves_plans()
    await town.sends("loneliness")
    await town.ben.says("Is that also for my neighbour?")
    await town.is_home("Ben", backup="Sanjay")
    await town.is_asked("Ben")
    await town.ben.taps("Yes, now is good")
    await town.ben.says("I feel worse and do not know what to do")
    await town.is_home("Dalia", named="Amara", backup="")
    await town.farid.says("/start")
    await town.farid.says("/home")
    await town.farid.taps("Yes, please ask for me")
    desk = await sits_at_desk(town)
    for line in ("Some words.", "Some better words."):
        await desk.opens("/desk/templates/flu-jab/en/edit")
        await desk.presses("Save the draft", body=line)
    async with town.runtime.database.write() as tx:
        for part in PARTS:  # which run elsewhere in a real place
            await machine.beat(tx, part, town.clock.now())


async def ids(town: TestTown) -> dict[str, object]:
    """One of each kind, as in FIRST."""
    async with town.runtime.database.read() as tx:
        return {noun: (await tx.exec_driver_sql(query)).scalar_one() for noun, query in FIRST.items()}


async def addresses(town: TestTown) -> list[str]:
    """Every page of the desk, one of each kind."""
    return pages_of(coordinators.routes(town.runtime), await ids(town))


async def shown_once(desk: DeskVisit) -> list[str]:
    """The pages that only the browser sees that has made something: an invitation, and the card of somebody home.

    Sent without their buttons, which speak the language of whoever sits there.
    """
    token = str(desk.page.find("input", {"name": "form_token"})["value"])  # type: ignore[index]
    card = {"plan": "home-from-hospital", "step": "make"}
    sent: dict[str, dict[str, str]] = {"/desk/people/invite": {}, "/desk/checkins/new": card}
    answers = [await desk.client.post(path, data={"form_token": token, **form}) for path, form in sent.items()]
    return [one.url.path for one in answers]
