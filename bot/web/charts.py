"""Pictures of numbers: what is shown was made safe to show in `actions.statistics`; beside each stands its table."""

import asyncio
from collections.abc import Callable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_percent
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions.statistics import ENDED, Numbers, Statistics, Topic
from bot.catalogue.fields import show_date
from bot.domain.errors import NotFound
from bot.domain.plans import Tier
from bot.domain.small_numbers import OPT_OUTS, Group
from bot.runtime import Runtime
from bot.web.broadcasts import language_name, title_of
from bot.web.desk import Desk, Pages
from bot.web.drawing import NARROW, WIDE, Chart, drawn
from bot.web.rendering import HEADERS

# A picture may style itself and do nothing else, also when somebody opens it by itself.
POLICY = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages, statistics = Pages(runtime), Statistics(runtime)

    async def numbers(desk: Desk) -> Response:
        """Every picture with its table."""
        found = await statistics.numbers()
        return desk.show("numbers.html", charts=[make(desk, found) for make in CHARTS.values()], counted_at=found.at)

    async def picture(desk: Desk) -> Response:
        make = CHARTS.get(desk.word("name"))
        if make is None:
            raise NotFound("desk.no_page")
        chart = make(desk, await statistics.numbers())
        svg = await asyncio.to_thread(drawn, chart, NARROW if desk.asked("size") == "narrow" else WIDE)
        return Response(svg, media_type="image/svg+xml", headers=POLICY)

    return [pages.shows("/broadcasts/numbers", numbers), pages.shows("/charts/{name}.svg", picture)]


def _few(desk: Desk) -> str:
    return desk.plain("desk_broadcasts.few")


def _percent(desk: Desk, share: float) -> str:
    return str(format_percent(share, "#,##0.#%" if share < 0.1 else "#,##0%", locale=desk.language))


def _day(desk: Desk, day: date) -> str:
    return str(format_date(day, "d MMM", locale=desk.language))


def deliveries(desk: Desk, numbers: Numbers) -> Chart:
    """Messages of the last 30 days by what became of them."""
    names = [desk.plain(f"desk_broadcasts.outcome_{name}") for name in ENDED]
    told = [one for one in numbers.days if any(one.outcomes.values())]
    rows = [[show_date(one.day, desk.language), *(_number(desk, one.outcomes[name]) for name in ENDED)] for one in told]
    busiest = max(numbers.days, key=lambda one: one.outcomes["got"] or 0)
    most = busiest.outcomes["got"] or 0
    got = sum(one.outcomes["got"] or 0 for one in numbers.days)
    day = show_date(busiest.day, desk.language)
    return Chart(
        "deliveries",
        desk.plain("desk_broadcasts.found_deliveries", count=got, day=day, most=most),
        [desk.plain("desk_broadcasts.day"), *names],
        rows,
        [_day(desk, one.day) for one in numbers.days],
        [(name, [one.outcomes[key] for one in numbers.days]) for key, name in zip(ENDED, names, strict=True)],
        percent=False,
        note=desk.plain("desk_broadcasts.days_left_out"),
    )


def _number(desk: Desk, number: int | None) -> str:
    return _few(desk) if number is None else str(number)


def replies(desk: Desk, numbers: Numbers) -> Chart:
    """Share of what people wrote that was answered within a day, week by week."""
    groups = [one.replies for one in numbers.weeks if one.replies]
    whole, part = sum(one.whole for one in groups), sum(one.part for one in groups)
    share = _percent(desk, part / whole) if whole else ""
    rows = [
        [_day(desk, one.begins), str(one.replies.whole), _percent(desk, one.replies.share)]
        for one in numbers.weeks
        if one.replies
    ]
    return Chart(
        "replies",
        desk.plain("desk_broadcasts.found_replies", count=whole, share=share),
        [desk.plain(f"desk_broadcasts.{key}") for key in ("week_of", "replies", "answered_in_a_day")],
        rows,
        [_day(desk, one.begins) for one in numbers.weeks],
        [
            (
                desk.plain("desk_broadcasts.answered_in_a_day"),
                [one.replies.share if one.replies else None for one in numbers.weeks],
            )
        ],
        note=desk.plain("desk_broadcasts.weeks_left_out"),
    )


def opt_outs(desk: Desk, numbers: Numbers) -> Chart:
    """Who left soon after a message, topic by topic, with the line from which its words should be looked at."""
    topics = numbers.topics
    titles = [title_of(desk, one.topic) for one in topics]
    over = [title for one, title in zip(topics, titles, strict=True) if one.over]
    rows = [
        [title, str(one.people), _number(desk, one.left), _against_the_line(desk, one)]
        for one, title in zip(topics, titles, strict=True)
    ]
    key = "desk_broadcasts.found_over" if over else "desk_broadcasts.found_under"
    line = _percent(desk, OPT_OUTS)
    return Chart(
        "opt-outs",
        desk.plain(key, titles=over, line=line),
        [desk.plain(f"desk_broadcasts.{key}") for key in ("message", "people", "left", "against_line")],
        rows,
        titles,
        [(desk.plain("desk_broadcasts.left"), [one.share for one in topics])],
        lying=True,
        limit=OPT_OUTS,
    )


def _against_the_line(desk: Desk, topic: Topic) -> str:
    if topic.share is not None:
        return desk.plain("desk_broadcasts.over_line" if topic.over else "desk_broadcasts.under_line")
    return desk.plain("desk_broadcasts.under_line" if topic.under else "desk_broadcasts.cannot_tell")


def languages(desk: Desk, numbers: Numbers) -> Chart:
    found = {language_name(desk, language): group for language, group in numbers.languages.items()}
    return _answered(desk, "languages", "language", found, numbers.hidden_languages)


def tiers(desk: Desk, numbers: Numbers) -> Chart:
    names = {tier.value: desk.plain(f"buttons.tier_{tier.value}") for tier in Tier}
    found = {names[tier]: group for tier, group in numbers.tiers.items()}
    return _answered(desk, "tiers", "tier", found, numbers.hidden_tiers)


def _answered(desk: Desk, name: str, heading: str, groups: dict[str, Group], hidden: int) -> Chart:
    """Answered check-ins by group."""
    by_share = sorted(groups, key=lambda one: groups[one].share)
    first, last = (by_share[-1], by_share[0]) if by_share else ("", "")
    shares = [_percent(desk, groups[one].share) if one else "" for one in (first, last)]
    words = {"count": len(groups), "first": first, "most": shares[0], "last": last, "least": shares[1]}
    rows = [[one, str(group.whole), _percent(desk, group.share)] for one, group in groups.items()]
    headings = [desk.plain(f"desk_broadcasts.{key}") for key in (heading, "check_ins", "answered_share")]
    return Chart(
        name,
        desk.plain("desk_broadcasts.found_answered", **words),
        headings,
        rows,
        list(groups),
        [(headings[2], [group.share for group in groups.values()])],
        lying=True,
        note=desk.plain("desk_broadcasts.groups_left_out", count=hidden) if hidden else "",
    )


CHARTS: dict[str, Callable[[Desk, Numbers], Chart]] = {
    "deliveries": deliveries,
    "replies": replies,
    "opt-outs": opt_outs,
    "languages": languages,
    "tiers": tiers,
}
