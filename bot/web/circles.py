"""One circle at the desk: its people, its card, who answers meanwhile, who leads it next, and its end."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import away, directory, handing_over, printed_cards
from bot.actions import circles as actions
from bot.actions.away import DAYS, Candidate
from bot.actions.directory import CirclePage
from bot.domain.errors import NotFound, Refused
from bot.runtime import Runtime
from bot.web.desk import Desk, Pages
from bot.web.people import look_of, page_asked
from bot.web.rendering import HEADERS


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/people/circles/{id:int}", one),
        pages.shows("/people/circles/{id:int}/card.png", card),
        pages.does("/people/circles/{id:int}/cover", cover),
        pages.does("/people/circles/{id:int}/back", back),
        pages.does("/people/circles/{id:int}/hand-over", hand_over),
        pages.does("/people/circles/{id:int}/close", close),
    ]


async def one(desk: Desk) -> Response:
    page = page_asked(desk)
    view = await directory.circle(desk.runtime, desk.id, desk.number(), page)
    is_open = view.circle.closed_at is None and view.champion is not None
    return desk.show(
        "circle.html",
        view=view,
        page=min(page, view.last),
        is_open=is_open,
        link=(await actions.view(desk.runtime, desk.id, desk.number())).link if is_open else "",
        days=[(number, desk.plain("buttons.away_days", days=number)) for number in DAYS],
        covers=_choices(await away.candidates(desk.runtime, view.circle.champion_id or 0)) if is_open else [],
        leaders=_choices(await handing_over.candidates(desk.runtime, desk.id, view.circle.id)) if is_open else [],
        standing=await handing_over.standing(desk.runtime, desk.id, view.circle.id),
        look_of=look_of,
    )


def _choices(found: list[Candidate]) -> list[tuple[int, str]]:
    """First names come twice; a circle tells them apart."""
    return [
        (one.person.id, f"{one.person.name} ({one.circles[0]})" if one.circles else one.person.name) for one in found
    ]


def _chosen(desk: Desk, name: str) -> int:
    """The person who was chosen from a list."""
    given = desk.given(name)
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise Refused("desk_people.nobody_chosen")
    return int(given)


async def _view(desk: Desk) -> CirclePage:
    view = await directory.circle(desk.runtime, desk.id, desk.number())
    if view.champion is None or view.circle.closed_at is not None:
        raise NotFound("desk_people.no_circle")
    return view


async def card(desk: Desk) -> Response:
    """The picture to print; in the language of whoever prints it."""
    view, found = await _view(desk), await actions.view(desk.runtime, desk.id, desk.number())
    champion = view.champion.person.name if view.champion else ""
    image = await printed_cards.of_circle(desk.runtime, desk.language, found, champion)
    return Response(image, media_type="image/png", headers=HEADERS)


async def cover(desk: Desk) -> Response:
    """Ask another champion to answer meanwhile, in the place of one who is away."""
    view, days = await _view(desk), desk.given("days")
    champion_id, cover_id = view.circle.champion_id or 0, _chosen(desk, "cover")
    if days not in {str(number) for number in DAYS}:
        raise Refused("desk_people.no_days")
    await away.ask_cover(desk.runtime, champion_id, cover_id, int(days), by=desk.id)
    return desk.go(f"/people/circles/{desk.number()}", "desk_people.cover_asked")


async def back(desk: Desk) -> Response:
    view = await _view(desk)
    was_away = await away.come_back(desk.runtime, view.circle.champion_id or 0, by=desk.id)
    said = "desk_people.cover_ended" if was_away else "desk_people.cover_over"
    return desk.go(f"/people/circles/{desk.number()}", said, name=view.circle.champion or "")


async def hand_over(desk: Desk) -> Response:
    """Ask another champion to take it over; its people are asked after that."""
    view = await _view(desk)
    new = await handing_over.ask(desk.runtime, desk.id, view.circle.id, _chosen(desk, "champion"))
    return desk.go(f"/people/circles/{desk.number()}", "desk_people.handover_asked", name=new.name)


async def close(desk: Desk) -> Response:
    told = await actions.close(desk.runtime, desk.id, desk.number())
    return desk.go("/people", "desk_people.closed", count=told)
