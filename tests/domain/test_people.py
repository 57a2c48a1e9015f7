"""The one gate: may this message go to this person now?"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deliveries import Kind, State
from bot.domain.hours import Hours, is_awake
from bot.domain.people import Go, Heard, Never, Purpose, Standing, Verdict, Wait, Wish, may_send
from bot.domain.place import Caps

NOON = datetime(2026, 10, 5, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 10, 5, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 10, 6, 8, 0, tzinfo=UTC)
CIRCLE = 7
CAPS = Caps()
BEN = Standing(Hours("Europe/London"), purposes=frozenset({Purpose.BROADCASTS}), circles=frozenset({CIRCLE}))
AMARA = Standing(Hours("Europe/London"), purposes=frozenset({Purpose.WORK}))
STRANGER = Standing(Hours("Europe/London"))
FOR_MEMBERS = (Kind.BROADCAST, Kind.CORRECTION, Kind.NOTICE)
FOR_WORKERS = (Kind.WORK, Kind.RELAY)


def wish(kind: Kind = Kind.BROADCAST, **changes: object) -> Wish:
    return replace(Wish(kind, NOON + timedelta(days=1), CIRCLE if kind in FOR_MEMBERS else None), **changes)


def asked(wanted: Wish, person: Standing = BEN, now: datetime = NOON) -> Verdict:
    return may_send(wanted, person, CAPS, now)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.TIDY, Kind.PROGRESS)])
def test_promise_1_a_stranger_gets_nothing_of_any_kind(kind: Kind) -> None:
    assert asked(wish(kind), STRANGER) == Never(State.SUPPRESSED, "no_consent")


@pytest.mark.parametrize("kind", FOR_MEMBERS)
def test_promise_1_a_yes_to_one_circle_is_no_yes_to_another(kind: Kind) -> None:
    assert asked(wish(kind)) == Go()
    assert asked(wish(kind, circle_id=CIRCLE + 1)) == Never(State.SUPPRESSED, "no_consent")
    assert asked(wish(kind, circle_id=None)) == Never(State.SUPPRESSED, "no_consent")


@pytest.mark.parametrize("kind", FOR_WORKERS)
def test_promise_1_a_yes_to_messages_is_no_yes_to_work_and_the_other_way_round(kind: Kind) -> None:
    assert asked(wish(kind), AMARA) == Go()
    assert asked(wish(kind), BEN) == Never(State.SUPPRESSED, "no_consent")
    assert asked(wish(), AMARA) == Never(State.SUPPRESSED, "no_consent")


def test_promise_2_stopped_beats_every_kind_but_the_answer_they_allowed() -> None:
    stopped = replace(BEN, stopped=True)
    allowed = replace(stopped, purposes=frozenset({Purpose.ANSWERS}))

    for kind in Kind:
        quiet = kind in (Kind.TIDY, Kind.PROGRESS)
        assert asked(wish(kind, quiet=quiet), stopped) == (Go() if quiet else Never(State.SUPPRESSED, "stopped"))
    assert asked(wish(Kind.ANSWER), allowed) == Go()
    assert asked(wish(Kind.BROADCAST), allowed) == Never(State.SUPPRESSED, "stopped")


def test_whoever_cannot_be_reached_gets_nothing_not_even_an_edit() -> None:
    gone = replace(BEN, unreachable=True, purposes=frozenset(Purpose))

    assert {type(asked(wish(kind, quiet=True), gone)) for kind in Kind} == {Never}


@pytest.mark.parametrize(
    ("heard", "over", "expected"),
    [
        (Heard(), False, Go()),
        (Heard(week=1, month=1), False, Never(State.SUPPRESSED, "capped")),
        (Heard(week=1, month=1), True, Go()),
        (Heard(week=2, month=2), True, Never(State.SUPPRESSED, "capped_hard")),
        (Heard(week=0, month=6), True, Never(State.SUPPRESSED, "capped_hard")),
        (Heard(same_topic=True), True, Never(State.SUPPRESSED, "same_topic")),
    ],
)
def test_caps_count_broadcasts_and_nothing_else(heard: Heard, over: bool, expected: Verdict) -> None:
    assert asked(wish(heard=heard, over_soft_cap=over)) == expected
    assert asked(wish(Kind.NOTICE, heard=heard)) == Go()


def test_promise_5_at_night_a_message_waits_for_their_morning() -> None:
    assert asked(wish(), now=NIGHT) == Wait(MORNING)
    assert asked(wish(not_after=NIGHT + timedelta(hours=2)), now=NIGHT) == Never(State.MISSED, "too_late")


def test_promise_5_the_last_moment_itself_is_not_too_late() -> None:
    assert asked(wish(not_after=NOON)) == Go()
    assert asked(wish(not_after=MORNING), now=NIGHT) == Wait(MORNING)
    assert asked(wish(not_after=NOON - timedelta(milliseconds=1))) == Never(State.MISSED, "too_late")


def test_an_answer_reaches_somebody_who_has_just_written_even_at_night() -> None:
    awake = replace(BEN, spoke_at=NIGHT - timedelta(minutes=59))
    asleep = replace(BEN, spoke_at=NIGHT - timedelta(minutes=61))

    assert asked(wish(Kind.ANSWER), awake, NIGHT) == Go()
    assert asked(wish(Kind.ANSWER), asleep, NIGHT) == Wait(MORNING)
    assert asked(wish(Kind.BROADCAST), awake, NIGHT) == Wait(MORNING)


def test_a_rest_holds_back_messages_and_no_answer() -> None:
    resting = replace(BEN, paused_until=NOON + timedelta(hours=3))

    assert asked(wish(), resting) == Wait(NOON + timedelta(hours=3))
    assert asked(wish(Kind.ANSWER), resting) == Go()
    assert asked(wish(), replace(resting, paused_until=NOON)) == Go()


def test_a_rest_longer_than_the_message_makes_sense_is_told_as_such() -> None:
    assert asked(wish(), replace(BEN, paused_until=NOON + timedelta(days=7))) == Never(State.SUPPRESSED, "paused")


def test_a_rest_that_ends_at_night_goes_on_until_the_morning() -> None:
    assert asked(wish(), replace(BEN, paused_until=NIGHT)) == Wait(MORNING)


def test_what_they_decided_is_told_before_what_was_counted() -> None:
    capped = wish(heard=Heard(week=2, month=9))

    assert asked(capped, replace(BEN, stopped=True)) == Never(State.SUPPRESSED, "stopped")


standings = st.builds(
    Standing,
    hours=st.builds(Hours, st.sampled_from(["Europe/London", "Asia/Dhaka", "America/New_York"]), st.just(time(9))),
    stopped=st.booleans(),
    unreachable=st.booleans(),
    paused_until=st.none() | st.just(NOON + timedelta(hours=5)),
    spoke_at=st.none() | st.just(NOON - timedelta(minutes=5)),
    purposes=st.frozensets(st.sampled_from(Purpose)),
    circles=st.frozensets(st.sampled_from([CIRCLE, CIRCLE + 1])),
)
wishes = st.builds(
    Wish,
    kind=st.sampled_from([kind for kind in Kind if kind not in (Kind.TIDY, Kind.PROGRESS)]),
    not_after=st.integers(-48, 96).map(lambda hours: NOON + timedelta(hours=hours)),
    circle_id=st.none() | st.just(CIRCLE),
    heard=st.builds(Heard, st.integers(0, 3), st.integers(0, 7), st.booleans()),
)


@given(wanted=wishes, person=standings, minutes=st.integers(0, 3 * 24 * 60))
def test_promise_5_whatever_goes_or_waits_is_in_time_and_awake_or_in_conversation(
    wanted: Wish, person: Standing, minutes: int
) -> None:
    now = NOON + timedelta(minutes=minutes)
    verdict = may_send(wanted, person, CAPS, now)

    moment = verdict.until if isinstance(verdict, Wait) else now
    if isinstance(verdict, Never):
        return
    assert now <= moment <= wanted.not_after
    talking = person.spoke_at is not None and now - person.spoke_at <= timedelta(minutes=60)
    rings_at_night = wanted.kind is Kind.ALERT  # those on call said yes to that
    assert rings_at_night or is_awake(person.hours, moment) or (talking and wanted.kind not in FOR_MEMBERS)
    assert not person.unreachable
    assert person.purposes or wanted.circle_id in person.circles
    assert not person.stopped or wanted.kind is Kind.ANSWER
