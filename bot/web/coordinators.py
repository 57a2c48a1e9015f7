"""Every page of the coordinators' desk. A new page is a file beside this one, and a line here."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from bot.runtime import Runtime
from bot.web import concerns, live, login, today


def routes(runtime: Runtime, closing: Callable[[], bool] = lambda: False) -> list[BaseRoute]:
    """`closing`: tells that the server wants to stop, so that open streams end at once."""
    return [
        *login.routes(runtime),
        *live.routes(runtime, closing),
        *today.routes(runtime),
        *concerns.routes(runtime),
        *today.last_routes(runtime),
    ]
