"""Is the program alive, and can it do its work? For whoever restarts it, and whoever is woken at night."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.actions import heartbeats
from bot.actions.heartbeats import Health
from bot.runtime import Runtime

NO_STORE = {"Cache-Control": "no-store"}
DATABASE_DOWN = (
    "the database does not answer: see whether it runs, whether DATABASE_URL is right, and the disk not full"
)
PATIENCE = 5  # seconds; a probe that waits for ever is no probe

_log = structlog.get_logger(__name__)


def routes(runtime: Runtime, extra: Callable[[], list[str]] = list) -> list[Route]:
    """/healthz: 200 while the process lives. /readyz: 200 or 503 and

        {"ready": bool, "troubles": [sentence, …], "warnings": [sentence, …]}

    Troubles stop the work: the database, the sender, the clock, and what `extra` tells of this process (such as
    another program that fetches the same updates). Broken message files are warnings: their last good version works.
    """

    async def alive(request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def ready(request: Request) -> Response:
        health = await measured(runtime)
        troubles = [*(troubles_of(health, runtime.now()) if health else [DATABASE_DOWN]), *extra()]
        warnings = warnings_of(health) if health else []
        answer = {"ready": not troubles, "troubles": troubles, "warnings": warnings}
        return JSONResponse(answer, 503 if troubles else 200, NO_STORE)

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def measured(runtime: Runtime) -> Health | None:
    """What the database tells; None when it does not answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await heartbeats.health(runtime)
    except (SQLAlchemyError, OSError) as error:  # a timeout is an OSError
        _log.error("the database does not answer", error=type(error).__name__)
        return None


def troubles_of(health: Health, now: datetime) -> list[str]:
    """What stops the work."""
    return health.troubles(now)


def warnings_of(health: Health) -> list[str]:
    """What somebody has to mend although the work goes on."""
    return health.warnings()
