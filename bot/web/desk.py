"""The coordinators' desk: one request of somebody who is in, and what every page of it needs.

A page is a function `async def page(desk: Desk) -> Response` that calls one action and shows or goes somewhere. Nobody
but a coordinator reaches it; whatever it refuses becomes a page that says what happened and what is safe.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.actions import desk as door
from bot.actions.desk import Seat
from bot.actions.people import Visitor
from bot.catalogue.findings import Finding
from bot.domain.desk import same
from bot.domain.errors import NotAllowed, NotFound, NotNow, Refused
from bot.runtime import Runtime
from bot.web import rendering as views
from bot.web import way_back
from bot.web.bodies import LARGEST_BODY, LONGEST_FIELD, MOST_FIELDS, TooLarge, counted
from bot.web.numbers import whole
from bot.web.outside import came_from_here, in_vain, outside, unbroken
from bot.web.typed import typed

ROOT = "/desk"
COOKIE, SAID_COOKIE = "desk", "desk-said"
BY_MACHINE = "x-desk-refresh"  # a page that stands open sends it when it fetches itself: nobody sits there
SAID_LASTS = 60  # seconds for the next page to say what was done
STATUS = {NotFound: 404, NotAllowed: 403, NotNow: 409}
NOT_THERE = ("errors.old_button", "errors.gone")  # said to whoever pressed a button; an address has none

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """One request. `seat`: who sits at the desk; `path` parameters are read with `number` and `word`."""

    runtime: Runtime
    request: Request
    seat: Seat
    form: FormData

    @property
    def visitor(self) -> Visitor:
        return self.seat.visitor

    @property
    def id(self) -> int:
        return self.seat.visitor.id

    @property
    def language(self) -> str:
        return self.seat.visitor.language

    def say(self, key: str, /, **values: object) -> Markup:
        return Markup(self.runtime.say(self.language, key, **values))

    def plain(self, key: str, /, **values: object) -> str:
        return self.runtime.plain(self.language, key, **values)

    def told(self, finding: Finding) -> Markup:
        """What is wrong with what was filled in, and what to do, in the reader's language."""
        return views.marked(finding.told(self.language, at_form=True), self.language)

    def number(self, name: str = "id") -> int:
        """A number in the address."""
        return int(self.request.path_params[name])

    def word(self, name: str) -> str:
        """A word in the address."""
        return str(self.request.path_params[name])

    def counted(self, name: str, otherwise: int) -> int:
        """A number in the form; `otherwise` for anything else."""
        return whole(self.given(name), otherwise)

    def asked(self, name: str, default: str = "") -> str:
        """A field of the query, such as a filter."""
        return self.request.query_params.get(name, default).strip()

    def given(self, name: str, default: str = "") -> str:
        """A field of the form that was sent, without the lines' Windows endings."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else default

    def chosen(self, name: str) -> list[str]:
        """All values of a field that may be given several times, such as ticked boxes."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def moment(self, instant: datetime) -> str:
        """Day and time as people say it, in the zone of the place."""
        return self.runtime.moment(instant, None, self.language)

    def show(self, view: str, status: int = 200, /, **values: object) -> Response:
        """A page made of bot/web/views/<view>."""
        response = HTMLResponse(views.page(self, view, values), status, views.HEADERS)
        if self.request.cookies.get(SAID_COOKIE):
            response.delete_cookie(SAID_COOKIE, path=ROOT)
        return response

    def go(self, path: str, said: str = "", /, **values: object) -> Response:
        """To another page of the desk, which says first what was done: a phrase and what fills it."""
        response = RedirectResponse(f"{ROOT}{path}", 303, views.HEADERS)
        if said:
            text = _signer(self.runtime).dumps([said, {name: str(value) for name, value in values.items()}])
            secure = _is_secure(self.runtime)
            response.set_cookie(
                SAID_COOKIE, str(text), SAID_LASTS, path=ROOT, httponly=True, secure=secure, samesite="lax"
            )
        return response

    def said(self) -> Markup | None:
        """What the last press did, once."""
        try:
            key, values = _signer(self.runtime).loads(self.request.cookies.get(SAID_COOKIE, ""))
            return self.say(key, **values)
        except (BadSignature, ValueError, TypeError, KeyError):
            return None


Page = Callable[[Desk], Awaitable[Response]]


class Pages:
    """Makes routes of pages: `pages.shows("/concerns", listed)`, `pages.does("/concerns/{id:int}/take", take)`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def shows(self, path: str, page: Page, used: bool = True) -> Route:
        """Shows something. `used`: whether looking at it says that somebody still sits at the desk."""

        async def endpoint(request: Request) -> Response:
            seat = await _seat(self._runtime, request, used and BY_MACHINE not in request.headers)
            if isinstance(seat, Response):
                return seat
            return await _answer(Desk(self._runtime, request, seat, FormData()), page)

        return Route(ROOT + path, unbroken(self._runtime, endpoint), methods=["GET"])

    def does(self, path: str, page: Page) -> Route:
        """Changes something: the form has to be one of ours, sent from one of our pages."""

        async def endpoint(request: Request) -> Response:
            seat = await _seat(self._runtime, request)  # before the form is read: strangers upload nothing
            if isinstance(seat, Response):
                return seat
            return await self._done(request, seat, page)

        return Route(ROOT + path, unbroken(self._runtime, endpoint), methods=["POST"])

    async def _done(self, request: Request, seat: Seat, page: Page) -> Response:
        desk = Desk(self._runtime, request, seat, FormData())
        small = Request(request.scope, counted(request.receive, LARGEST_BODY))
        try:
            async with small.form(max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as form:
                return await _changed(Desk(self._runtime, request, seat, form), page)
        except TooLarge:
            return _not_done(desk, 413, desk.say("desk.too_large"))
        except HTTPException as error:
            return _not_done(desk, error.status_code, desk.say("desk.form_strange"))


async def _seat(runtime: Runtime, request: Request, used: bool = True) -> Seat | Response:
    """Who sits there, or the page for whoever may not."""
    seat = await door.seat(runtime, request.cookies.get(COOKIE, ""), used)
    if seat is None and request.method == "POST":
        return await in_vain(runtime, request)
    if seat is None:
        return outside(runtime, request, "desk.logged_out", 401)
    if not seat.visitor.is_coordinator:
        return outside(runtime, request, "desk.coordinators_only", 403, seat.visitor.language)
    return seat


async def _changed(desk: Desk, page: Page) -> Response:
    if not came_from_here(desk.request):
        return _not_done(Desk(desk.runtime, desk.request, desk.seat, FormData()), 403, desk.say("desk.form_strange"))
    if not is_ours(desk.request, desk.form, desk.seat):
        return _not_done(desk, 403, desk.say("desk.form_strange"))
    return await _answer(desk, page)


async def _answer(desk: Desk, page: Page) -> Response:
    try:
        return await page(desk)
    except Refused as refusal:
        return _refused(desk, refusal)
    except Exception:
        _log.exception("a page of the desk failed", path=desk.request.url.path)
        return desk.show("broken.html", 500, back=way_back.above(desk.request), words=typed(desk.form))


def _refused(desk: Desk, refusal: Refused) -> Response:
    back = way_back.of_menu(desk.request) if isinstance(refusal, NotFound) else way_back.above(desk.request)
    if desk.request.method == "GET" and isinstance(refusal, NotFound):
        phrase = "desk.nothing_here" if refusal.phrase in NOT_THERE else refusal.phrase
        return desk.show("not_there.html", 404, why=desk.say(phrase, **refusal.values), back=back)
    status = next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 422)
    return _not_done(desk, status, desk.say(refusal.phrase, **refusal.values), back)


def _not_done(desk: Desk, status: int, why: Markup, back: str = "") -> Response:
    """Why it was not done, with what was typed for it."""
    back = back or way_back.above(desk.request)
    return desk.show("refused.html", status, why=why, back=back, words=typed(desk.form))


def is_ours(request: Request, form: Mapping[str, Any], seat: Seat) -> bool:
    """Whether the form was sent from our own page: by the browser's word, and by the token that only it carries.

    Not by Origin: with the referrer policy of these pages browsers send "null" there.
    """
    given = form.get("form_token")
    return came_from_here(request) and isinstance(given, str) and same(given, seat.form_token)


def remember(response: Response, runtime: Runtime, token: str) -> None:
    """Give the browser the session. Lax, so that links to the desk in the chat open it."""
    secure = _is_secure(runtime)
    response.set_cookie(COOKIE, token, path=ROOT, httponly=True, secure=secure, samesite="lax")


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path=ROOT)


def _is_secure(runtime: Runtime) -> bool:
    return runtime.settings.public_url.startswith("https://")


def _signer(runtime: Runtime) -> URLSafeSerializer:
    return URLSafeSerializer(runtime.secret, salt="desk-said")
