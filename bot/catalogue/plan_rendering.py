"""The words of a plan into the HTML that Telegram gets, and its figures into lines for whoever runs the bot."""

from datetime import timedelta

from bot.catalogue.placeholders import of_place
from bot.catalogue.rendering import prepared
from bot.catalogue.sandbox import render_source
from bot.domain.figures import figures
from bot.domain.place import Place
from bot.domain.plans import Plan


def plan_html(source: str, language: str, place: Place, *, name: str, named: str) -> str:
    """One text of `Words` as Telegram HTML, values escaped. `named`: who asks, whom the person knows."""
    return render_source(prepared(source), {**of_place(place), "name": name, "named": named}, language)


def plan_figures(plan: Plan, place: Place) -> list[str]:
    """What `first-mile check` prints of a plan without faults, one fact a line."""
    found = figures(plan, place)
    last = plan.days[-1].number
    return [
        f"{found.contacts} contacts: {len(plan.days)} check-ins up to day {last}, and the closing on day "
        f"{plan.closing_day}. Languages: {', '.join(sorted(plan.words))}",
        f"{found.questions} questions, at most {found.longest_path} of them in one check-in",
        f"red answer: the number and an alert at once; after {span(found.red_taken)} without a taker the next is told",
        f"amber answer: taken within {span(found.amber_taken)} of working time, which can be "
        f"{span(found.amber_clock)} on the clock",
        f"silence: a human is told at most {span(found.silence_usual)} after the last sign of life",
        f"silence, high tier: at most {span(found.silence_high)}",
        f"silence, asked less often: at most {span(found.silence_fewer)}",
    ]


def span(length: timedelta) -> str:
    """“15 days 10 hours”, “15 minutes”: the two largest units that are not nothing."""
    minutes = int(length.total_seconds()) // 60
    units = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in units if count]
    return " ".join(said[:2]) or "0 minutes"
