"""The first page of the desk: what needs somebody now."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.actions import concerns
from bot.domain.errors import NotFound
from bot.runtime import Runtime
from bot.web.desk import ROOT, Desk, Pages


def routes(runtime: Runtime) -> list[BaseRoute]:
    async def home(request: Request) -> Response:
        return RedirectResponse(f"{ROOT}/")

    return [Route(ROOT, home, methods=["GET"]), Pages(runtime).shows("/", today)]


def last_routes(runtime: Runtime) -> list[BaseRoute]:
    """After all others: an address of the desk that leads nowhere."""
    return [Pages(runtime).shows("/{rest:path}", nowhere)]


async def today(desk: Desk) -> Response:
    return desk.show("today.html", concerns=await concerns.listed(desk.runtime, desk.id))


async def nowhere(desk: Desk) -> Response:
    raise NotFound("desk.no_page")
