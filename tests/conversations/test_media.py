"""Voice, photos, stickers, places, albums and very long words travel like words do."""

import pytest

from tests.cast import TestTown
from tests.conversations.letters import sends, shown


@pytest.fixture
async def village(town: TestTown) -> TestTown:
    await town.has_coordinator()
    await town.has_champion()
    await town.joins("Ben")
    return town


async def test_promise_7_every_kind_of_attachment_arrives_below_who_sent_it(village: TestTown) -> None:
    ben, amara = village.ben, village.amara
    for kind in ("photo", "voice", "video", "document", "audio", "sticker", "video_note", "location", "animation"):
        await sends(ben, kind, "my knee" if kind == "photo" else "")
        heading, copied = amara.phone.messages[-2:]
        assert heading.text.startswith("Ben writes to you. It comes below this."), kind
        assert copied.media is not None
        assert copied.media.kind == kind
        assert copied.text == ("my knee" if kind == "photo" else "")
        await amara.says(f"Thank you for the {kind}", reply_to=copied.message_id)
        assert f"Thank you for the {kind}" in ben.last
        await village.passes(seconds=2)

    await sends(amara, "voice", reply_to=heading.message_id)
    assert ben.phone.messages[-2].text == "Amara answers you. It comes below this."
    assert ben.phone.last is not None
    assert ben.phone.last.media is not None


async def test_promise_7_a_contact_card_is_not_passed_on_since_it_shows_a_number(village: TestTown) -> None:
    before = len(village.amara.phone.messages)
    await sends(village.ben, "contact")
    assert "numbers stay private" in village.ben.last
    await sends(village.ben, "story")
    assert "I can pass on words, photos and voice messages" in village.ben.last
    assert len(village.amara.phone.messages) == before
    await village.ben.says("/hours")
    await village.ben.taps("I am somewhere else")
    await sends(village.ben, "contact")
    assert "numbers stay private" in village.ben.last


async def test_an_album_is_one_message_both_ways(village: TestTown) -> None:
    ben, amara = village.ben, village.amara
    for number in range(3):
        await sends(ben, "photo", "the stairs" if number == 0 else "", album="a1")
    assert amara.heard("Ben writes to you") == 1
    assert [one.media.kind for one in amara.phone.messages[-3:] if one.media] == ["photo"] * 3
    assert ben.heard("I have passed this on") == 1
    await amara.says("/inbox")
    assert "Unanswered: 1" in amara.last

    await amara.taps("● Ben: the stairs")
    assert amara.phone.last.reply_to == shown(amara, "Ben writes").message_id
    for _ in range(2):
        await sends(amara, "photo", album="a2")
    assert ben.heard("Amara answers you") == 1
    assert [one.media.kind for one in ben.phone.messages[-2:] if one.media] == ["photo"] * 2
    assert amara.heard("Who is this for") == 0


async def test_words_too_long_for_our_frame_arrive_whole(village: TestTown) -> None:
    ben, amara = village.ben, village.amara
    for long in ("A long story. " * 290, "😀" * 2000, "<b>" * 1300):
        await ben.says(long)
        assert amara.last == long.strip()
        assert "It comes below this." in amara.phone.messages[-2].text
        await village.passes(seconds=2)
    await amara.says("/inbox")
    await amara.taps(amara.buttons[0])
    assert "Ben wrote:" in amara.last
    answer = "Dear Ben, " * 400
    await amara.says(answer)
    assert ben.last == answer.strip()


async def test_a_photo_deleted_before_it_was_copied_still_names_who_wrote(village: TestTown) -> None:
    ben, amara = village.ben, village.amara
    world = village.telegram.world
    number = max(one.message_id for one in ben.phone.messages) + 1
    assert number > 0
    ben.phone.sends_photo("gone in a moment")
    sent = ben.phone.messages[-1]
    del world.chats[ben.phone.user_id].messages[sent.message_id]
    await village.settle()
    assert "Ben writes to you" in amara.last
    await amara.says("/inbox")
    assert amara.buttons[0] == "● Ben: gone in a moment"
