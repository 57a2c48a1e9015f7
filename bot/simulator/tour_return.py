"""The tour's last part: back in hospital, home again, less often, two silent days, and the end of the thirty days."""

from bot.simulator.tour_home import HELLO
from bot.simulator.tour_month import NO_BREATH, answers, asked
from bot.simulator.tour_stage import Stage

SILENT = "Please see how Rose is."
MORNING = 9
THANKS, ANSWER = "Thank you all, I am well again.", "I am so glad. Tea on Tuesday?"


async def readmitted(stage: Stage) -> None:
    """The coordinator says it: nothing is asked of Rose while she is away, and her people are told."""
    elif_, rose = stage.actor("Elif"), stage.actor("Rose")
    await elif_.says("/discharge")
    await elif_.taps("dis:people")
    await elif_.taps("Rose")
    await elif_.taps("course:hospital:*")
    await elif_.taps("course:hospital:*:yes")
    for name in ("Amara", "Sanjay"):
        told = stage.actor(name).ever_heard("Rose's check-ins rest for now")
        stage.expects(told == 1, f"{name} should be told that the check-ins rest.")
    heard = len(rose.phone.history)
    with stage.quietly("Six days pass. Day 14 would have been one of them."):
        await stage.comes(hour=MORNING, minute=30, days=5)
    stage.expects(len(rose.phone.history) == heard, "Nothing should be asked of Rose in hospital.")


async def resumed(stage: Stage) -> None:
    """Rose says it herself: the plan begins anew from the day she is home again."""
    rose, amara = stage.actor("Rose"), stage.actor("Amara")
    await rose.says("/home")
    rose.sees("Your check-ins rest")
    await rose.taps("course:again:*")
    await rose.taps("Today")
    rose.sees("The next questions come on")
    amara.sees("Rose's check-ins go on again")
    await stage.comes(hour=MORNING)
    await asked(stage)
    await answers(stage, NO_BREATH, "No", "Yes", "Yes")
    rose.sees("Thank you, Rose")


async def two_silent_days(stage: Stage) -> None:
    """Days 2 and 4: one miss is noted, two in a row make somebody ring."""
    rose, amara = stage.actor("Rose"), stage.actor("Amara")
    with stage.quietly("Day 2, day 4: Rose is asked, reminded, and does not answer."):
        await asked(stage)
        await stage.comes(hour=MORNING, days=1)
        await asked(stage)
        stage.expects(amara.ever_heard(SILENT) == 0, "One silent day should not alarm Amara.")
        await stage.comes(hour=MORNING)
    await stage.comes(hour=10, minute=1)
    amara.sees(SILENT)
    await amara.taps("concern:take:*")
    await amara.taps("concern:spoken:*")
    await amara.taps("concern:out:*:fine")
    stage.expects(rose.ever_heard("Amara will ring you") == 2, "Rose should hear that Amara rings.")


async def less_often(stage: Stage) -> None:
    """Days 7 and 10 are good. On day 14 Rose is asked whether to go on, and would like fewer."""
    rose = stage.actor("Rose")
    with stage.quietly("Days 7 and 10: Rose answers, and all is well."):
        await stage.comes(hour=MORNING, days=1)
        await asked(stage)
        await answers(stage, NO_BREATH, "No", "Yes", "Yes")
        await stage.comes(hour=MORNING, days=2)
        await asked(stage)
        await answers(stage, NO_BREATH, "No", "No", "Yes")
        await stage.comes(hour=MORNING, days=3)
    await asked(stage)
    await answers(stage, NO_BREATH, "No", "Better", "Yes, but less often")
    rose.sees("From now on you will hear from me less often")


async def ended(stage: Stage) -> None:
    rose = stage.actor("Rose")
    before = rose.ever_heard(HELLO)
    await stage.comes(hour=MORNING, days=6)
    await asked(stage)
    await answers(stage, NO_BREATH, "No", "No", "No, thank you")
    await stage.comes(hour=10, minute=1, days=9)
    stage.expects(rose.ever_heard(HELLO) == before + 1, "Day 28 should be left out, as Rose asked.")
    rose.sees("These were the last of my questions")
    heard = len(rose.phone.history)
    await stage.passes(days=2)
    stage.expects(len(rose.phone.history) == heard, "Nothing more should come after the closing.")


async def written_back(stage: Stage) -> None:
    """The closing says that Rose can still write: her words go to the person whose name stood above it."""
    rose, amara = stage.actor("Rose"), stage.actor("Amara")
    await rose.says(THANKS)
    stage.expects(len(amara.having(THANKS)) == 1, "Amara should have what Rose wrote, once.")
    await rose.taps("The answer may come")  # with the plan her yes to its messages has ended
    await amara.says(ANSWER, reply_to=amara.having(THANKS)[0].message_id)
    stage.expects(len(rose.having(ANSWER)) == 1, "Rose should have Amara's answer, once.")
