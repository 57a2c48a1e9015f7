"""A circle goes to another champion, person by person. Consent is to a person (promise 1): nobody is moved.

First the other champion says yes. Then each of the circle's people gets one question. Whoever says yes joins the new
circle by that yes; whoever says no, or nothing, stays where they are until that circle closes.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import circles, notices, on_behalf, readers
from bot.actions import people as people_actions
from bot.actions.away import Candidate
from bot.domain.circles import Circle
from bot.domain.deliveries import Kind
from bot.domain.errors import NotFound, NotNow
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import circles as circle_store
from bot.store import companions as companion_store
from bot.store import deliveries as delivery_store
from bot.store import handovers as store
from bot.store import machine
from bot.store import people as people_store
from bot.store.deliveries import New
from bot.store.handovers import Handover
from bot.store.people import Person

WORDING = "handover-1"  # the version of the words they said yes to; count it up when `circles.moving_question` changes
QUESTION_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """How far a handing over is. `asked`, `agreed`, `declined`: people of the circle; the rest has not answered."""

    handover: Handover
    champion: Person
    asked: int = 0
    agreed: int = 0
    declined: int = 0


@dataclass(frozen=True)
class _Change:
    """From whom to whom; `into` is the circle that people are asked to join."""

    handover: Handover
    circle: Circle
    old: Person
    new: Person
    into: Circle


async def candidates(runtime: Runtime, actor_id: int, circle_id: int) -> list[Candidate]:
    """Champions who could take it over, by name."""
    async with runtime.database.read() as tx:
        circle = await _open_circle(tx, actor_id, circle_id)
        willing, led = await companion_store.willing(tx), await circle_store.names_by_champion(tx)
    found = [Candidate(one, led.get(one.id, [])) for one in willing if one.id != circle.champion_id]
    return sorted(found, key=lambda one: one.person.name.casefold())


async def _open_circle(tx: AsyncConnection, actor_id: int, circle_id: int) -> Circle:
    circle = await on_behalf.circle(tx, actor_id, circle_id)
    if circle.closed_at is not None or circle.champion_id is None:
        raise NotFound("circles.gone")
    return circle


async def _could_lead(tx: AsyncConnection, runtime: Runtime, circle: Circle, person: Person) -> bool:
    is_champion = Role.CHAMPION in await people_store.roles_of(tx, person.id)
    return is_champion and person.id != circle.champion_id and await readers.can_read(tx, runtime, person)


async def ask(runtime: Runtime, actor_id: int, circle_id: int, champion_id: int) -> Person:
    """Ask another champion to take the circle over. An earlier question to somebody else is void from now on.

    Asked by its champion, or by a coordinator; then its champion is told. The same question twice is one.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        circle = await _open_circle(tx, actor_id, circle_id)
        new = await people_store.find(tx, champion_id)
        if new is None or not await _could_lead(tx, runtime, circle, new):
            raise NotFound("circles.cannot_lead")
        before = await store.of_circle(tx, circle_id)
        if before and before[0].champion_id == champion_id and before[0].answer == "":
            return new
        if len(before) >= store.MOST_ASKED:
            raise NotNow("circles.asked_too_often")
        await _ask_champion(tx, runtime, circle, new, len(before) + 1)
        await machine.note(tx, now, actor_id, "handover_asked", f"circle:{circle_id}")
        await _tell_of_asking(tx, runtime, actor_id, circle, new)
        return new


async def _ask_champion(tx: AsyncConnection, runtime: Runtime, circle: Circle, new: Person, number: int) -> None:
    now, language = runtime.now(), new.language
    key = store.key(circle.id, number)
    old = await people_store.by_id(tx, circle.champion_id or 0)
    words = {"champion": old.name, "circle": circle.name, "members": await circle_store.count_members(tx, circle.id)}
    body, until = runtime.say(language, "circles.handover_question", **words), now + notices.WORK_LASTS
    buttons = [
        [notices.button(runtime, language, "buttons.handover_yes", f"hand:yes:{circle.id}:{number}")],
        [notices.button(runtime, language, "buttons.cover_no", f"hand:no:{circle.id}:{number}")],
    ]
    extra, named = store.fresh(circle.id), (old.id,)
    row = New(key, new.id, Kind.WORK, now, until, body, buttons, extra=extra, language=language, names=named)
    await delivery_store.put(tx, [row], now)


async def _tell_of_asking(tx: AsyncConnection, runtime: Runtime, actor_id: int, circle: Circle, new: Person) -> None:
    if actor_id == circle.champion_id:
        return
    old, actor = await people_store.by_id(tx, circle.champion_id or 0), await people_store.by_id(tx, actor_id)
    words = {"coordinator": actor.name, "circle": circle.name, "to": new.name}
    key = f"handover-begun:{circle.id}:{new.id}:{int(runtime.now().timestamp())}"
    named = (actor.id, new.id)
    await notices.to_worker(tx, runtime, old, key, "circles.handover_begun", None, named, None, **words)


async def answer(runtime: Runtime, champion_id: int, circle_id: int, number: int, agrees: bool) -> Circle:
    """The other champion says yes or no. On yes they get a circle of the same name, and its people are asked.

    Returns that circle, or the old one after a no. Raises NotFound when it is over, or was answered the other way.
    """
    said = "yes" if agrees else "no"
    async with runtime.database.write() as tx:
        asked = await store.of_circle(tx, circle_id)
        circle = await circle_store.by_id(tx, circle_id)
        mine = asked[0] if asked and len(asked) == number and asked[0].champion_id == champion_id else None
        if mine is None or circle is None or circle.closed_at is not None or mine.answer not in ("", said):
            raise NotFound("circles.cover_over")
        if mine.answer == "":
            return await _answered(tx, runtime, mine, circle, agrees)
        return await circle_store.by_id(tx, mine.into) or circle


async def _answered(tx: AsyncConnection, runtime: Runtime, mine: Handover, circle: Circle, agrees: bool) -> Circle:
    now, new = runtime.now(), await people_store.by_id(tx, mine.champion_id)
    old = await people_store.by_id(tx, circle.champion_id or 0)
    into = await circles.create_within(tx, runtime, new.id, circle.name) if agrees else circle
    await store.answered(tx, mine, "yes" if agrees else "no", into.id if agrees else 0)
    if agrees:
        await _ask_people(tx, runtime, _Change(mine, circle, old, new, into))
    await machine.note(tx, now, new.id, "handover_agreed" if agrees else "handover_declined", f"circle:{circle.id}")
    for person in {one.id: one for one in [old, *await people_actions.coordinators(tx)]}.values():
        words = {"to": new.name, "circle": circle.name, "agreed": agrees}
        key, named = f"handover-answer:{mine.id}:{person.id}", (new.id,)
        await notices.to_worker(tx, runtime, person, key, "circles.handover_answered", None, named, None, **words)
    return into


async def _ask_people(tx: AsyncConnection, runtime: Runtime, change: _Change) -> None:
    everybody = await circle_store.members(tx, change.circle.id)
    rows = [_question(runtime, change, person) for person in everybody if person.id != change.new.id]
    await delivery_store.put(tx, rows, runtime.now())


def _question(runtime: Runtime, change: _Change, person: Person) -> New:
    """One question to one person, through the same gate as every message of the old circle."""
    now, language = runtime.now(), person.language
    handover, name = change.handover.id, change.new.name
    words = {"name": person.name, "champion": change.old.name, "circle": change.circle.name, "to": name}
    buttons = [
        [notices.button(runtime, language, "buttons.join_yes", f"move:yes:{handover}", champion=name)],
        [notices.button(runtime, language, "buttons.join_no", f"move:no:{handover}")],
    ]
    body = runtime.say(language, "circles.moving_question", per_week=runtime.place.caps.per_week, **words)
    key, until, named = _moving_key(change.handover, person.id), now + QUESTION_LASTS, (change.old.id, change.new.id)
    shared = {"language": language, "names": named, "circle_id": change.circle.id}
    return New(key, person.id, Kind.NOTICE, now, until, body, buttons, **shared)  # type: ignore[arg-type]


def _moving_key(handover: Handover, person_id: int) -> str:
    return f"{circles.moving_prefix(handover.circle_id)}{handover.id}:{person_id}"


async def move(runtime: Runtime, person_id: int, handover_id: int, agrees: bool) -> circles.Welcome:
    """A person's own answer: consent and membership on yes, a recorded no on no. Safe to repeat.

    Raises NotFound for whoever was not asked, or when the new circle is not there any more.
    """
    now = runtime.now()
    async with runtime.database.write() as tx:
        handover = await store.by_id(tx, handover_id)
        asked = handover and await delivery_store.by_key(tx, _moving_key(handover, person_id))
        into = await circle_store.by_id(tx, handover.into) if handover and asked else None
        if handover is None or into is None or into.champion_id is None or into.closed_at is not None:
            raise NotFound("circles.gone_link")
        if agrees:
            await circles.join_within(tx, person_id, into.id, WORDING, now)
            await circles.leave_within(tx, person_id, handover.circle_id, WORDING, now)
        else:
            await _stays(tx, person_id, into.id, runtime)
        return circles.Welcome(into, await people_store.by_id(tx, into.champion_id), agrees)


async def _stays(tx: AsyncConnection, person_id: int, into: int, runtime: Runtime) -> None:
    """A no is recorded as well; after a yes it is the way out again."""
    now = runtime.now()
    if (Purpose.BROADCASTS, into) in await people_store.standing_consents(tx, person_id):
        await circles.leave_within(tx, person_id, into, WORDING, now)
    else:
        await people_store.record_consent(tx, person_id, Purpose.BROADCASTS, False, WORDING, now, into)


async def standing(runtime: Runtime, actor_id: int, circle_id: int) -> Standing | None:
    """Where the last handing over of a circle is; None when nobody was asked."""
    async with runtime.database.read() as tx:
        circle = await on_behalf.circle(tx, actor_id, circle_id)
        asked = await store.of_circle(tx, circle.id)
        champion = await people_store.find(tx, asked[0].champion_id) if asked else None
        if not asked or champion is None:
            return None
        if asked[0].answer != "yes":
            return Standing(asked[0], champion)
        people = await store.count_asked(tx, f"{circles.moving_prefix(circle.id)}{asked[0].id}:")
        return Standing(asked[0], champion, people, *await store.said(tx, asked[0].into, WORDING))
