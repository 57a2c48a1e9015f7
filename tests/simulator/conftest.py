import pytest

from bot.simulator.phones import Phone
from tests.simulator.wire import Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ben(wire: Wire) -> Phone:
    """A resident who pressed Start a while ago."""
    phone = wire.telegram.phone("Ben", username="ben_k")
    phone.opens()
    wire.telegram.take_updates()
    return phone
