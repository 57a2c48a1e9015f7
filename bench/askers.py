"""Other people who want something meanwhile: each sends /help now and then, and is timed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from bench.processes import Failed
from bench.stage import Stage, at

QUESTION = "/help"
PATIENCE = 30.0  # seconds; an answer that takes longer counts as so long
LOOK = 0.25  # seconds between looks; times are taken from the messages, so looking seldom blurs nothing


@dataclass
class Askers:
    """`ids`: phones that take turns. `every`: seconds between questions. `waits`: seconds each answer took.

    Timed by the simulator's clock: from the message of the person to the answer standing in their chat, with the way
    of the update to the bot and of the answer back, each half of the latency, in it.
    """

    stage: Stage
    ids: list[int]
    every: float = 1.0
    waits: list[float] = field(default_factory=list)
    unanswered: int = 0

    async def run(self) -> None:
        """Until cancelled; whoever still waits is heard out."""
        waiting: set[asyncio.Task[None]] = set()
        try:
            while True:
                for who in self.ids:
                    waiting.add(asyncio.create_task(self._ask(who)))
                    await asyncio.sleep(self.every)
        except asyncio.CancelledError:
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*waiting)
            raise

    async def _ask(self, who: int) -> None:
        question = await self.stage.types(who, QUESTION)
        for _ in range(int(PATIENCE / LOOK)):
            await asyncio.sleep(LOOK)
            messages = await self.stage.messages(who)
            asked = next(one for one in messages if one["message_id"] == question)
            answers = [one for one in messages if one["from_bot"] and one["message_id"] > question]
            if answers:
                self.waits.append((at(answers[0]) - at(asked)).total_seconds())
                return
        self.waits.append(PATIENCE)
        self.unanswered += 1


def nobody_waits(askers: Askers) -> None:
    """Raises Failed when a question was never answered at all."""
    if askers.unanswered:
        raise Failed(f"{askers.unanswered} questions were not answered within {PATIENCE:.0f} seconds.")
