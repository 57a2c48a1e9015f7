"""The whole story in a terminal, without a browser."""

from typing import Any


async def play(town: Any, out: Any) -> int:
    return 0
