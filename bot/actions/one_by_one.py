"""One bad row cannot stop the line: all the others are worked first, and then its error is raised."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


async def one_by_one(items: Iterable[Item], work: Callable[[Item], Awaitable[object]]) -> int:
    """Returns how many pieces of work came to something. Raises the first error after everything has had its turn."""
    done, first = 0, None
    for item in items:
        try:
            done += bool(await work(item))
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
    return done
