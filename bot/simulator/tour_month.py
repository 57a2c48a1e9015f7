"""The tour's sixth part: how an ordinary check-in goes, what silence does, and a small worry that ends well."""

from bot.simulator.tour_home import HELLO
from bot.simulator.tour_stage import Stage

NO_BREATH = "No, none of these"
AT_TEN = 10
RING = "Rose would like a ring.\n"  # the alert; the question whether somebody will be there goes on in the same line


async def asked(stage: Stage) -> None:
    """It is ten in the morning: the neutral question is on Rose's phone, and nothing else."""
    rose = stage.actor("Rose")
    before = rose.ever_heard(HELLO)
    await stage.comes(hour=AT_TEN)
    stage.expects(rose.ever_heard(HELLO) == before + 1, "Rose should be asked once whether now is a good time.")
    rose.sees("Hello Rose, it is Amara", HELLO)


async def answers(stage: Stage, *said: str) -> None:
    """Rose has a moment: each answer is tapped, or typed when no button bears it."""
    rose = stage.actor("Rose")
    await rose.taps("ci:now:*")
    for one in said:
        await (rose.taps(one) if rose.has_button(one) else rose.says(one))


async def first_day(stage: Stage) -> None:
    """Four questions in one bubble; when it ends nothing of them can be read over Rose's shoulder."""
    rose = stage.actor("Rose")
    await asked(stage)
    await answers(stage, NO_BREATH, "No", "Yes", "Yes")
    rose.sees("Thank you, Rose", "read your answers", "999")
    stage.expects(not rose.having("one of your legs"), "No question should stay on Rose's phone.")
    heard = stage.actor("Amara").ever_heard(RING)
    stage.expects(heard == 0, "Amara should not be rung for good answers.")


async def typed_day(stage: Stage) -> None:
    """Later today, and then typed instead of tapped."""
    rose = stage.actor("Rose")
    await asked(stage)
    await rose.taps("ci:later:*")
    rose.sees("ask again at about")
    await stage.comes(hour=19)
    stage.expects(rose.has_button("ci:now:*"), "Rose should be asked again on the same day.")
    await answers(stage, "nope", "no", "yes please", "I manage")
    rose.sees("Thank you, Rose")


async def silent_day(stage: Stage) -> None:
    """Day 3 is free. On day 4 Rose does not answer: one reminder, then nothing more that day."""
    rose, elif_ = stage.actor("Rose"), stage.actor("Elif")
    await stage.comes(hour=9, days=1)
    await asked(stage)
    await stage.passes(hours=6, minutes=1)
    rose.sees("it is Amara again", HELLO)
    heard = len(rose.phone.history)
    await stage.comes(hour=AT_TEN)
    stage.expects(len(rose.phone.history) - heard <= 1, "Rose should be reminded once and then left in peace.")
    await stage.comes(hour=9, minute=30)
    stage.expects(bool(elif_.having("No answer since yesterday: Rose.")), "Elif's morning digest should name Rose.")


async def small_worry(stage: Stage) -> None:
    """Day 7: a lift is wanted. Amara hears that Rose would like a ring, and not why; Rose hears who will ring."""
    rose, amara = stage.actor("Rose"), stage.actor("Amara")
    await stage.comes(hour=9)
    await asked(stage)
    await answers(stage, NO_BREATH, "No", "Yes", "I need a way to get there")
    amara.sees(RING)
    stage.expects("appointment" not in amara.last.text, "Amara should not see what Rose answered: Rose said no to it.")
    await amara.taps("concern:take:*")
    stage.expects(rose.ever_heard("Amara will ring you") == 1, "Rose should hear who will ring, and by when.")
    await amara.taps("concern:spoken:*")
    await amara.taps("concern:out:*:helped")
    await amara.says("I drive her on Monday.")
