"""The tour's last part: people stop, the night is quiet, a message is taken back, and somebody is forgotten."""

from bot.simulator.tour_broadcast import draft, exact
from bot.simulator.tour_stage import Stage

LATER_LINE = "I have been twice, it is fun."


async def word(stage: Stage) -> None:
    dalia = stage.actor("Dalia")
    await dalia.says("Stop!")
    stage.expects(dalia.has_button("goon:*"), "Dalia should be stopped, with a way back.")


async def evening(stage: Stage) -> None:
    """Eight days later the cap of one a week is over. Dalia has stopped, Grace is out of reach: both are named."""
    amara = stage.actor("Amara")
    await stage.comes(hour=21, days=8)
    await draft(amara, "falls", line=LATER_LINE)
    amara.button("*(2)")
    amara.sees("Dalia", "Grace")
    stage.expects(LATER_LINE in exact(amara).text, "The preview should hold Amara's line.")
    await amara.taps("b:*:send")
    await stage.passes(hours=1)
    _nobody_has_it(stage, "Ben", "Chidi")


def _nobody_has_it(stage: Stage, *names: str) -> None:
    for name in names:
        stage.expects(stage.actor(name).ever_heard(LATER_LINE) == 0, f"{name} should not have got it.")


async def button(stage: Stage) -> None:
    """Chidi taps Stop below the old message while the new one already waits for him."""
    chidi = stage.actor("Chidi")
    await chidi.taps("stop*")
    stage.expects(chidi.has_button("goon:*"), "Chidi should be stopped, with a way back.")


async def morning(stage: Stage) -> None:
    await stage.comes(hour=10)
    copies = stage.actor("Ben").ever_heard(LATER_LINE)
    stage.expects(copies == 1, f"Ben should have it once in the morning, and has it {copies} times.")
    _nobody_has_it(stage, "Dalia", "Chidi", "Grace")


async def taken_back(stage: Stage) -> None:
    amara, ben = stage.actor("Amara"), stage.actor("Ben")
    await amara.taps("report:*")
    await amara.taps("takeback:*")
    await amara.taps("takeback:*:yes")
    await stage.passes(seconds=10)
    stage.expects(not ben.having(LATER_LINE), "The message should be gone from Ben's phone.")


async def my_data(stage: Stage) -> None:
    ben = stage.actor("Ben")
    await ben.says("/mydata")
    media = ben.last.media
    stage.expects(media is not None and media.kind == "document", "Ben should get all of it as a file too.")
    held = (media.content if media else b"").decode()
    stage.expects("Is there a step at the door?" in held, "The file should hold what Ben wrote.")
    stage.expects("Chidi" not in held, "The file should hold nobody else.")


async def forgotten(stage: Stage) -> None:
    ben, amara = stage.actor("Ben"), stage.actor("Amara")
    await ben.says("/forget")
    await ben.taps("forget:yes")
    count = len(ben.phone.history)
    await stage.passes(days=1)
    stage.expects(len(ben.phone.history) == count, "Ben should not be written to any more.")
    await amara.says("/circle")
    stage.expects("Ben" not in amara.last.text, "Amara's circle should not know Ben any more.")
    await ben.says("/start")
    stage.expects("Amara" not in ben.last.text, "The bot should meet Ben as a stranger.")
