"""/start and /help by somebody who is looked after and in no circle: they are told what is going on with them."""

from tests.cast import TestTown
from tests.conversations.test_discharge import makes_card


async def test_start_tells_whoever_is_in_no_circle_how_it_stands_with_their_check_ins(town: TestTown) -> None:
    elif_ = await town.has_coordinator()
    await town.approves_plans()
    ben = town.ben
    await ben.says("/start")
    assert "open the link that your champion gave you" in ben.last and "/home is for that" in ben.last
    await ben.says("/help")
    assert "A coordinator reads them" in ben.last

    await ben.says("/home")
    await ben.taps("Yes, please ask for me")
    await ben.says("/start")
    assert "A coordinator looks at it, and the answer comes here." in ben.last
    assert "your champion" not in ben.last

    dalia = town.dalia
    await dalia.opens(await makes_card(elif_))
    await dalia.says("/start")
    assert "Nothing begins before you say yes. Tap below to go on." in dalia.last
    assert "hospital" not in dalia.last
    await dalia.taps("Go on")
    assert "What it is" in dalia.last


async def test_start_tells_when_the_next_questions_come_and_help_fits(town: TestTown) -> None:
    number, ben = await town.is_home("Ben", named="", backup=""), town.ben
    await ben.says("/start")
    assert "Your next questions come on Tuesday 6 October, 10am. /home shows what comes" in ben.last
    assert "somebody reads it" in ben.last and "champion" not in ben.last
    await ben.says("/help")
    assert "A coordinator reads them." in ben.last and "champion" not in ben.last
    assert "/home shows when the next questions come" in ben.last
    await ben.says("Is anybody there?")
    assert town.elif_.heard("Is anybody there?") == 1, "and that is true"

    await ben.says("/home")
    await ben.taps("Back in hospital")
    await ben.taps("Yes, back in hospital")
    await ben.says("/start")
    assert "Your questions rest for now." in ben.last
    await town.elif_.says("/start")
    assert "Your" not in town.elif_.last.replace("Your next", ""), "a coordinator hears of their own work only"
    assert number
