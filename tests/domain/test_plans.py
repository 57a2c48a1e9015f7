"""Ways through a check-in: hypothesis plans, walked here path by path and there situation by situation."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paths import Endless, Tangled, walk
from bot.domain.plans import Answer, Change, Level, Plan, Question, after, level_of, reason_of
from tests.domain.plan_examples import BREATH, choice, plan, words

NAMES = "abcde"


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan of up to 5 questions, sound or not."""
    answer = st.builds(
        lambda n, follow, ends, red: Answer(f"x{n}", Level.RED if red else None, next=follow, ends=ends),
        st.integers(0, 9),
        st.sampled_from(["", "", "", *NAMES]),
        st.booleans(),
        st.booleans(),
    )
    questions = [Question(name, tuple(draw(st.lists(answer, min_size=1, max_size=3)))) for name in NAMES]
    return plan(*questions, days={1: draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))})


def slowly(one: Plan, queue: tuple[str, ...], asked: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every path, found the simple way; one on which a question returns ends with "again"."""
    if not queue:
        return [asked]
    if queue[0] in asked:
        return [(*asked, "again")]
    found = []
    for answer in one.questions[queue[0]].answers:
        found += slowly(one, after(one, queue, answer), (*asked, queue[0]))
    return found


@given(plans())
def test_promise_6_the_walk_sees_what_every_path_sees(one: Plan) -> None:
    paths = slowly(one, one.days[0].questions)
    if any("again" in path for path in paths):
        with pytest.raises(Endless):
            walk(one, one.days[0])
        return
    met = walk(one, one.days[0])
    assert met.longest == max(map(len, paths))
    assert met.asked == {name for path in paths for name in path}


def test_a_plan_nobody_could_read_is_refused_instead_of_walked_for_ever() -> None:
    names = [f"q{number}" for number in range(40)]
    questions = [
        choice(name, *"abc", leads={key: names[at + n] for n, key in enumerate("abc", 1) if at + n < len(names)})
        for at, name in enumerate(names)
    ]
    tangled = plan(*questions, days={1: names[:1]})
    with pytest.raises(Tangled):
        walk(tangled, tangled.days[0])
    long = plan(*[choice(name, *"abcd") for name in names])
    assert walk(long, long.days[0]).longest == 40


def test_promise_6_only_a_loud_answer_or_a_stop_may_end_a_check_in_early() -> None:
    tea = Question("tea", (Answer("yes"), Answer("no", ends=True)))
    one = plan(tea, BREATH)
    early = walk(one, one.days[0]).early
    assert [(found.answer, found.unasked) for found in early] == [("no", frozenset({"breath"}))]
    stop = Question("tea", (Answer("yes"), Answer("no", ends=True, change=Change.STOP)))
    for fine in (plan(stop, BREATH), plan(BREATH, choice("tea", "yes", "no"))):
        assert not walk(fine, fine.days[0]).early


def test_what_comes_next_is_asked_first_and_only_once() -> None:
    one = plan(choice("a", "x", "y", leads={"x": "c"}), choice("b", "x", "y"), choice("c", "x", "y"))
    queue = ("a", "b", "c")
    assert after(one, queue, one.questions["a"].answer("x")) == ("c", "b")
    assert after(one, queue, one.questions["a"].answer("y")) == ("b", "c")
    assert after(one, ("breath", "a"), BREATH.answer("yes")) == ()


def test_promise_6_typed_words_always_raise_something_that_a_human_has_to_read() -> None:
    assert level_of(Question("more", (), free_text=True), None) is Level.HELP
    assert level_of(BREATH, BREATH.answer("yes")) is Level.RED
    assert level_of(BREATH, BREATH.answer("no")) is None
    safe = Question("safe", (Answer("call", Level.AMBER, reason="safeguarding"),))
    assert reason_of(safe, safe.answers[0]) == "safeguarding"
    assert reason_of(BREATH, BREATH.answer("yes")) == "breath"


def test_promise_8_a_version_changes_with_the_plan_and_with_its_words_alone() -> None:
    one = plan(BREATH, words={"en": replace(words(), digest="e"), "bn": replace(words("bn"), digest="b")})
    changed = replace(one, words={**one.words, "bn": replace(words("bn"), digest="c")})
    assert one.digest("en") == changed.digest("en") != changed.digest("bn") != one.digest("bn")
    assert replace(one, file_digest="other").digest("en") != one.digest("en")
    with pytest.raises(KeyError):
        one.digest("ar")
    assert one.is_stale("bn") and not one.is_stale("en")
