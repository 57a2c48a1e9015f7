"""The proof and the figures. One broken plan a rule stands in tests/catalogue/bad_plans."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import Silent, after_miss, is_last
from bot.domain.figures import figures
from bot.domain.neutral_words import telling
from bot.domain.plans import Level, Plan, Silence, Tier
from bot.domain.proof import prove
from tests.domain.plan_examples import BREATH, PLACE, choice, plan, words

WORDS = words(breath={"no": "No", "yes": "Yes"}, tea={"yes": "Yes", "no": "No"})
TEA = choice("tea", "yes", "no")


def sound() -> Plan:
    days = {1: ["breath", "tea"], 3: ["breath"], 5: ["breath"]}
    return plan(BREATH, TEA, days=days, words={"en": WORDS}, required=("breath",))


def rules(one: Plan) -> set[str]:
    return {fault.rule for fault in prove(one, PLACE)}


def test_a_sound_plan_has_no_fault() -> None:
    assert prove(sound(), PLACE) == []


def test_promise_6_a_red_answer_needs_its_number_in_every_language_and_ends_the_check_in() -> None:
    bengali = replace(WORDS, language="bn", emergency={})
    assert rules(replace(sound(), words={"en": WORDS, "bn": bengali})) == {"emergency_missing"}
    bare = replace(BREATH, answers=(BREATH.answers[0], replace(BREATH.answers[1], emergency="", ends=False)))
    loose = replace(sound(), questions={"breath": bare, "tea": TEA})
    assert {"red_without_number", "red_goes_on"} <= rules(loose)


def test_two_questions_that_only_lead_to_each_other_are_unreachable() -> None:
    first, second = choice("a", "x", "y", leads={"x": "b"}), choice("b", "x", "y", leads={"x": "a"})
    island = plan(BREATH, first, second, days={1: ["breath"], 3: ["breath"]}, words={})
    assert [fault.at for fault in prove(island, PLACE) if fault.rule == "unreachable"] == [
        ("questions", "a"),
        ("questions", "b"),
    ]


def test_a_plan_too_tangled_to_walk_is_refused() -> None:
    names = [f"q{number}" for number in range(40)]
    knots = [
        choice(name, *"abc", leads={key: names[at + n] for n, key in enumerate("abc", 1) if at + n < len(names)})
        for at, name in enumerate(names)
    ]
    assert "tangled" in rules(plan(*knots, days={1: ["q0"]}))


def test_promise_2_a_stop_button_asks_nothing_more() -> None:
    assert "stop_goes_on" not in rules(sound())


@pytest.mark.parametrize(
    "text", ["after the ward", "From HOSPITAL.", "আপনার হাসপাতাল থেকে", "بعد المستشفى", "your medicine"]
)
def test_promise_9_telling_words_are_found_in_every_shipped_language(text: str) -> None:
    assert telling(text, of_health=True)


@pytest.mark.parametrize("text", ["a reward", "It is Rosa, still here for you.", "a hospitable house", "forward"])
def test_promise_9_words_that_only_look_like_them_are_left_alone(text: str) -> None:
    assert not telling(text, of_health=True)


DAYS = st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True).map(sorted)


@given(DAYS, st.integers(1, 3), st.integers(1, 24), st.sampled_from(Tier), st.data())
def test_promise_6_no_silence_is_longer_than_the_figure(
    days: list[int], amber_after: int, lasts: int, tier: Tier, data: st.DataObject
) -> None:
    """Somebody answers up to a check-in and then never again: played check-in by check-in."""
    silence = Silence(amber_after=amber_after, last_question_after=amber_after + 1)
    one = replace(plan(BREATH, days={day: ["breath"] for day in days}, silence=silence), not_after_hours=lasts)
    answered = data.draw(st.integers(0, len(days) - 1))
    sign = timedelta(days=days[answered - 1], hours=10) if answered else timedelta(0)
    told = None
    for missed, day in enumerate(days[answered:], start=1):
        if after_miss(silence, tier, day, missed, False, last=is_last(one, day)) is not Silent.NOTHING:
            told = timedelta(days=day, hours=10 + lasts)
            break
    assert told is not None, "somebody was silent to the end and nobody was told"
    found = figures(one, PLACE)
    most = found.silence_high if tier is Tier.HIGH else found.silence_usual
    assert told - sign <= most
    assert found.silence_high <= found.silence_usual


@given(DAYS, st.integers(1, 3), st.integers(1, 24), st.sampled_from(Tier), st.data())
def test_promise_6_no_silence_is_longer_than_the_figure_when_asked_less_often(
    days: list[int], amber_after: int, lasts: int, tier: Tier, data: st.DataObject
) -> None:
    """Somebody answers up to a check-in, wishes for fewer, and then never answers again."""
    silence = Silence(amber_after=amber_after, last_question_after=amber_after + 1)
    one = replace(plan(BREATH, days={day: ["breath"] for day in days}, silence=silence), not_after_hours=lasts)
    answered = data.draw(st.integers(0, len(days) - 1))
    sign = timedelta(days=days[answered - 1], hours=10) if answered else timedelta(0)
    if coming := [day for day in days[::2] if day in days[answered:]]:
        assert after_miss(silence, tier, coming[0], 1, False, fewer=True) is not Silent.NOTHING
        assert timedelta(days=coming[0], hours=10 + lasts) - sign <= figures(one, PLACE).silence_fewer


def test_the_figures_of_a_small_plan() -> None:
    found = figures(sound(), PLACE)
    assert (found.contacts, found.questions, found.longest_path) == (4, 2, 2)
    assert (found.red_taken, found.amber_taken) == (timedelta(minutes=15), timedelta(hours=4))
    assert found.amber_clock == timedelta(days=2, hours=20)  # from Friday 5pm to Monday 1pm
    assert found.silence_usual == timedelta(days=5)  # answered on day 1, missed 3 and 5, noticed on day 6
    assert found.silence_high == timedelta(days=3)  # answered on day 1, missed 3, noticed on day 4
    assert found.silence_fewer == timedelta(days=5)  # answered on day 1, not asked on 3, missed 5, noticed on day 6


def test_every_level_is_urgent_or_has_a_deadline() -> None:
    assert [level.value for level in Level] == ["red", "urgent", "amber", "help"]
