"""Circles and people at the desk: who leads what, who is in it, and one person with what they agreed to."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import champions, invitations, privacy
from bot.actions import directory as actions
from bot.domain.people import Role
from bot.domain.reach import Reach
from bot.runtime import Runtime
from bot.web.desk import Desk, Pages

LOOKS = {Reach.GETS: "good", Reach.UNREACHABLE: "amber", Reach.STOPPED: "amber"}
LONGEST_SEARCH = 64


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/people", overview),
        pages.shows("/people/all", everybody),
        pages.shows("/people/{id:int}", one),
        pages.shows("/people/{id:int}/erase", ask_to_erase),
        pages.does("/people/{id:int}/erase", erase),
        pages.shows("/people/champions/{id:int}/end", ask_to_end_task),
        pages.does("/people/champions/{id:int}/end", end_task),
    ]


def page_asked(desk: Desk) -> int:
    """Which page of a long list, from 1."""
    asked = desk.asked("page")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def look_of(reach: Reach) -> str:
    return LOOKS.get(reach, "calm")


async def overview(desk: Desk) -> Response:
    """Every circle and every champion."""
    page = page_asked(desk)
    circles, last = await actions.circles(desk.runtime, page)
    champions = await actions.champions(desk.runtime)
    return desk.show(
        "people.html",
        circles=circles,
        page=min(page, last),
        last=last,
        champions=champions,
        links=await invitations.unused(desk.runtime, desk.id),
        covers={champion.person.id: champion.absence for champion in champions if champion.absence},
        closed=await actions.closed(desk.runtime),
        look_of=look_of,
    )


async def everybody(desk: Desk) -> Response:
    """Whoever has ever written to the bot, found by first name."""
    name, page = desk.asked("name")[:LONGEST_SEARCH], page_asked(desk)
    people, count, last = await actions.people(desk.runtime, name, page)
    values = {"name": name, "people": people, "count": count, "page": min(page, last), "last": last}
    return desk.show("people_all.html", **values, look_of=look_of, tasks_of=lambda roles: _tasks(desk, roles))


def _tasks(desk: Desk, roles: frozenset[Role]) -> str:
    """What somebody does here, in words."""
    named = [desk.plain(f"desk_people.role_{role.value}") for role in Role if role in roles]
    return ", ".join(named) or desk.plain("desk_people.role_resident")


async def one(desk: Desk) -> Response:
    """One person: nothing they wrote, nothing about their health."""
    page = await actions.person(desk.runtime, desk.id, desk.number())
    person, hours = page.known.person, page.hours
    start, end = (desk.runtime.clock_time(at.hour, at.minute, desk.language) for at in (hours.start, hours.end))
    language = desk.runtime.catalogue.phrases.plain(person.language, "language.name")
    return desk.show(
        "person.html",
        view=page,
        person=person,
        tasks=_tasks(desk, page.known.roles),
        is_champion=Role.CHAMPION in page.known.roles,
        language_name=language,
        hours=desk.plain("desk_people.from_to", start=start, end=end),
        zone=hours.zone,
        since=_since(page),
        look=look_of(page.known.reach),
    )


def _since(page: actions.PersonPage) -> object:
    """Since when it is as it is, or until when."""
    person = page.known.person
    moments = {Reach.STOPPED: person.stopped_at, Reach.UNREACHABLE: person.unreachable_at}
    return moments.get(page.known.reach)


async def ask_to_end_task(desk: Desk) -> Response:
    """The first of two steps: whom it concerns that this champion is one no more."""
    one = await champions.view(desk.runtime, desk.id, desk.number())
    question = desk.say(
        "circles.champion_end_question",
        name=one.person.name,
        circles=[circle.name for circle in one.circles],
        members=one.members,
        looked_after=one.looked_after,
    )
    return desk.show("person_end_task.html", person=one.person, question=question)


async def end_task(desk: Desk) -> Response:
    champion = await champions.end_champion(desk.runtime, desk.id, desk.number())
    return desk.go(f"/people/{champion.id}", "circles.champion_end_done", name=champion.name)


async def ask_to_erase(desk: Desk) -> Response:
    """The first of two steps: what will be gone."""
    return await _erase_page(desk, 200, "")


async def _erase_page(desk: Desk, status: int, fault: str) -> Response:
    page = await actions.person(desk.runtime, desk.id, desk.number())
    return desk.show("person_erase.html", status, view=page, person=page.known.person, fault=fault)


async def erase(desk: Desk) -> Response:
    if desk.given("asked") != "yes":
        return await _erase_page(desk, 422, desk.plain("desk_people.erase_unasked"))
    person = await privacy.forget_for(desk.runtime, desk.id, desk.number())
    return desk.go("/people/all", "desk_people.erased", name=person.name)
