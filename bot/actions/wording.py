"""Numbers and names put into the bot's sentences where more than one door shows them."""

from bot.actions.reports import Counts, Report
from bot.domain.broadcasts import Phase
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime

# A report has to fit into one message of 4096, however long people's names are.
MOST_NAMES = 20
LONGEST_NAME = 24


def short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def names(people: list[str], most: int = MOST_NAMES) -> list[str]:
    """The first names to show; the rest are counted by the phrase."""
    return [short(name) for name in people[:most]]


def title(runtime: Runtime, topic: str, language: str) -> str:
    """What a topic is called, also when nothing of it may be sent any more."""
    for wanted in (language, SOURCE_LANGUAGE, *runtime.place.languages):
        if (topic, wanted) in runtime.shelf.titles:
            return runtime.shelf.titles[topic, wanted]
        template = runtime.catalogue.templates.get((topic, wanted))
        if template is not None:
            return template.title
    return topic


def progress(runtime: Runtime, language: str, state: Phase, counts: Counts) -> str:
    return runtime.say(
        language,
        "broadcasts.progress",
        state=state.value,
        sent=counts.sent,
        waiting=counts.waiting,
        not_reached=counts.not_reached,
        uncertain=counts.uncertain,
        total=counts.total,
    )


def report(runtime: Runtime, language: str, report: Report) -> str:
    broadcast = report.broadcast
    return runtime.say(
        language,
        "broadcasts.report",
        title=title(runtime, broadcast.topic, language),
        state=broadcast.state.value,
        why=why(runtime, language, report),
        starts=runtime.moment(broadcast.starts_at, None, language),
        circle=report.circle,
        sent=report.sent,
        waiting=report.waiting,
        not_reached=[f"{short(name)} ({reason(runtime, language, why)})" for name, why in _unreached(report)],
        not_reached_more=max(0, len(report.not_reached) - MOST_NAMES),
        uncertain=names(report.uncertain),
        uncertain_more=max(0, len(report.uncertain) - MOST_NAMES),
        left_out=_all_left_out(runtime, language, report),
        replies=report.replies,
        answered=report.answered,
        helpful=report.helpful,
        taken_back=report.taken_back,
    )


def _all_left_out(runtime: Runtime, language: str, report: Report) -> list[str]:
    most = max(1, MOST_NAMES // max(1, len(report.left_out)))
    return [left_out(runtime, language, key, people, most) for key, people in sorted(report.left_out.items())]


def left_out(runtime: Runtime, language: str, key: str, people: list[str], most: int) -> str:
    """Why some get nothing, and who they are: before sending and afterwards."""
    more = f" +{len(people) - most}" if len(people) > most else ""
    return f"{reason(runtime, language, key)}: {', '.join(names(people, most))}{more}"


def _unreached(report: Report) -> list[tuple[str, str]]:
    return report.not_reached[:MOST_NAMES]


def why(runtime: Runtime, language: str, report: Report) -> str:
    """Why a broadcast ended early, if somebody other than its champion ended it."""
    key = report.broadcast.reason
    if report.broadcast.state is Phase.UNDONE and runtime.catalogue.phrases.has(f"obstacles.{key}"):
        return runtime.plain(language, f"obstacles.{key}")
    ended_early = report.broadcast.state in (Phase.UNDONE, Phase.STOPPED)
    return reason(runtime, language, key) if ended_early and key not in ("undone", "stopped_by_champion") else ""


def reason(runtime: Runtime, language: str, key: str) -> str:
    """A reason in words; one that nobody foresaw is said in general, never as a key."""
    phrase = f"reasons.{key}"
    return runtime.plain(language, phrase if runtime.catalogue.phrases.has(phrase) else "reasons.other")
