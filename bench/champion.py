"""The champion sends a broadcast as a person would: one question after the other, by tapping and typing."""

import asyncio

from bench.processes import Failed
from bench.stage import Shown, Stage, data_of

TOPIC = "pharmacy-first"  # names no day, so a run late in the evening is like any other
PLACE = "Park Road Pharmacy"
LINE = "Come and see me on Tuesday."  # stands in every copy: the words by which copies are counted
LOOK = 0.1  # seconds between looks at the phone
UNDO = 60.0  # seconds in which a broadcast can be called back


class Champion:
    def __init__(self, stage: Stage, telegram_id: int) -> None:
        self._stage, self.id = stage, telegram_id

    async def broadcasts(self) -> int:
        """From /broadcast to the last Send; gives the id of the message that confirms it."""
        await self._stage.types(self.id, "/broadcast")
        await self._taps(f":topic:{TOPIC}")
        await self._types(PLACE, asked=":back")
        await self._taps(":none")
        await self._types(LINE, asked=":none")
        await self._taps(":send")
        return int((await self._sees("undo:"))["message_id"])

    async def report(self, confirmation: int, patience: float) -> Shown:
        """The message that says how it went: a new one, below the confirmation."""
        return await self._sees("report:", after=confirmation, patience=patience)

    async def _taps(self, ending: str) -> None:
        """The button on the newest question whose data ends so."""
        message = await self._sees(ending)
        button = next(data for data in data_of(message) if data.endswith(ending))
        await self._stage.taps(self.id, button, message["message_id"])

    async def _types(self, text: str, asked: str) -> None:
        """Once the question that has such a button is there."""
        await self._sees(asked)
        await self._stage.types(self.id, text)

    async def _sees(self, part: str, after: int = 0, patience: float = 60.0) -> Shown:
        """The newest message, if it has a button with this in its data."""
        for _ in range(int(patience / LOOK)):
            messages = [one for one in await self._stage.messages(self.id) if one["message_id"] > after]
            newest = messages[-1] if messages else None
            if newest and newest["from_bot"] and any(part in data for data in data_of(newest)):
                return newest
            await asyncio.sleep(LOOK)
        raise Failed(f"the champion waited {patience:.0f} seconds for a message with a button “{part}”.")
