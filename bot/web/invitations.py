"""A champion is invited at the desk: a link and a card that are shown once, to whoever made them.

Only the hash of the link is kept, so the link stays with the browser that made it: in a signed cookie that only the
pages of this card get, for half an hour.
"""

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import invitations as actions
from bot.actions import printed_cards
from bot.domain.circles import CHAMPION_INVITATION_LASTS
from bot.domain.errors import NotFound
from bot.runtime import Runtime
from bot.web.desk import ROOT, Desk, Pages
from bot.web.rendering import HEADERS

COOKIE, PATH = "desk-invitation", "/people/invitation"
KEPT = 1800  # seconds


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.does("/people/invite", invite),
        pages.does("/people/invitations/{id:int}/withdraw", withdraw),
        pages.shows(PATH, card),
        pages.shows(f"{PATH}/card.png", picture),
    ]


def _signer(runtime: Runtime) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(runtime.secret, salt="desk-invitation")


async def invite(desk: Desk) -> Response:
    link = await actions.invite_champion(desk.runtime, desk.id)
    response, secure = desk.go(PATH), desk.runtime.settings.public_url.startswith("https://")
    text = str(_signer(desk.runtime).dumps([desk.seat.session.id, link]))
    response.set_cookie(COOKIE, text, KEPT, path=ROOT + PATH, httponly=True, secure=secure, samesite="strict")
    return response


async def withdraw(desk: Desk) -> Response:
    await actions.withdraw(desk.runtime, desk.id, desk.number())
    return desk.go("/people", "desk_people.link_dropped")


def _kept(desk: Desk) -> str:
    """The link that this browser has made, in this session."""
    try:
        session_id, link = _signer(desk.runtime).loads(desk.request.cookies.get(COOKIE, ""), max_age=KEPT)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("desk_people.invitation_shown_once") from None
    if session_id != desk.seat.session.id:
        raise NotFound("desk_people.invitation_shown_once")
    return str(link)


async def card(desk: Desk) -> Response:
    """The link and the card, as long as this browser has them."""
    return desk.show("invitation.html", link=_kept(desk), days=CHAMPION_INVITATION_LASTS.days)


async def picture(desk: Desk) -> Response:
    image = await printed_cards.of_champion(desk.runtime, desk.language, _kept(desk))
    return Response(image, media_type="image/png", headers=HEADERS)
