"""The whole story in a terminal, without a browser: each step plays, is printed, and has to go as promised.

A step is a line in STORY. It says what it shows, plays its part on the stage, and raises Differs when anything is not
as expected: then the tour names the step and ends with 1.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.simulator import tour_beginning, tour_broadcast, tour_ending, tour_replies
from bot.simulator.tour_stage import Differs, Stage, TourTown


@dataclass(frozen=True)
class Step:
    """`promise` says in a few words what the step shows; `part` plays it."""

    name: str
    promise: str
    part: Callable[[Stage], Awaitable[None]]


STORY = (
    Step("A coordinator is asked", "Asked first: even the team says yes before the bot writes.", tour_beginning.asked),
    Step("A champion is invited", "One link, one person: used once, it opens nothing more.", tour_beginning.invited),
    Step("A circle begins", "A link and a card to print: nobody is put on a list.", tour_beginning.circle),
    Step("Neighbours join", "Asked first: each says yes alone, in a language of their own.", tour_beginning.joining),
    Step("A stranger looks in", "Little is known: without a link there is nothing to see.", tour_beginning.stranger),
    Step("Nothing unread is sent", "Approved words only: the list is empty, and says why.", tour_beginning.unread),
    Step("The words are read", "Approved words only: read as it will arrive, then approved.", tour_beginning.approved),
    Step("A message is prepared", "No surprise: the exact words, and who will get them.", tour_broadcast.prepared),
    Step("Called back in time", "A minute to think again: nobody got it.", tour_broadcast.called_back),
    Step("The message goes out", "Never twice, never none: one copy each, to the letter.", tour_broadcast.sent),
    Step("A report comes", "Never none: who could not be reached is named.", tour_broadcast.report),
    Step("Somebody found it helpful", "One tap is enough to say so.", tour_broadcast.helpful),
    Step("A fact is put right", "Corrected for those who got it, and they are told.", tour_broadcast.corrected),
    Step("A neighbour writes back", "Replies reach the person they know.", tour_replies.question),
    Step("A voice message", "Replies reach the person they know, spoken ones too.", tour_replies.voice),
    Step("The champion is away", "Replies reach a person whose name was told first.", tour_replies.away),
    Step("Stop, by a word", "Stop means stop: one word is enough.", tour_ending.word),
    Step("Evening comes", "Never at night: what is sent now waits for the morning.", tour_ending.evening),
    Step("Stop, by a button", "Stop means stop: it beats what is already waiting.", tour_ending.button),
    Step("Morning comes", "Never at night, and not one message to those who stopped.", tour_ending.morning),
    Step("Taken back", "A message can be deleted from the phones that have it.", tour_ending.taken_back),
    Step("What is kept of me?", "Little is known: all of it is shown.", tour_ending.my_data),
    Step("Forgotten", "What is shown is what is erased; nobody writes again.", tour_ending.forgotten),
)


async def play(town: TourTown, out: Console, story: Sequence[Step] = STORY) -> int:
    """Play and print the story; 0 when everything was as expected, 1 at the first step that was not."""
    stage = Stage(town, out)
    for number, step in enumerate(story, 1):
        out.print(Rule(f"[bold]{number}. {step.name}[/bold]", align="left"))
        fault = await _fault(stage, step)
        if fault:
            out.print(f"\n✗ Step {number}, “{step.name}”, did not go as promised: {fault}", style="red", markup=False)
            return 1
        out.print(Text(f"✓ {step.promise}\n", style="green"))
    out.print(f"All {len(story)} steps went as promised.", style="bold green")
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
