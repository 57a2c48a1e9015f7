"""The questions somebody is asked before check-ins begin, their order, and what is typed instead of a button."""

from dataclasses import dataclass

from bot.actions import companions, course, enrolling
from bot.actions.companions import Known
from bot.conversations.keyboards import Button, data, in_rows, parse
from bot.conversations.talk import Talk
from bot.domain.hours import Hours
from bot.domain.people import Purpose
from bot.store.standings import hours_of

ORDER = ("checkins", "tell_named", "see_answers", "phone", "time", "named", "backup", "check")
PURPOSE = {
    "checkins": Purpose.CHECKINS,
    "tell_named": Purpose.TELL_NAMED,
    "see_answers": Purpose.SEE_ANSWERS,
    "phone": Purpose.PHONE,
}
MOST_CHAMPIONS = 30
TIMES_IN_A_ROW = 4


@dataclass(frozen=True)
class Question:
    html: str
    rows: list[list[Button]]


async def next_of(talk: Talk, enrolment_id: int, step: str, way: int) -> str:
    """The next question that makes sense, or the one before: without a named person there is no backup."""
    said = await enrolling.consents(talk.runtime, talk.id)
    named = await companions.name_of(talk.runtime, enrolment_id, companions.NAMED)
    others = len(await companions.known_champions(talk.runtime, talk.id)) - bool(named)
    place = ORDER.index(step) + way
    while 0 < place < len(ORDER) - 1 and _pointless(ORDER[place], said, named, others):
        place += way
    return ORDER[max(0, min(place, len(ORDER) - 1))]


def _pointless(step: str, said: set[Purpose], named: str, others: int) -> bool:
    """`others`: how many could be the backup."""
    if step in ("see_answers", "named"):
        return Purpose.TELL_NAMED not in said
    return step == "backup" and (Purpose.TELL_NAMED not in said or not named or not others)


async def build(talk: Talk, enrolment_id: int, step: str) -> Question:
    makers = {"time": _time, "named": _companion, "backup": _companion, "check": _check}
    if step in PURPOSE:
        question = _consent(talk, enrolment_id, step)
    else:
        question = await makers[step](talk, enrolment_id, step)
    return Question(question.html, [*question.rows, await _way_out(talk, enrolment_id, step)])


async def _way_out(talk: Talk, enrolment_id: int, step: str) -> list[Button]:
    if step == ORDER[0]:
        back = talk.button("buttons.back", "en", "open", enrolment_id)
    else:
        before = await next_of(talk, enrolment_id, step, -1)
        back = talk.button("buttons.back", "en", "at", enrolment_id, before)
    return [back, talk.button("buttons.home_cancel", "en", "cancel", enrolment_id)]


def _consent(talk: Talk, enrolment_id: int, step: str) -> Question:
    rows = [
        [talk.button("buttons.say_yes", "en", step, enrolment_id, "yes", style="success")],
        [talk.button("buttons.say_no", "en", step, enrolment_id, "no")],
    ]
    return Question(talk.words(f"enrolling.ask_{step}", place=talk.runtime.place.name), rows)


def wall(talk: Talk, minutes: int) -> str:
    return talk.runtime.clock_time(*divmod(minutes, 60), talk.language)


def times(hours: Hours) -> list[int]:
    """The full hours of somebody's day, in minutes after midnight, from the first whole one to the last."""
    start, end = (one.hour * 60 + one.minute for one in (hours.start, hours.end))
    return [hour * 60 for hour in range(24) if start <= hour * 60 < end]


def time_question(talk: Talk, verb: str, *args: object) -> Question:
    hours = hours_of(talk.visitor.person, talk.runtime.place)
    shown = [{"text": wall(talk, one), "data": ":".join(map(str, (verb, *args, one)))} for one in times(hours)]
    start, end = (wall(talk, one.hour * 60 + one.minute) for one in (hours.start, hours.end))
    return Question(talk.words("enrolling.ask_time", start=start, end=end), in_rows(shown, TIMES_IN_A_ROW))


async def _time(talk: Talk, enrolment_id: int, step: str) -> Question:
    return time_question(talk, "en", step, enrolment_id)


def companion_rows(talk: Talk, found: list[Known], verb: str, *args: object) -> list[list[Button]]:
    shown = found[:MOST_CHAMPIONS]
    return [[{"text": _known_by(one), "data": data(verb, *args, one.person.id)}] for one in shown]


def _known_by(one: Known) -> str:
    """First names come twice; a circle tells them apart."""
    return f"{one.person.name} ({one.circle})" if one.circle else one.person.name


async def _companion(talk: Talk, enrolment_id: int, step: str) -> Question:
    known = await companions.known_champions(talk.runtime, talk.id)
    named = await companions.name_of(talk.runtime, enrolment_id, companions.NAMED)
    if step == companions.BACKUP:
        taken = await companions.id_of(talk.runtime, enrolment_id, companions.NAMED)
        known = [one for one in known if one.person.id != taken]
    rows = companion_rows(talk, known, "en", step, enrolment_id)
    rows.append([talk.button("buttons.nobody", "en", step, enrolment_id, 0)])
    if not known and step == companions.NAMED:
        return Question(talk.words("enrolling.nobody_to_choose", place=talk.runtime.place.name), rows)
    return Question(talk.words(f"enrolling.ask_{step}", named=named), rows)


async def _check(talk: Talk, enrolment_id: int, _: str) -> Question:
    """Everything that was said, before it begins."""
    view = await course.view(talk.runtime, talk.id, enrolment_id)
    said = await enrolling.consents(talk.runtime, talk.id)
    assert view.plan is not None
    default = view.plan.time_of_day.hour * 60 + view.plan.time_of_day.minute
    html = talk.words(
        "enrolling.check",
        told=Purpose.TELL_NAMED in said,
        seen=Purpose.SEE_ANSWERS in said,
        phoned=Purpose.PHONE in said,
        time=wall(talk, default if view.enrolment.wall is None else view.enrolment.wall),
        named=view.named.name if view.named else "",
        backup=view.backup.name if view.backup else "",
        place=talk.runtime.place.name,
    )
    return Question(html, [[talk.button("buttons.home_begin", "en", "begin", enrolment_id, style="success")]])


def picked(talk: Talk, question: Question, step: str) -> list[str] | None:
    """The arguments of the button that was typed: its words, its number, or a plain yes or no."""
    said = " ".join(talk.text.split()).casefold()
    flat = [one for row in question.rows for one in row]
    for one in flat:
        if said in (one["text"].casefold(), one["text"].casefold().partition(" (")[0]):
            return parse(one["data"])[1]
    if step in (*PURPOSE, "check"):
        for place, key in ((0, "words.yes"), (1, "words.no")):
            if said in talk.runtime.catalogue.phrases.everywhere(key):
                return parse(flat[place if step != "check" else 2 * place]["data"])[1]
    if said.isdecimal() and 0 < int(said) <= len(flat) - 2 and step != "time":
        return parse(flat[int(said) - 1]["data"])[1]
    return None
