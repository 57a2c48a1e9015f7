from datetime import UTC, datetime, timedelta

from bench.ledger import Row, balance
from bench.stop import ON_THE_WIRE, late_copies
from bot.domain.deliveries import State

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_books_and_phones_that_agree_have_nothing_to_tell() -> None:
    rows = [Row(1, State.SENT, ""), Row(2, State.FAILED, "blocked"), Row(3, State.UNCERTAIN, "sender_died")]
    ledger = balance(rows, {1: 1, 3: 1}, [1, 2, 3])
    assert (ledger.lost, ledger.twice, ledger.unbooked) == ([], [], [])
    assert ledger.states == {"sent": 1, "failed": 1, "uncertain": 1}
    assert ledger.uncertain == 1


def test_lost_is_a_copy_that_never_came_a_row_left_open_and_a_person_without_a_row() -> None:
    rows = [Row(1, State.SENT, ""), Row(2, State.QUEUED, ""), Row(3, State.SENDING, "")]
    assert balance(rows, {}, [1, 2, 3, 4]).lost == [1, 2, 3, 4]


def test_an_uncertain_copy_may_be_there_or_not() -> None:
    row = Row(1, State.UNCERTAIN, "sender_died")
    for copies in ({}, {1: 1}):
        ledger = balance([row], copies, [1])
        assert ledger.lost == ledger.unbooked == []


def test_two_copies_are_found_whatever_the_row_says() -> None:
    assert balance([Row(1, State.SENT, "")], {1: 2, 9: 2}, [1]).twice == [1, 9]


def test_a_copy_that_the_books_deny_is_found() -> None:
    rows = [Row(1, State.SUPPRESSED, "stopped"), Row(2, State.FAILED, "blocked")]
    assert balance(rows, {1: 1, 2: 1}, [1, 2]).unbooked == [1, 2]


def test_a_copy_before_the_stop_is_fine_one_in_its_instant_has_landed_and_one_later_is_late() -> None:
    rows = {who: Row(who, State.SENT, "", stopped_at=NOON) for who in (1, 2, 3)}
    rows[4] = Row(4, State.SENT, "")
    spans = {1: timedelta(seconds=-1), 2: ON_THE_WIRE / 2, 3: ON_THE_WIRE * 2, 4: timedelta(hours=1)}
    assert late_copies(rows, {who: [NOON + span] for who, span in spans.items()}) == (1, 1)
