"""The whole story in a terminal, without a browser: each step plays, is printed, and has to go as promised.

What is not as expected names the step, and the tour ends with 1.
"""

from collections.abc import Sequence

from rich.console import Console

from bot.simulator import tour_print
from bot.simulator.tour_stage import Differs, Stage, TourTown
from bot.simulator.tour_step import Step
from bot.simulator.tour_story_after import AFTER_HOSPITAL
from bot.simulator.tour_story_before import BEFORE_HOSPITAL

STORY = (*BEFORE_HOSPITAL, *AFTER_HOSPITAL)

PROMISES = {
    1: "Asked first",
    2: "Stop means stop",
    3: "Never twice",
    4: "Never none",
    5: "Never at night, never too late",
    6: "A worry reaches a human",
    7: "Replies reach the person they know",
    8: "Approved words only",
    9: "Little is known",
}
NOT_IN_A_TOUR = (
    "10. Replies first, and that pulling the plug loses nothing: make test and make bench-broadcast show it."
)


async def play(town: TourTown, out: Console, story: Sequence[Step] = STORY) -> int:
    """Play and print the story; 0 when everything was as expected, 1 at the first step that was not."""
    stage, began = Stage(town, out), town.now()
    for number, step in enumerate(story, 1):
        tour_print.heading(out, number, step.name, step.scene, step.chapter)
        fault = await _fault(stage, step)
        if fault:
            out.print(f"\n✗ Step {number}, “{step.name}”, did not go as promised: {fault}", style="red", markup=False)
            return 1
        tour_print.shown(out, step.promise)
    out.print(f"All {len(story)} steps went as promised.", style="bold green")
    _proved(stage, story, (town.now() - began).days)
    return 0


async def _fault(stage: Stage, step: Step) -> str:
    """One sentence about what differs, empty when nothing does. A fault of the bot must not end the tour unnamed."""
    try:
        await step.part(stage)
    except Differs as differs:
        return str(differs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _proved(stage: Stage, story: Sequence[Step], days: int) -> None:
    """Which steps showed which promise, and how much was on the phones."""
    lines = []
    for promise, words in PROMISES.items():
        steps = [str(number) for number, step in enumerate(story, 1) if promise in step.holds]
        if steps:
            lines.append(f"{promise:>2}. {words}: {'step' if len(steps) == 1 else 'steps'} {', '.join(steps)}")
    phones = [one for one in stage.town.telegram.phones if one.history]
    messages = sum(len({shown.message_id for shown in one.history}) for one in phones)
    tour_print.proved(stage.out, [*lines, NOT_IN_A_TOUR], f"{days} days, {len(phones)} phones, {messages} messages.")
