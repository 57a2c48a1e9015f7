"""Numbers and names put into the bot's sentences where more than one door shows them."""

from bot.actions.broadcasts import Report
from bot.runtime import Runtime

MOST_NAMES = 20


def names(people: list[str]) -> list[str]:
    """The first names to show; the rest are counted by the phrase."""
    return people[:MOST_NAMES]


def progress(runtime: Runtime, language: str, report: Report) -> str:
    return runtime.say(
        language,
        "broadcasts.progress",
        state=report.broadcast.state.value,
        sent=report.sent,
        waiting=report.waiting,
        not_reached=len(report.not_reached),
        uncertain=len(report.uncertain),
        total=report.total - sum(report.left_out.values()),
    )


def report(runtime: Runtime, language: str, report: Report) -> str:
    return runtime.say(
        language,
        "broadcasts.report",
        state=report.broadcast.state.value,
        circle=report.circle,
        sent=report.sent,
        waiting=report.waiting,
        not_reached=[f"{name} ({reason(runtime, language, why)})" for name, why in names_and_reasons(report)],
        not_reached_more=max(0, len(report.not_reached) - MOST_NAMES),
        uncertain=names(report.uncertain),
        uncertain_more=max(0, len(report.uncertain) - MOST_NAMES),
        left_out=[f"{reason(runtime, language, why)}: {count}" for why, count in sorted(report.left_out.items())],
        replies=report.replies,
        answered=report.answered,
        helpful=report.helpful,
        taken_back=report.taken_back,
    )


def names_and_reasons(report: Report) -> list[tuple[str, str]]:
    return report.not_reached[:MOST_NAMES]


def reason(runtime: Runtime, language: str, key: str) -> str:
    """A reason in words; one that came from Telegram and is not known is said as it is."""
    phrase = f"reasons.{key}"
    return runtime.plain(language, phrase) if runtime.catalogue.phrases.has(phrase) else key
