"""The first page of the desk: what needs somebody now, what goes out, what waits, and how the machine is."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.actions import machine_health, wording
from bot.actions import today as actions
from bot.domain.checkins import Stage
from bot.domain.errors import NotFound
from bot.runtime import Runtime
from bot.web.desk import ROOT, Desk, Pages
from bot.web.templates import name_of

# Where each of the first steps is done.
STEPS = {
    "place": "/desk/settings",
    "champion": "/desk/people",
    "message": "/desk/templates",
    "enrolment": "/desk/checkins/new",
}
ASKED = (Stage.ASKED, Stage.OPEN)
UNHEARD = (Stage.MISSED, Stage.LATE)


def routes(runtime: Runtime) -> list[BaseRoute]:
    async def home(request: Request) -> Response:
        return RedirectResponse(f"{ROOT}/")

    return [Route(ROOT, home, methods=["GET"]), Pages(runtime).shows("/", today)]


def last_routes(runtime: Runtime) -> list[BaseRoute]:
    """After all others: an address of the desk that leads nowhere."""
    pages = Pages(runtime)
    return [pages.shows("/{rest:path}", nowhere), pages.does("/{rest:path}", nowhere)]


async def today(desk: Desk) -> Response:
    found = await actions.today(desk.runtime, desk.id, desk.language)
    stands = found.stands
    return desk.show(
        "today.html",
        found=found,
        wait=found.waiting,
        machine=await machine_health.conditions(desk.runtime),
        title_of=lambda topic: wording.title(desk.runtime, topic, desk.language),
        steps=[(step, _where(step, found.has_plan)) for step in found.steps],
        language_of=lambda code: name_of(desk, code),
        planned=stands.get(Stage.PLANNED, 0),
        asked=sum(stands.get(one, 0) for one in ASKED),
        answered=stands.get(Stage.DONE, 0),
        unheard=sum(stands.get(one, 0) for one in UNHEARD),
    )


def _where(step: actions.Step, has_plan: bool) -> str:
    """Nobody can be enrolled before a plan was walked through."""
    return "/desk/plans" if step.what == "enrolment" and not has_plan else STEPS[step.what]


async def nowhere(desk: Desk) -> Response:
    raise NotFound("desk.no_page")
