"""What is hidden in statistics, and what would give it away."""

from bot.domain.small_numbers import Group, below, shown, visible


def test_numbers_under_five_are_hidden() -> None:
    assert [shown(number) for number in (0, 1, 4, 5, 60)] == [None, None, None, 5, 60]


def test_a_group_of_few_people_is_small_however_many_messages_it_had() -> None:
    assert Group(4, 400, 200).is_small
    assert not Group(5, 400, 200).is_small


def test_few_on_either_side_of_the_line_make_a_group_small_but_nobody_and_everybody_do_not() -> None:
    small = [(part, Group(20, 20, part).is_small) for part in (0, 1, 4, 5, 15, 16, 19, 20)]
    assert [part for part, is_small in small if is_small] == [1, 4, 16, 19]


def test_one_hidden_group_takes_another_with_it_because_a_total_less_the_others_would_tell() -> None:
    groups = {"en": Group(40, 80, 60), "bn": Group(9, 30, 20), "ar": Group(3, 12, 6)}
    assert set(visible(groups)) == {"en"}
    assert visible({"usual": Group(40, 80, 60), "high": Group(2, 9, 5)}) == {}
    assert set(visible({"a": Group(40, 80, 60), "b": Group(3, 9, 5), "c": Group(4, 9, 5)})) == {"a"}
    assert set(visible({"a": Group(40, 80, 60), "b": Group(30, 60, 30)})) == {"a", "b"}


def test_a_hidden_number_is_known_to_be_under_a_line_only_when_it_is_whatever_it_is() -> None:
    assert not below(0)
    assert not below(160)
    assert below(161)
