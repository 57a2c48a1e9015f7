"""Edits, deletions, reactions and the answers to taps."""

import pytest

from bot.simulator.phones import Phone
from tests.simulator.wire import Wire

YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def sent(wire: Wire, phone: Phone, text: str = "x", **more: object) -> dict[str, int]:
    message = await wire.does("sendMessage", chat_id=phone.user_id, text=text, **more)
    return {"chat_id": phone.user_id, "message_id": message["message_id"]}


async def test_an_edit_replaces_the_text_drops_the_buttons_and_keeps_history(wire: Wire, ben: Phone) -> None:
    where = await sent(wire, ben, "one", reply_markup=YES)
    wire.clock.turn(60)
    edited = await wire.does("editMessageText", **where, text="<i>two</i>", parse_mode="HTML")
    assert edited["edit_date"] == edited["date"] + 60 and "reply_markup" not in edited
    assert ben.last and ben.last.html == "<i>two</i>" and ben.last.edited_at == wire.clock.now()
    assert [message.text for message in ben.history] == ["one", "two"]


async def test_changing_the_buttons_alone_is_not_marked_as_an_edit(wire: Wire, ben: Phone) -> None:
    where = await sent(wire, ben)
    await wire.does("editMessageReplyMarkup", **where, reply_markup=YES)
    assert ben.last and ben.last.edited_at is None and ben.last.buttons[0][0].text == "Yes"


async def test_an_edit_that_changes_nothing_is_refused(wire: Wire, ben: Phone) -> None:
    where = await sent(wire, ben, reply_markup=YES)
    words = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    assert (await wire.refused("editMessageText", **where, text="x", reply_markup=YES)).startswith(words)
    assert (await wire.refused("editMessageReplyMarkup", **where, reply_markup=YES)).startswith(words)


async def test_an_edit_can_carry_no_other_keyboard_than_an_inline_one(wire: Wire, ben: Phone) -> None:
    where = await sent(wire, ben)
    keyboard = {"keyboard": [["Yes"]]}
    refusal = await wire.refused("editMessageText", **where, text="y", reply_markup=keyboard)
    assert refusal == "Bad Request: inline keyboard expected"
    assert "Array of Arrays" in await wire.refused(
        "sendMessage", chat_id=ben.user_id, text="x", reply_markup={"keyboard": ["Yes"]}
    )


async def test_only_messages_of_the_bot_that_are_there_can_be_edited(wire: Wire, ben: Phone) -> None:
    mine = ben.types("mine")
    chat = {"chat_id": ben.user_id, "text": "x"}
    assert await wire.refused("editMessageText", **chat, message_id=999) == "Bad Request: message to edit not found"
    theirs = await wire.refused("editMessageText", **chat, message_id=mine.message_id)
    assert theirs == "Bad Request: message can't be edited"
    assert await wire.refused("editMessageText", **chat) == "Bad Request: message identifier is not specified"
    where = await sent(wire, ben)
    assert "no caption" in await wire.refused("editMessageCaption", **where, caption="y")
    media = ben.sends_photo("a").media
    assert media
    photo = await wire.does("sendPhoto", chat_id=ben.user_id, photo=media.file_id)
    there = {"chat_id": ben.user_id, "message_id": photo["message_id"]}
    assert "no text in the message" in await wire.refused("editMessageText", **there, text="y")
    assert (await wire.does("editMessageCaption", **there, caption="y"))["caption"] == "y"


async def test_deleting_takes_a_message_from_the_phone_but_not_from_history(wire: Wire, ben: Phone) -> None:
    where = await sent(wire, ben, "gone soon")
    await wire.does("deleteMessage", **where)
    assert ben.last is None and ben.history[-1].text == "gone soon"
    assert await wire.refused("deleteMessage", **where) == "Bad Request: message to delete not found"
    unnamed = await wire.refused("deleteMessage", chat_id=ben.user_id)
    assert unnamed == "Bad Request: message identifier is not specified"


async def test_after_48_hours_nothing_can_be_deleted_for_everyone(wire: Wire, ben: Phone) -> None:
    old = await sent(wire, ben)
    wire.clock.turn(48 * 3600 - 1)
    new = await sent(wire, ben)
    await wire.does("deleteMessage", **await sent(wire, ben))
    wire.clock.turn(1)
    words = "Bad Request: message can't be deleted for everyone"
    assert await wire.refused("deleteMessage", **old) == words
    both = [old["message_id"], new["message_id"], 999]
    assert await wire.refused("deleteMessages", chat_id=ben.user_id, message_ids=both) == words
    await wire.does("deleteMessages", chat_id=ben.user_id, message_ids=both[1:])
    assert [one.message_id for one in ben.messages if one.from_bot] == [old["message_id"]]


@pytest.mark.parametrize(("ids", "words"), [([], "not specified"), (list(range(101)), "too many")])
async def test_deleting_takes_1_to_100_at_once(wire: Wire, ben: Phone, ids: list[int], words: str) -> None:
    assert words in await wire.refused("deleteMessages", chat_id=ben.user_id, message_ids=ids)


async def test_a_tap_is_answered_once_within_150_seconds(wire: Wire, ben: Phone) -> None:
    await sent(wire, ben, reply_markup=YES)
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    tap = ben.taps("Yes")
    wire.clock.turn(149)
    await wire.does("answerCallbackQuery", callback_query_id=tap, text="Noted", show_alert=True)
    assert [(toast.text, toast.alert) for toast in ben.toasts] == [("Noted", True)]
    assert await wire.refused("answerCallbackQuery", callback_query_id=tap) == late
    tap = ben.taps("y")
    wire.clock.turn(150)
    assert await wire.refused("answerCallbackQuery", callback_query_id=tap) == late
    assert await wire.refused("answerCallbackQuery", callback_query_id="1") == late


async def test_an_answer_to_a_tap_has_200_characters_and_may_be_silent(wire: Wire, ben: Phone) -> None:
    await sent(wire, ben, reply_markup=YES)
    tap = ben.taps("Yes")
    assert "MESSAGE_TOO_LONG" in await wire.refused("answerCallbackQuery", callback_query_id=tap, text="x" * 201)
    await wire.does("answerCallbackQuery", callback_query_id=tap)
    assert ben.toasts == []


async def test_a_reaction_is_one_known_emoji(wire: Wire, ben: Phone) -> None:
    said = ben.types("thank you")
    where = {"chat_id": ben.user_id, "message_id": said.message_id}

    def emoji(*all_of: str) -> list[dict[str, str]]:
        return [{"type": "emoji", "emoji": one} for one in all_of]

    await wire.does("setMessageReaction", **where, reaction=emoji("❤️"))
    assert reactions(ben) == ["❤"]
    assert "REACTION_INVALID" in await wire.refused("setMessageReaction", **where, reaction=emoji("🦷"))
    assert "TOO_MANY" in await wire.refused("setMessageReaction", **where, reaction=emoji("👍", "🔥"))
    await wire.does("setMessageReaction", **where)
    assert reactions(ben) == []
    nowhere = {**where, "message_id": 99}
    assert "to react not found" in await wire.refused("setMessageReaction", **nowhere)


def reactions(phone: Phone) -> list[str]:
    return [message.reaction for message in phone.messages if message.reaction]
