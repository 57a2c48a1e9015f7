"""Somebody blocks the bot, leaves Telegram, or comes back."""

from sqlalchemy import select

from bot.store.schema import broadcasts, consents, deliveries, people
from tests.cast import TestTown


async def one(town: TestTown, name: str) -> dict:  # type: ignore[type-arg]
    telegram_id = town.person(name).phone.user_id
    async with town.runtime.database.read() as tx:
        row = (await tx.execute(select(people).where(people.c.telegram_id == telegram_id))).mappings().first()
        return dict(row) if row else {}


async def reasons(town: TestTown, name: str) -> set[str]:
    query = select(deliveries.c.reason).where(deliveries.c.person_id == await town.id_of(name))
    async with town.runtime.database.read() as tx:
        return set((await tx.execute(query)).scalars())


async def test_blocking_makes_unreachable_and_unblocking_asks_whether_to_go_on(town: TestTown) -> None:
    await town.is_ready()
    ben = town.ben
    await ben.blocks()
    assert (await one(town, "Ben"))["unreachable_why"] == "blocked"

    await town.sends("loneliness")
    await ben.unblocks()
    assert "Shall they go on?" in ben.last
    await town.passes(hours=1)
    assert ben.heard("it is Amara") == 0

    await ben.taps("Go on with my messages")
    await town.passes(days=8)
    await town.sends("falls")
    assert ben.heard("it is Amara") == 1


async def test_promise_2_a_block_clears_what_waits_and_403_says_the_same_without_a_word(town: TestTown) -> None:
    await town.is_ready()
    town.telegram.phone("Ben").blocks()
    town.telegram.phone("Dalia").deletes_account()
    amara = await town.drafts("loneliness")
    await amara.taps(next(label for label in amara.buttons if label.startswith("Send now")))
    await town.passes(seconds=61)

    assert (await one(town, "Dalia"))["unreachable_why"] == "account_gone"
    assert await reasons(town, "Dalia") == {"account_gone"}
    assert (await one(town, "Ben"))["unreachable_why"] == "blocked"


async def test_promise_1_another_circle_joined_after_a_block_does_not_revive_the_first(town: TestTown) -> None:
    await town.is_ready()
    await town.has_champion("Sanjay", "Tuesday tea")
    await town.ben.blocks()
    await town.joins("Ben", "Sanjay")

    await town.sends("loneliness", "Amara")
    await town.sends("falls", "Sanjay")

    assert town.ben.heard("it is Amara") == 0
    assert town.ben.heard("it is Sanjay") == 1
    async with town.runtime.database.read() as tx:
        query = select(consents.c.wording, consents.c.given).where(consents.c.person_id == await town.id_of("Ben"))
        said = [tuple(row) for row in await tx.execute(query.order_by(consents.c.id))]
    assert said == [("circle-1", True), ("blocked", False), ("circle-1", True)]


async def test_start_after_a_block_brings_the_question_once(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.blocks()
    before = town.ben.heard("Shall they go on?")
    town.ben.phone.unblocks()
    town.ben.phone.types("/start")
    await town.settle()
    assert town.ben.heard("Shall they go on?") == before + 1

    await town.passes(minutes=1)
    await town.ben.says("/start")
    assert town.ben.heard("Shall they go on?") == before + 2


async def test_a_stranger_who_blocks_and_unblocks_is_not_written_down_and_not_asked(town: TestTown) -> None:
    await town.farid.says("/start")
    await town.farid.says("/forget")
    await town.farid.taps("Yes, erase everything")
    await town.farid.blocks()
    await town.farid.unblocks()

    assert await one(town, "Farid") == {}
    assert town.farid.heard("Shall they go on?") == 0


async def test_a_champion_who_blocks_the_bot_halts_their_broadcast_and_replies_go_to_coordinators(
    town: TestTown,
) -> None:
    await town.is_ready()
    await town.sends("loneliness")
    await town.passes(days=8)
    amara = await town.drafts("falls")
    await amara.taps(next(label for label in amara.buttons if label.startswith("Send now")))
    await amara.blocks()
    await town.passes(minutes=2)
    await town.ben.says("Is the lunch club open?")

    assert "Elif" in town.ben.last
    assert town.elif_.heard("Is the lunch club open?") == 1
    async with town.runtime.database.read() as tx:
        states = list((await tx.execute(select(broadcasts.c.state).order_by(broadcasts.c.id))).scalars())
    assert states == ["finished", "undone"]


async def test_whoever_writes_while_we_thought_them_gone_can_be_reached_and_is_asked_at_start(town: TestTown) -> None:
    await town.is_ready()
    await town.ben.blocks()
    town.telegram.phone("Ben").opens("")  # both updates arrive, in order
    await town.settle()

    found = await one(town, "Ben")
    assert found["unreachable_at"] is None
    assert found["stopped_at"] is not None
    assert "Shall they go on?" in town.ben.last
