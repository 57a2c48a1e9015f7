"""Care that is over leaves no more behind than it must: cards nobody used, old answers, and a yes without a purpose."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import enrolling, notices
from bot.actions import people as people_actions
from bot.actions.one_by_one import one_by_one
from bot.catalogue.fields import show_date
from bot.domain.checkins import Enrolment as State
from bot.runtime import Runtime
from bot.store import concerns as concern_store
from bot.store import enrolments as enrolment_store
from bot.store import machine
from bot.store import people as people_store
from bot.store import retention as store
from bot.store.enrolments import Enrolment
from bot.store.people import Person

AT_ONCE = 200  # of each kind, at each ring
PLAN_ENDED, CARD_OVER = "plan-ended", "card-over"
"""Stand in a consent where the version of the words would: nobody was asked, what they said yes to is over."""


async def tidy(runtime: Runtime) -> int:
    """Returns how many things were put away."""
    now = runtime.now()
    before = now - timedelta(days=runtime.place.keep_answers_days)
    async with runtime.database.read() as tx:
        over = await store.cards_over(tx, now, AT_ONCE)
        old = await store.with_old_answers(tx, before, AT_ONCE)
        done = await store.cared_for_no_more(tx, enrolling.PURPOSES, AT_ONCE)
    return await _cards(runtime, over) + await _answers(runtime, old) + await _consents(runtime, done)


async def _cards(runtime: Runtime, over: list[int]) -> int:
    """A card that was too old before anybody began: its link is dead, and whoever made it is told once."""

    async def put_away(enrolment_id: int) -> bool:
        async with runtime.database.write() as tx:
            enrolment = await enrolment_store.by_id(tx, enrolment_id)
            if enrolment is None or enrolment.state is not State.INVITED or not await _tell(tx, runtime, enrolment):
                return False
            if enrolment.person_id and not await _is_needed_still(tx, enrolment):
                await enrolling.withdraw(tx, enrolment.person_id, CARD_OVER, runtime.now())
            await store.remove_card(tx, enrolment_id)
            await machine.note(tx, runtime.now(), None, "card_never_used", f"enrolment:{enrolment_id}")
            return True

    return await one_by_one(over, put_away)


async def _is_needed_still(tx: AsyncConnection, card: Enrolment) -> bool:
    """What its holder said yes to also counts for something else of theirs that goes on, or is a worry still."""
    holder, states = card.person_id or 0, (State.INVITED, State.WAITING, *enrolment_store.LIVING)
    others = [one for one in await enrolment_store.of_person(tx, holder, states) if one.id != card.id]
    return bool(others or await concern_store.not_closed(tx, holder))


async def _tell(tx: AsyncConnection, runtime: Runtime, card: Enrolment) -> bool:
    """Somebody may be at home whom nobody asks: the coordinator who made the card knows for whom it was.

    False while there is nobody who could be told: the card waits, although it works no more.
    """
    everybody = await people_actions.coordinators(tx)
    holder = await people_store.find(tx, card.person_id) if card.person_id else None
    for reader in [one for one in everybody if one.id == card.invited_by] or everybody:
        await _never_used(tx, runtime, card, holder, reader)
    return bool(everybody)


async def _never_used(
    tx: AsyncConnection, runtime: Runtime, card: Enrolment, holder: Person | None, reader: Person
) -> None:
    made = runtime.day(card.created_at, runtime.place.zone, reader.language)
    said = {"name": holder.name if holder else "", "made": made, "home": show_date(card.home_on, reader.language)}
    key, names = f"card-over:{card.id}:{reader.id}", (holder.id,) if holder else ()
    await notices.to_worker(tx, runtime, reader, key, "enrolling.card_never_used", None, names, None, **said)


async def _answers(runtime: Runtime, old: list[int]) -> int:
    """Answers are erased so many days after the plan has ended; `place.toml` says how many."""

    async def erase(enrolment_id: int) -> bool:
        async with runtime.database.write() as tx:
            return await store.erase_answers(tx, enrolment_id) > 0

    return await one_by_one(old, erase)


async def _consents(runtime: Runtime, done: list[int]) -> int:
    """A yes was given for this plan: a later one asks anew (promise 1)."""

    async def end(person_id: int) -> bool:
        async with runtime.database.write() as tx:
            if not await store.is_cared_for_no_more(tx, enrolling.PURPOSES, person_id):
                return False
            await enrolling.withdraw(tx, person_id, PLAN_ENDED, runtime.now())
            return True

    return await one_by_one(done, end)
