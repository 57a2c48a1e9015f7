from dataclasses import dataclass

from bot.domain.differences import differences
from bot.domain.template_states import is_news, is_topic


@dataclass(frozen=True)
class Mark:
    digest: str
    origin: str = "file"


def test_an_edit_wins_until_the_file_itself_changes() -> None:
    first, edit, second = Mark("a"), Mark("b", "edit"), Mark("c", "edit")
    assert is_news("a", [])
    assert not is_news("a", [first, edit])
    assert not is_news("b", [first, edit, second]), "an edit that was exported into the folder"
    assert is_news("d", [first, edit])
    assert is_news("a", [first, Mark("d")]), "a file that went back to earlier words says them anew"
    assert not is_news("b", [edit]), "words that never had a file"
    assert is_news("a", [edit])


def test_differences_tell_every_word_of_both_texts() -> None:
    before, after = "Tea is free.\nCome at 3pm, all of you.", "Tea is free.\n\nCome at 4pm, you."
    found = differences(before, after)
    assert "".join(one.text for one in found if one.kind != "gone") == after
    assert [one.text.strip() for one in found if one.kind == "added" and one.text.strip()] == ["4pm,"]
    assert differences("same", "same")[0].kind == "same"
    assert differences("", "") == []


def test_a_short_name_is_the_name_of_a_file() -> None:
    assert is_topic("warm-rooms-2")
    for wrong in ("", "Warm", "warm rooms", "-warm", "warm-", "../heat", "plan:home", "w" * 41, "wärme"):
        assert not is_topic(wrong)
