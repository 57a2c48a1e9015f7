"""The card for somebody who comes home: shown once to whoever made it, to print or to hand over.

Only the hash of its link is kept, so the link itself stays with the browser that made it: in a signed cookie that
only the pages of this one card get, for half an hour and in this session.
"""

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import desk as door
from bot.actions import home_cards, printed_cards
from bot.actions.home_cards import HomeCard
from bot.domain.errors import NotFound
from bot.runtime import Runtime
from bot.web.desk import ROOT, Desk, Pages
from bot.web.rendering import HEADERS

COOKIE = "desk-card"
KEPT = 1800  # seconds


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [pages.shows("/checkins/{id:int}/card", card), pages.shows("/checkins/{id:int}/card.png", picture)]


def hand_out(desk: Desk, enrolment_id: int, link: str) -> Response:
    """To the page of a card that was just made."""
    response = desk.go(f"/checkins/{enrolment_id}/card")
    text = str(_signer(desk.runtime).dumps([desk.seat.session.id, link]))
    path, secure = f"{ROOT}/checkins/{enrolment_id}", desk.runtime.settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, text, KEPT, path=path, httponly=True, secure=secure, samesite="strict")
    return response


def _signer(runtime: Runtime) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(runtime.secret, salt="desk-card")


async def _kept(desk: Desk) -> HomeCard | None:
    """A card that this browser has made."""
    try:
        session_id, link = _signer(desk.runtime).loads(desk.request.cookies.get(COOKIE, ""), max_age=KEPT)
    except (BadSignature, ValueError, TypeError):
        return None
    if session_id != desk.seat.session.id:
        return None
    return await home_cards.unused(desk.runtime, desk.number(), link)


async def card(desk: Desk) -> Response:
    """The card and its link, as long as this browser has it and nobody has used it."""
    kept = await _kept(desk)
    if kept is None:
        raise NotFound("desk_checkins.card_shown_once")
    await door.note(desk.runtime, desk.id, "card_shown", f"enrolment:{desk.number()}")
    return desk.show("home_card.html", kept=kept, number=desk.number())


async def picture(desk: Desk) -> Response:
    kept = await _kept(desk)
    if kept is None:
        raise NotFound("desk_checkins.card_shown_once")
    image = await printed_cards.of_home(desk.runtime, kept.language, kept.link)
    return Response(image, media_type="image/png", headers=HEADERS)
