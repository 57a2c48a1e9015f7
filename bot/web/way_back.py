"""Where the desk leads whom it refuses something: to a page that is there."""

from starlette.requests import Request
from starlette.routing import Match, Route

from bot.web.rendering import MENU

FIRST_PAGE, NOWHERE = "/desk/", "/desk/{rest:path}"


def above(request: Request) -> str:
    """The page that a press belongs to: /desk/concerns/5/take belongs to /desk/concerns/5."""
    path = request.url.path
    while path := path.rpartition("/")[0]:
        if _is_page(request, path):
            return path
    return FIRST_PAGE


def _is_page(request: Request, path: str) -> bool:
    """Not every part of an address is one: there is nothing at /desk/people/circles."""
    asked = {"type": "http", "method": "GET", "path": path}
    found = next((one for one in request.app.routes if one.matches(asked)[0] is Match.FULL), None)
    return isinstance(found, Route) and found.path != NOWHERE


def of_menu(request: Request) -> str:
    """The page of the menu that an address belongs to: whatever is not there may have nothing above it either."""
    section = "/" + request.url.path.removeprefix(FIRST_PAGE).partition("/")[0]
    return FIRST_PAGE + section[1:] if section in dict(MENU) else FIRST_PAGE
