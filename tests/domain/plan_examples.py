"""A small sound plan that tests bend out of shape."""

from datetime import UTC, date, datetime, time

from bot.domain.concerns import WorkingHours
from bot.domain.place import Place
from bot.domain.plans import Answer, Day, Level, Plan, Question, Silence, Words

PLACE = Place(
    name="Elm Park",
    organisation="Neighbours",
    zone="Europe/London",
    nation="England",
    languages=("en",),
    emergency={"life_in_danger": "999", "urgent_advice": "111", "mental_health": "111"},
    contact="Phone us.",
    privacy_contact="Ask us.",
    working=WorkingHours("Europe/London"),
)


def utc(text: str) -> datetime:
    """“2026-11-23 10:00” as an aware instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def choice(name: str, *answers: str, leads: dict[str, str] | None = None) -> Question:
    """A question with plain answers; `leads` says which question an answer puts next."""
    return Question(name, tuple(Answer(one, next=(leads or {}).get(one, "")) for one in answers))


BREATH = Question("breath", (Answer("no"), Answer("yes", Level.RED, emergency="life_in_danger", ends=True)))


def words(language: str = "en", **labels: dict[str, str]) -> Words:
    """Words whose labels are given by question: `words(tea={"yes": "Yes"})`."""
    return Words(
        language=language,
        title="Tea",
        summary="Tea and a word.",
        hello="Hello {{ name }}, it is {{ named }}.",
        reminder="Hello again.",
        reader="Ann reads it.",
        deadline="Today.",
        urgent="Phone {{ life_in_danger }}.",
        thanks="Thank you.",
        closing="Goodbye.",
        questions=dict.fromkeys(labels, "Well?"),
        answers={(name, key): label for name, given in labels.items() for key, label in given.items()},
        emergency={"life_in_danger": "Phone {{ life_in_danger }} now."},
    )


def plan(
    *questions: Question, days: dict[int, list[str]] | None = None, silence: Silence | None = None, **other: object
) -> Plan:
    """A plan that asks everything on day 1, unless told otherwise."""
    days = days or {1: [question.id for question in questions]}
    settings: dict[str, object] = {
        "id": "tea",
        "nation": "any",
        "source": "A page",
        "source_checked_on": date(2026, 11, 23),
        "review_by": date(2027, 11, 23),
        "author": "Ann",
        "time_of_day": time(10),
        "not_after_hours": 24,
        "closing_day": max(days) + 2,
        "words": {},
    }
    return Plan(
        days=tuple(Day(number, tuple(asked)) for number, asked in days.items()),
        questions={question.id: question for question in questions},
        silence=silence or Silence(),
        **(settings | other),  # type: ignore[arg-type]
    )
