"""The tour's seventh part: a red answer at night, and an alert that walks from human to human until one has it."""

from bot.simulator.tour_month import asked
from bot.simulator.tour_stage import Stage

ALERT = "Rose needs somebody now"
RUNGS = ("Amara", "Sanjay", "Elif")


async def red(stage: Stage) -> None:
    """Day 10. Rose left the questions until the night: what to do stands there in the same second."""
    rose = stage.actor("Rose")
    await stage.comes(hour=9, days=2)
    await asked(stage)
    await stage.comes(hour=2, minute=10)
    await rose.taps("ci:now:*")
    at = stage.town.now()
    await rose.taps("Yes, I do")
    said = rose.having("Phone 999 now.")
    stage.expects(len(said) == 1, "Rose should read once, and at once, that she should phone 999.")
    stage.expects(said[0].date == at, "The emergency words should come in the same second.")
    stage.expects(_alerted(stage) == [1, 0, 1], "Amara should be alerted at once, and Elif, who is on call.")
    stage.expects("breathe" not in stage.actor("Amara").last.text, "Amara should not read what Rose answered.")


def _alerted(stage: Stage) -> list[int]:
    return [stage.actor(name).ever_heard(ALERT) for name in RUNGS]


async def called(stage: Stage) -> None:
    rose = stage.actor("Rose")
    await stage.passes(minutes=10, seconds=5)
    rose.sees("Have you phoned 999, Rose?")
    await rose.taps("called:yes:*")
    rose.sees("Please do what they say.")


async def ladder(stage: Stage) -> None:
    """Everybody sleeps: a quarter of an hour each, then everybody together, again and again; Elif each time."""
    await stage.passes(minutes=5)
    stage.expects(_alerted(stage) == [1, 1, 2], "After 15 minutes Sanjay should be alerted.")
    await stage.passes(minutes=15)
    stage.expects(_alerted(stage) == [1, 1, 3], "After 30 minutes it should be with those on call alone.")
    stage.actor("Elif").sees("hard to breathe", "Yes, I do")
    await stage.passes(minutes=15)
    stage.expects(_alerted(stage) == [2, 2, 4], "After 45 minutes all three should be alerted again.")
    with stage.quietly("Still nobody: a quarter of an hour later all three phones ring once more."):
        await stage.passes(minutes=15)
    stage.expects(_alerted(stage) == [3, 3, 5], "It should go on every 15 minutes until somebody has it.")


async def taken(stage: Stage) -> None:
    """Sanjay wakes. Rose hears it in the night, and the others read that he has it."""
    rose, amara, sanjay = stage.actor("Rose"), stage.actor("Amara"), stage.actor("Sanjay")
    await sanjay.taps("concern:take:*")
    sanjay.sees("Rose needs somebody now", "You have this")
    stage.expects(rose.ever_heard("Sanjay will ring you") == 1, "Rose should hear at once that Sanjay has it.")
    amara.sees("Sanjay has this")
    before = [len(stage.actor(name).phone.history) for name in RUNGS]
    await stage.passes(minutes=20)
    after = [len(stage.actor(name).phone.history) for name in RUNGS]
    stage.expects(before == after, "No phone should ring once Sanjay has it.")


async def closed(stage: Stage) -> None:
    sanjay, elif_ = stage.actor("Sanjay"), stage.actor("Elif")
    await sanjay.taps("concern:spoken:*")
    await sanjay.taps("concern:out:*:called_999")
    await sanjay.says("The ambulance came. She is in good hands.")
    await stage.comes(hour=9, minute=15)
    await elif_.says("/concerns")
    elif_.sees("Nobody is waiting for a ring")
