"""Somebody who is looked after types “chest pain” where nothing of the kind was asked (promise 6)."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import answering, present
from bot.actions.present import Now
from bot.domain.answers import red_answer
from bot.runtime import Runtime
from bot.store import checkins as store
from bot.store import enrolments as enrolment_store
from bot.store.checkins import CheckIn


async def heard(runtime: Runtime, person_id: int, words: str, message_id: int) -> Now | None:
    """The emergency words are due and a human is told, as after a red answer; None when these are no such words.

    In hospital, too: whoever is there may have gone home without a word to us. It stands with their last check-in,
    which stays as it was.
    """
    async with runtime.database.read() as tx:  # nearly everything that anybody types is something else
        if await _red(tx, runtime, person_id, words, message_id) is None:
            return None
    async with runtime.database.write() as tx:
        red = await _red(tx, runtime, person_id, words, message_id)
        return await _take(tx, runtime, *red, person_id, message_id) if red else None


async def _red(
    tx: AsyncConnection, runtime: Runtime, person_id: int, words: str, message_id: int
) -> tuple[Now, str] | None:
    """The question as if it were asked now, and the answer that the words give to it."""
    for enrolment in await enrolment_store.of_person(tx, person_id):
        checkin = await _nearest(tx, enrolment.id)
        current = await present.of(tx, runtime, checkin.id) if checkin else None
        red = red_answer(current.plan, words) if current else None
        if current and red:
            return answering.asking(current, red[0], message_id), red[1].id
    return None


async def _nearest(tx: AsyncConnection, enrolment_id: int) -> CheckIn | None:
    """The last one by its time that they were asked, or the first that is to come."""
    rows = await store.of_enrolment(tx, enrolment_id)
    asked = [one for one in rows if one.asked_at is not None]
    return asked[-1] if asked else next(iter(rows), None)


async def _take(
    tx: AsyncConnection, runtime: Runtime, current: Now, answer_id: str, person_id: int, message_id: int
) -> Now | None:
    """None when this very message was heard before."""
    key = current.checkin.queue[0]
    given = await store.add_answer(tx, current.checkin, key, answer_id, runtime.now(), message_id=message_id)
    if given is None:
        return None
    await enrolment_store.change(tx, current.enrolment.id, missed=0)
    chosen = current.plan.questions[key.partition(store.AGAIN)[0]].answer(answer_id)
    emergency = await answering.worry(tx, runtime, current, chosen, given, person_id)
    return replace(current, emergency=emergency)
