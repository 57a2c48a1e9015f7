import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from telegram import error as tg

from bot.conversations import errors
from bot.simulator.faults import Trouble
from tests.cast import TestTown

GONE = Exception("gone")


@pytest.mark.parametrize(
    ("error", "innocent"),
    [
        (tg.NetworkError("httpx.ConnectError"), True),
        (tg.TimedOut(), True),
        (tg.RetryAfter(5), True),
        (tg.InvalidToken(), True),
        (OperationalError("SELECT", {}, GONE), True),
        (InterfaceError("SELECT", {}, GONE), True),
        (PoolTimeout("no connection"), True),
        (ConnectionError("reset"), True),
        (tg.BadRequest("can't parse entities"), False),
        (IntegrityError("INSERT", {}, GONE), False),
        (KeyError("phrase"), False),
        (ValueError("ours"), False),
    ],
)
def test_what_is_the_fault_of_the_line_and_what_is_ours(error: Exception, innocent: bool) -> None:
    assert errors.is_of_the_line(error) is innocent


async def test_a_tap_whose_edit_did_not_arrive_is_answered_when_the_line_is_back(town: TestTown) -> None:
    await town.ben.says("/language")
    if not town.ben.buttons:
        return
    town.telegram.faults.next(Trouble.CONNECT_TIMEOUT, methods="editMessageText")
    before = [message.text for message in town.ben.phone.history]
    await town.ben.taps(town.ben.buttons[0])
    for _ in range(3):
        town.clock.jump(10)
        await town.settle()
    assert [message.text for message in town.ben.phone.history] != before


async def test_a_stranger_who_cannot_be_told_of_a_fault_does_no_harm(town: TestTown) -> None:
    bot = town.town.app.bot
    await errors.apologize(town.runtime, bot, 0)
    await errors.apologize(town.runtime, bot, -5)
    await errors.apologize(town.runtime, bot, 424242)
    assert town.farid.sees == []
