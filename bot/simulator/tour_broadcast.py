"""The tour's second part: a broadcast from its first question to its report, and a fact put right."""

from bot.simulator.messages import Message
from bot.simulator.tour_beginning import APPROVED
from bot.simulator.tour_stage import Actor, Stage

LINE = "I shall bring my lemon cake."
WHERE, RIGHT_PLACE = "the community hall", "the church hall"
BENGALI = "আমাদের"
REACHED = ("Ben", "Dalia", "Chidi")


async def prepared(stage: Stage) -> None:
    """Grace has blocked the bot and it does not know: the preview counts her, the report will not."""
    stage.actor("Grace").phone.has_long_blocked()
    amara = stage.actor("Amara")
    await draft(amara, "loneliness", line=LINE)
    amara.button("*(4)")
    sample = exact(amara)
    for words in ("Amara", LINE, APPROVED, WHERE):
        stage.expects(words in sample.text, f"The exact message should hold “{words}”.")


async def draft(champion: Actor, topic: str, line: str = "") -> None:
    """Every question up to the preview; the shipped topics used here ask for a choice, a place, a day and a time."""
    await champion.says("/broadcast")
    await champion.taps(f"b:*:topic:{topic}")
    await champion.taps("b:*:v:*")
    await champion.says(WHERE)
    await champion.taps("b:*:v:*")
    await champion.says("2:30pm")
    await (champion.says(line) if line else champion.taps("b:*:none"))
    champion.button("b:*:send")


def exact(champion: Actor) -> Message:
    """The bubble of the preview that shows what a resident will get."""
    return champion.button("sample")[0]


async def called_back(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.taps("b:*:send")
    await stage.passes(seconds=30)
    await amara.taps("undo:*")
    await stage.passes(minutes=2)
    got = [name for name in REACHED if stage.actor(name).ever_heard(LINE)]
    stage.expects(not got, f"Nobody should have got it, but {', '.join(got)} did.")


async def sent(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.taps("redo:*")
    promised = exact(amara).html
    await amara.taps("b:*:send")
    await stage.passes(seconds=70)
    for name in REACHED:
        copies = stage.actor(name).ever_heard(LINE)
        stage.expects(copies == 1, f"{name} should have it once, and has it {copies} times.")
    ben, dalia = stage.actor("Ben").having(LINE)[0], stage.actor("Dalia").having(LINE)[0]
    stage.expects(ben.html == promised, "Ben should get to the letter what the preview showed.")
    stage.expects(BENGALI in dalia.text, "Dalia should read it in Bengali.")


async def report(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.taps("report:*")
    amara.sees("Grace")
    stage.expects(amara.has_button("takeback:*"), "Amara should be able to take it back.")


async def helpful(stage: Stage) -> None:
    ben, amara = stage.actor("Ben"), stage.actor("Amara")
    toasts = len(ben.phone.toasts)
    await ben.taps("helpful:*")
    stage.expects(len(ben.phone.toasts) > toasts, "Ben should be thanked for his tap.")
    before = amara.last.text
    await amara.taps("report:*")
    stage.expects(amara.last.text != before, "The report should count the tap.")


async def corrected(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.taps("correct:*")
    await amara.taps("b:*:keep")
    await amara.says(RIGHT_PLACE)
    for _ in range(3):
        await amara.taps("b:*:keep")
    await amara.taps("b:*:send")
    await stage.passes(seconds=10)
    for name in ("Ben", "Chidi"):
        resident = stage.actor(name)
        stage.expects(not resident.having(WHERE), f"The wrong place should be gone from {name}'s phone.")
        stage.expects(len(resident.having(RIGHT_PLACE)) == 1, f"The right place should stand on {name}'s phone.")
        stage.expects(RIGHT_PLACE not in resident.last.text, f"{name} should be told of the change.")
