"""Every page of the coordinators' desk. A new page is a file beside this one, and a line here."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from bot.runtime import Runtime
from bot.web import (
    audit,
    broadcast_corrections,
    broadcasts,
    charts,
    checkins,
    circles,
    concerns,
    invitations,
    live,
    login,
    people,
    plans,
    settings,
    template_editor,
    template_files,
    templates,
    today,
)


def routes(runtime: Runtime, closing: Callable[[], bool] = lambda: False) -> list[BaseRoute]:
    """`closing`: tells that the server wants to stop, so that open streams end at once."""
    return [
        *login.routes(runtime),
        *live.routes(runtime, closing),
        *today.routes(runtime),
        *checkins.routes(runtime),
        *concerns.routes(runtime),
        *plans.routes(runtime),
        *settings.routes(runtime),
        *audit.routes(runtime),
        *template_files.routes(runtime),
        *template_editor.routes(runtime),
        *templates.routes(runtime),
        *circles.routes(runtime),
        *invitations.routes(runtime),
        *people.routes(runtime),
        *broadcast_corrections.routes(runtime),
        *broadcasts.routes(runtime),
        *charts.routes(runtime),
        *today.last_routes(runtime),
    ]
